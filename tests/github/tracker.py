"""The stand-in's part for pull requests and issues, with the rules that GitHub has for them."""

from dataclasses import dataclass, field
from typing import Any, Literal

from .bare import BOT, Bare, RefusedError, invalid
from .description import filled

Answered = tuple[int, Any, dict[str, str]]
LONGEST_BODY = 65536


@dataclass
class Pull:
    """What a pull request has beside what every issue has."""

    head: str
    base: str
    head_commit: str
    is_draft: bool = False
    is_merged: bool = False
    is_from_a_fork: bool = False
    reviewers: list[str] = field(default_factory=list)


@dataclass
class Thread:
    """An issue, or a pull request."""

    number: int
    title: str
    body: str | None
    author: str | None
    state: Literal["open", "closed"] = "open"
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    pull: Pull | None = None


class Tracker:
    """The pull requests and issues of a repository; what a test sees and changes of them are the attributes."""

    def __init__(self, bare: Bare, address: str, name: str) -> None:
        self.bare = bare
        self.address = address
        self.name = name
        self.owner = name.partition("/")[0]
        self.threads: dict[int, Thread] = {}
        self.labels = ["bug"]
        self.associations = {self.owner: "OWNER", "ada": "MEMBER", "mallory": "NONE"}
        self.teams = ["release"]
        self.has_issues = True
        self.has_drafts = True
        self.may_open_pulls = True
        self._followed: dict[str, str] = {}

    def answer(self, method: str, parts: list[str], query: dict[str, str], content: dict[str, Any]) -> Answered:
        """Raises RefusedError."""
        self.follow_branches()
        match method, parts:
            case "GET", ["pulls"]:
                return self._listed(self._pulls_of(query), "pulls", query)
            case "POST", ["pulls"]:
                return 201, self._told(self._opened(**content)), {}
            case "PATCH", ["pulls", number]:
                return 200, self._told(self._edited(self._thread(number, is_pull=True), **content)), {}
            case "POST", ["pulls", number, "requested_reviewers"]:
                thread = self._reviewed(self._thread(number, is_pull=True), **content)
                return 201, self._told(thread, "pull-request-simple"), {}
        if not self.has_issues and method != "GET" and len(parts) < 3:
            raise RefusedError(410, "Issues are disabled for this repo")
        match method, parts:
            case "GET", ["issues"]:
                state = query.get("state", "open")
                return self._listed([t for t in self.threads.values() if t.state == state], "issues", query)
            case "POST", ["issues"]:
                return 201, self._issue(self.open(**content)), {}
            case "PATCH", ["issues", number]:
                return 200, self._issue(self._edited(self._thread(number), **content)), {}
            case "POST", ["issues", number, "labels"]:
                labels = self._labelled(self._thread(number), content["labels"]).labels
                return 200, [filled("label", {"name": label}) for label in labels], {}
            case "POST", ["issues", number, "assignees"]:
                return 201, self._issue(self._assigned(self._thread(number), content["assignees"])), {}
        raise AssertionError(f"{method} {parts} is not asked")

    def follow_branches(self) -> None:
        """Do what GitHub does when somebody pushes: heads move on; what is gone is closed, what is in is merged."""
        branches = self.bare.branches()
        if branches == self._followed:
            return
        self._followed = branches
        for thread in self.threads.values():
            pull = thread.pull
            if pull is None or thread.state == "closed" or pull.is_from_a_fork:
                continue
            if pull.head not in branches or pull.base not in branches:
                thread.state = "closed"
            else:
                pull.head_commit = branches[pull.head]
                if self.bare.holds(branches[pull.base], pull.head_commit):
                    thread.state, pull.is_merged = "closed", True

    def merge(self, number: int, *, squash: bool = False) -> str:
        """Merge a pull request as somebody would by the button; returns the commit."""
        self.follow_branches()
        thread = self.threads[number]
        assert thread.pull
        assert thread.state == "open"
        message = f"{thread.title} (#{number})"
        commit = self.bare.merge(thread.pull.head, thread.pull.base, message, squash=squash)
        thread.state, thread.pull.is_merged, thread.pull.is_draft = "closed", True, False
        return commit

    def open(
        self,
        title: str,
        body: str | None = None,
        labels: list[str] | None = None,
        author: str | None = BOT["name"],
        pull: Pull | None = None,
    ) -> Thread:
        """Open an issue or a pull request, without asking whether it may be."""
        self._check_length("Issue", body)
        number = len(self.threads) + 1
        thread = self.threads[number] = Thread(number, title, body, author, pull=pull)
        return self._labelled(thread, labels or [])

    def _opened(self, title: str, head: str, base: str, body: str | None = None, draft: bool = False) -> Thread:
        if not self.may_open_pulls:
            raise RefusedError(403, "GitHub Actions is not permitted to create or approve pull requests.")
        if draft and not self.has_drafts:
            raise RefusedError(422, "Draft pull requests are not supported in this repository.")
        pulls = [thread.pull for thread in self.threads.values() if thread.pull and thread.state == "open"]
        opened = [(pull.head, pull.base) for pull in pulls if not pull.is_from_a_fork]
        self.bare.check_new(self.owner, head, base, opened)
        return self.open(title, body, pull=Pull(head, base, self.bare.branches()[head], draft))

    def _edited(self, thread: Thread, **content: Any) -> Thread:
        self._check_length("Issue", content.get("body"))
        if content.get("state") == "open" and thread.state == "closed" and thread.pull:
            if thread.pull.is_merged:
                raise invalid("PullRequest", "state", "state cannot be changed. The pull request is merged.")
            self.bare.check_reopening(thread.pull.head, thread.pull.head_commit)
        for key, value in content.items():
            assert key in ("title", "body", "state")
            setattr(thread, key, value)
        return thread

    def _labelled(self, thread: Thread, labels: list[str]) -> Thread:
        self.labels += [label for label in labels if label not in self.labels]
        thread.labels += [label for label in labels if label not in thread.labels]
        return thread

    def _assigned(self, thread: Thread, assignees: list[str]) -> Thread:
        if not set(assignees) <= self.associations.keys():
            raise RefusedError(404, "Not Found")
        may = [login for login in assignees if self.associations[login] != "NONE"]
        thread.assignees += [login for login in may if login not in thread.assignees]
        return thread

    def _reviewed(
        self, thread: Thread, reviewers: list[str] | None = None, team_reviewers: list[str] | None = None
    ) -> Thread:
        assert thread.pull
        if thread.author in (reviewers or ()):
            raise RefusedError(422, "Review cannot be requested from pull request author.")
        people = {login for login, association in self.associations.items() if association != "NONE"}
        if not (set(reviewers or ()) <= people and set(team_reviewers or ()) <= set(self.teams)):
            raise RefusedError(
                422,
                "Reviews may only be requested from collaborators. One or more of the users or teams you specified is "
                f"not a collaborator of the {self.name} repository.",
            )
        asked = [*(reviewers or ()), *(f"{self.owner}/{team}" for team in team_reviewers or ())]
        thread.pull.reviewers += [each for each in asked if each not in thread.pull.reviewers]
        return thread

    def _check_length(self, resource: str, body: str | None) -> None:
        if len(body or "") > LONGEST_BODY:
            raise invalid(resource, "body", f"body is too long (maximum is {LONGEST_BODY} characters)")

    def _thread(self, number: str, *, is_pull: bool = False) -> Thread:
        thread = self.threads.get(int(number))
        if thread is None or (is_pull and thread.pull is None):
            raise RefusedError(404, "Not Found")
        return thread

    def _pulls_of(self, query: dict[str, str]) -> list[Thread]:
        found = [thread for thread in self.threads.values() if thread.pull and thread.state == query["state"]]
        if "head" in query:
            owner, _, branch = query["head"].partition(":")
            found = [t for t in found if t.pull and t.pull.head == branch and self._head_owner(t.pull) == owner]
        return found

    def _listed(self, threads: list[Thread], kind: str, query: dict[str, str]) -> Answered:
        page, size = int(query.get("page", 1)), int(query.get("per_page", 30))
        start, end = (page - 1) * size, page * size
        newest = sorted(threads, key=lambda thread: -thread.number)
        links = {}
        if end < len(threads):
            more = "&".join(f"{key}={value}" for key, value in {**query, "page": page + 1}.items())
            links["Link"] = f'<{self.address}/{kind}?{more}>; rel="next"'
        tell = self._issue if kind == "issues" else lambda thread: self._told(thread, "pull-request-simple")
        return 200, [tell(thread) for thread in newest[start:end]], links

    def _head_owner(self, pull: Pull) -> str:
        return "mallory" if pull.is_from_a_fork else self.owner

    def _user(self, login: str | None) -> dict[str, Any] | None:
        return {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"} if login else None

    def _repository(self, owner: str | None = None) -> dict[str, Any]:
        name = self.name if owner is None else f"{owner}/fork"
        known = {"id": 1 if owner is None else 2, "full_name": name}
        known["url"] = self.address if owner is None else f"{self.address.removesuffix(self.name)}{name}"
        return {**known, "owner": self._user(owner or self.owner)}

    def _common(self, thread: Thread) -> dict[str, Any]:
        return {
            "number": thread.number,
            "title": thread.title,
            "body": thread.body,
            "state": thread.state,
            "user": self._user(thread.author),
            "author_association": self.associations.get(thread.author or "", "NONE"),
            "labels": [{"name": label} for label in thread.labels],
            "assignees": [self._user(login) for login in thread.assignees],
        }

    def _issue(self, thread: Thread) -> dict[str, Any]:
        kind = "pull" if thread.pull else "issues"
        known = {
            **self._common(thread),
            "url": f"{self.address}/issues/{thread.number}",
            "html_url": f"https://github.invalid/{self.name}/{kind}/{thread.number}",
        }
        if thread.pull:
            known["pull_request"] = {}
        return filled("issue", known)

    def _told(self, thread: Thread, schema: str = "pull-request") -> dict[str, Any]:
        pull = thread.pull
        assert pull
        owner = self._head_owner(pull)
        head = {
            "label": f"{owner}:{pull.head}",
            "ref": pull.head,
            "sha": pull.head_commit,
            "repo": self._repository(owner if pull.is_from_a_fork else None),
        }
        known = {
            **self._common(thread),
            "url": f"{self.address}/pulls/{thread.number}",
            "html_url": f"https://github.invalid/{self.name}/pull/{thread.number}",
            "draft": pull.is_draft,
            "requested_reviewers": [self._user(name) for name in pull.reviewers if "/" not in name],
            "merged_at": "2026-01-01T00:00:00Z" if pull.is_merged else None,
            "head": head,
            "base": {"label": f"{self.owner}:{pull.base}", "ref": pull.base, "repo": self._repository()},
        }
        return filled(schema, {**known, "merged": pull.is_merged} if schema == "pull-request" else known)
