import re

import pytest

from assets_actions.assets.tree import Entry
from assets_actions.deprecation.marker import Topic
from assets_actions.deprecation.proposal import Proposal, branch_of
from tests.conftest import Repo

OLD, NEW = Entry("100644", "1" * 40), Entry("100644", "2" * 40)
PROPOSAL = Proposal(
    Topic("remove", "environment/x"), "main", "b" * 40, {"a/gone": None, "a/new": NEW}, {}, "Remove x", "Text"
)
TREE = "c" * 40


def trailers(message: str) -> list[tuple[str, str]]:
    return re.findall(r"^([\w-]+): (.*)$", message, re.MULTILINE)


def test_our_own_commit_is_known_by_what_it_goes_on_from_and_holds() -> None:
    ours = trailers(PROPOSAL.message(TREE))
    assert PROPOSAL.is_ours(ours, ["b" * 40], TREE)
    assert not PROPOSAL.is_ours(ours, ["d" * 40], TREE), "somebody has rebased it"
    assert not PROPOSAL.is_ours(ours, ["b" * 40], "d" * 40), "somebody has amended it"
    assert not PROPOSAL.is_ours([], ["b" * 40], TREE)
    assert not PROPOSAL.is_ours(ours, [], TREE)
    other = Topic("deprecate", "environment/x")
    assert not PROPOSAL.is_ours([("Proposal", f"{other} {'b' * 40} {TREE}")], ["b" * 40], TREE)


def test_a_branch_brings_the_edits_as_long_as_what_they_are_made_of_has_not_changed() -> None:
    base = {"a/gone": OLD, "b": OLD}
    branch = {"a/new": NEW, "b": OLD}
    assert PROPOSAL.stands(branch, under=base, base={**base, "elsewhere": NEW})
    assert not PROPOSAL.stands({**branch, "a/new": OLD}, under=base, base=base)
    assert not PROPOSAL.stands({**branch, "a/gone": OLD}, under=base, base=base)
    assert not PROPOSAL.stands(branch, under=base, base={**base, "a/gone": NEW})
    assert not PROPOSAL.stands(branch, under={"b": OLD}, base=base), "a file that came later would stay"


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("environment/x-1.2", "environment/x-1.2"),
        ("data/a b~^:?*[\\ü@{", "data/a%20b%7E%5E%3A%3F%2A%5B%5C%C3%BC%40%7B"),
        ("data/.a..b.lock", "data/%2Ea%2E.b%2Elock"),
        ("data/a.", "data/a%2E"),
    ],
)
def test_branches_have_names_that_git_takes(subject: str, name: str, repo: Repo) -> None:
    branch = branch_of(Topic("remove", subject))
    assert branch == f"assets-actions/remove/{name}"
    assert repo.git("check-ref-format", "--branch", branch) == branch
