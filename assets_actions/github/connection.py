"""A connection to a repository on GitHub, and what its refusals mean."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

from assets_actions import __version__
from assets_actions.errors import UserError

if TYPE_CHECKING:
    from github import GithubException
    from github.Repository import Repository

TRIES = 5
BACKOFF_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60
"""A rate limit that ends later is an error."""
TIMEOUT_SECONDS = 60
SECONDS_BETWEEN_WRITES = 1.0
"""As GitHub asks for; servers of others have no such limits unless they are set."""
PER_PAGE = 100
"""The most that GitHub gives."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Refusal(NamedTuple):
    """A status, a text that is searched for in what was asked and answered, what it means, and what to do.

    `{permission}` in what to do stands for the permission that is needed.
    """

    status: int
    pattern: str
    what: str
    fix: str


REFUSALS = (
    Refusal(
        401,
        "",
        "GitHub does not take the token",
        "set GITHUB_TOKEN to one that is valid there; in a workflow, `GITHUB_TOKEN: ${{ github.token }}`",
    ),
    Refusal(
        403,
        "SAML",
        "the token is not authorized for the organization's single sign-on",
        "authorize it under the account's Settings → Developer settings, or use another",
    ),
    Refusal(403, "archived", "the repository is archived", "unarchive it under Settings"),
    Refusal(
        403,
        "",
        "the token may not do this",
        "in a workflow, give the job `permissions: {permission}`, which runs for pull requests from forks never have; "
        "elsewhere, use a token with that permission",
    ),
    Refusal(
        404,
        r"^\w+ (pulls|issues)/\d",
        "there is no pull request or issue of this number, or it is hidden from this token",
        "check GITHUB_REPOSITORY or the remote's address, and that the token may see the repository",
    ),
    Refusal(
        404,
        "",
        "there is no such repository, or it is hidden from this token",
        "check GITHUB_REPOSITORY or the remote's address, and that the token may see the repository",
    ),
    Refusal(409, "", "something else is at work on the repository", "run it again"),
)


class GitHubError(UserError):
    """GitHub refused, or could not be asked. `status` is that of its answer; 0 where there was none."""

    def __init__(self, status: int, message: str, fix: str) -> None:
        super().__init__(message, fix=fix)
        self.status = status


def name_of(address: str, api: str) -> str | None:
    """The `owner/name` of the repository at the address of a remote; None where that is a path.

    Raises UserError where it is not on the GitHub that the API belongs to.
    """
    where = urlsplit(re.sub(r"^(?:[^/@:]+@)?([^/@:]{2,}):(?!//)", r"ssh://\1/", address))  # as scp writes it
    if where.scheme == "file" or not where.hostname:
        return None
    host, path = _host_of(api).removeprefix("api."), where.path.strip("/").removesuffix(".git")
    if where.hostname.removeprefix("ssh.") != host or path.count("/") != 1:
        raise UserError(
            f"`{where.hostname}/{path}`, the remote, is no repository of {host}, whose API is to be written to",
            fix="name the repository's own address with --remote, or its API with GITHUB_API_URL",
        )
    return path


def _host_of(api: str) -> str:
    """The host of an API. Raises UserError where a token would not be safe on the way to it."""
    try:
        address = urlsplit(api)
        host, _ = address.hostname, address.port
    except ValueError:
        host = None
    if not host or not (address.scheme == "https" or (address.scheme == "http" and host in LOOPBACK)):
        raise UserError(f"`{api}` is no address to send a token to", fix="set GITHUB_API_URL to an https address")
    return host


