"""The texts of pull requests: Markdown, in which nothing of anybody's assets is more than text."""

import datetime
from collections.abc import Sequence

from assets_actions.deprecation.removal import Dependent
from assets_actions.deprecation.request import Reason, Request

from .markdown import escape, table
from .text import counted, visible

REASONS = {
    Reason.VULNERABILITY: "it has a vulnerability",
    Reason.END_OF_LIFE: "what it is made of has reached its end of life",
    Reason.SUPERSEDED: "something better has come",
    Reason.UNUSED: "nobody uses it",
    Reason.OTHER: "",
}
FILES_SHOWN = 50


def code(text: str) -> str:
    """A name as code."""
    return escape(f"`{text}`")


def deprecation_text(request: Request, base: str, *, remove_on_date: bool) -> str:
    """For the deprecation of an asset on a branch."""
    id_, day = str(request.asset.id), request.delete_on
    instead = code(str(request.replacement.id))
    removal = f"on {day}" if remove_on_date else "after that release"
    checks = [
        f"{instead} does what those who use {code(id_)} need it for",
        "its users know, or will be told",
        f"{day} leaves them the time they need",
    ]
    parts = [
        f"Deprecates {code(id_)}: whoever uses it is told to use {instead} instead.\n",
        *_reason(request),
        *_dependents(request.dependents),
        "### What happens next\n\n"
        + table(
            ("when", "what"),
            [
                ("this is merged", "the next release makes a version of it that says so"),
                (removal, f"a pull request removes it from `{base}`; what was released stays as it is"),
                (str(day), "it is archived: out of lists, and still there for whoever uses it"),
            ],
        ),
        "### Before this is merged\n\n" + "".join(f"- [ ] {one}\n" for one in checks),
    ]
    return "\n".join(parts)


def _reason(request: Request) -> list[str]:
    said = REASONS[request.reason] if request.reason else ""
    details = " ".join(escape(line) for line in request.details.splitlines() if line.strip())
    told = ": ".join(filter(None, (said, details)))
    return [f"**Why:** {told}\n"] if told else []


def _dependents(users: Sequence[Dependent]) -> list[str]:
    lines = [f"- {code(user.id)}: {code(str(user.place))}\n" for user in users]
    return [f"### Still used by\n\n{''.join(lines)}"] if lines else []


def removal_text(
    id_: str,
    version: str | None,
    day: datetime.date | None,
    files: Sequence[str],
    branch: str,
    records: Sequence[tuple[str, str]] | None = None,
) -> str:
    """For the removal of a deprecated asset from a branch; `version`: what was released of it last.

    `records`: of the release branch, the trailers of its commit, which a squash must keep.
    """
    rows = [("this is merged", f"it is gone from `{branch}`")]
    if records is None:
        rows.append(("the next release", "it goes from the release branch, or a pull request of its own takes it away"))
    rows.append((str(day or "its last day"), "it is archived: out of lists, and still there for whoever uses it"))
    shown = "".join(f"- {code(path)}\n" for path in files[:FILES_SHOWN])
    more = f"- and {counted(len(files) - FILES_SHOWN, 'more file')}\n" if len(files) > FILES_SHOWN else ""
    released = f" Released last as version {escape(version)}; its release tags stay." if version else ""
    checks = ["nobody waits for a fix of it", "what is removed is used by nothing else"]
    return "\n".join(
        [
            f"Removes {code(id_)}, which is deprecated, from {code(branch)}.{released}\n",
            "### What happens next\n\n" + table(("when", "what"), rows),
            f"### What is removed\n\n{shown}{more}",
            "### Before this is merged\n\n" + "".join(f"- [ ] {one}\n" for one in checks),
            *_kept(records or ()),
        ]
    )


def _kept(records: Sequence[tuple[str, str]]) -> list[str]:
    """Lines that no merge may lose, as GitHub may make the text of a pull request the message of a squash."""
    lines = "".join(f"{key}: {visible(value)}\n" for key, value in records)
    return [f"Whoever squashes keeps in the message, so that no version is used twice:\n\n{lines}"] if lines else []