class Connection:
    """A repository behind GitHub's API, and the token that speaks for us there. Nothing is asked yet."""

    def __init__(self, api: str, name: str, token: str) -> None:
        """Raises UserError where the name or the token can be none, or the token would not be safe."""
        host = _host_of(api)
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", name, re.ASCII):
            raise UserError(f"`{name}` names no repository on GitHub", fix="set GITHUB_REPOSITORY to OWNER/NAME")
        if not re.fullmatch(r"[!-~]+", token):
            raise UserError("the token has characters that no token has", fix="set GITHUB_TOKEN to the token alone")
        import github

        from .retry import Retry

        github.set_log_level(logging.CRITICAL)  # or each try that fails shows on the terminal
        is_service = host == "api.github.com" or host.endswith(".ghe.com")
        retry = Retry(
            max_rate_limit_wait=LONGEST_WAIT_SECONDS,
            retry_after_max=LONGEST_WAIT_SECONDS,
            total=TRIES - 1,
            backoff_factor=BACKOFF_SECONDS,
            allowed_methods=None,  # all: but for new issues, whatever is asked twice comes to the same
            raise_on_status=False,
        )
        self.name = name
        self._token = token
        self._client = github.Github(
            auth=github.Auth.Token(token),
            base_url=api,
            timeout=TIMEOUT_SECONDS,
            user_agent=f"assets-actions/{__version__}",
            per_page=PER_PAGE,
            retry=retry,
            seconds_between_requests=None,
            seconds_between_writes=SECONDS_BETWEEN_WRITES if is_service else None,
            lazy=True,
        )
        self._requester = self._client.requester

    @property
    def repository(self) -> "Repository":
        """PyGithub's repository, of which nothing has been asked: the address in an answer does not count."""
        return self._client.get_repo(self.name)

    def ask(self, method: str, path: str, **content: Any) -> Any:
        """The answer to a request below the repository's address, as JSON; a redirect is one, too."""
        url = f"/repos/{quote(self.name)}/{path}"
        return self._requester.requestJsonAndCheck(method, url, input=content or None)[1]

    @contextmanager
    def asking(self, asked: str, permission: str, refusals: Sequence[Refusal] = ()) -> Iterator[None]:
        """Lets whatever goes wrong with a request, such as `POST pulls`, raise GitHubError, without the token.

        The permission is what such requests need; the refusals are those that only they meet. ValueError means an
        answer that cannot be used.
        """
        import github
        import requests

        try:
            yield
        except github.IncompletableObject as error:
            failed = _strange(str(error.message))
        except github.GithubException as error:
            failed = _refusal(error, asked, permission, (*refusals, *REFUSALS))
        except requests.RequestException as error:
            message = f"GitHub's API at {self._requester.hostname} cannot be reached, or does not answer\n{error}"
            failed = GitHubError(0, message, "check GITHUB_API_URL, the network and the proxy, and run it again")
        except UnicodeEncodeError as error:
            message = f"the name `{error.object}` is not UTF-8, and GitHub's API takes no other"
            failed = GitHubError(0, message, "rename it")
        except (RuntimeError, ValueError) as error:  # a redirect that PyGithub does not follow; JSON that is none
            failed = _strange(str(error))
        except (LookupError, TypeError, AttributeError, AssertionError, github.BadAttributeException) as error:
            failed = _strange(f"{type(error).__name__}: {error}")  # JSON of another shape, links to other hosts
        else:
            return
        raise GitHubError(failed.status, failed.message.replace(self._token, "***"), str(failed.fix))


def _strange(answer: str) -> GitHubError:
    """What to raise where an answer of GitHub's is none."""
    return GitHubError(
        0,
        f"GitHub's API does not answer as it should\n{answer[:500]}",
        "where the repository was moved, give its new address or GITHUB_REPOSITORY; check GITHUB_API_URL",
    )


def _refusal(error: "GithubException", asked: str, permission: str, refusals: Sequence[Refusal]) -> GitHubError:
    """What an answer that is no success means."""
    import github

    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    quoted = f"{asked}: {error.status} {_said(error)}"
    if isinstance(error, github.RateLimitExceededException) or error.status == 429:
        what = f"GitHub's rate limit for this token is used up{_until(headers)}"
        return GitHubError(error.status, f"{what}\n{quoted}", "wait, and run it again")
    for refusal in refusals:
        if refusal.status == error.status and re.search(refusal.pattern, quoted):
            needed = _permissions(headers.get("x-accepted-github-permissions", "")) or permission
            return GitHubError(error.status, f"{refusal.what}\n{quoted}", refusal.fix.replace("{permission}", needed))
    if error.status >= 500:
        return GitHubError(error.status, f"GitHub's API is not available\n{quoted}", "run it again later")
    return GitHubError(error.status, f"GitHub refuses\n{quoted}", "change what it names, or report it")


def _said(error: "GithubException") -> str:
    """The message of an answer, and what it says of single fields, on one line."""
    data = error.data if isinstance(error.data, dict) else {}
    details = data.get("errors") or []
    parts = [data.get("message") or error.message or ""]
    for detail in details if isinstance(details, list) else [details]:
        if isinstance(detail, dict):
            parts.append(detail.get("message") or f"{detail.get('field')}: {detail.get('code')}")
        else:
            parts.append(detail)
    return " ".join("; ".join(str(part) for part in parts).split())


def _until(headers: Mapping[str, str]) -> str:
    """How long a rate limit lasts, where GitHub says so."""
    seconds, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if seconds.isdecimal():
        return f" for {seconds} s"
    return f" until {datetime.fromtimestamp(int(reset), UTC):%Y-%m-%d %H:%M} UTC" if reset.isdecimal() else ""


def _permissions(accepted: str) -> str:
    """The first set of permissions that GitHub would accept, as workflows name them.

    It sends `pull_requests=write,contents=read; issues=write`; older ones send nothing.
    """
    names = re.findall(r"([a-z_]+)=([a-z]+)", accepted.partition(";")[0])
    return ", ".join(f"{name.replace('_', '-')}: {access}" for name, access in names)
