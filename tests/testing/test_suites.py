"""Which suites there are, and what keeps one from being run."""

import pytest

from assets_actions.assets.tree import SYMLINK
from assets_actions.testing.suites import declared, is_tested
from tests.testing.examples import suite, suites, with_tests
from tests.trees import catalog, only

REQUIRES = "    pip_requirements: requirements.txt\n"
SHARED = "    tests_dir: ../shared/tests\n"
TEST = {"test_a.py": "def test(): pass\n"}


def found(pytest: str, more: dict[str, str], modes: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
    asset = only({**with_tests("a", pytest), **more}, modes)
    return [(one.rule, str(one.place), one.message) for one in declared(asset).problems]


def test_an_asset_is_tested_where_it_says_so() -> None:
    asset = only(with_tests("a"))
    assert is_tested(asset)
    off = {
        **with_tests("a"),
        "assets/a/asset.yaml": "type: component\nspec: spec.yaml\ntest:\n  pytest:\n    enabled: false\n",
    }
    assert not is_tested(only(off))


def test_tests_lie_in_the_assets_folder_where_nothing_else_is_said() -> None:
    assert suite(with_tests("a", **TEST)).tests == "assets/a"


def test_assets_with_the_same_tests_and_requirements_share_a_suite() -> None:
    files = {
        **with_tests("a", SHARED + REQUIRES, **{"requirements.txt": "numpy  # fast\n"}),
        **with_tests("b", SHARED + REQUIRES, **{"requirements.txt": "numpy\n"}),
        **with_tests("c", SHARED + REQUIRES, **{"requirements.txt": "pandas\n"}),
        "assets/shared/tests/test_a.py": "",
    }
    assert [one.name for one in suites(files)] == ["component/a, component/b", "component/c"]


def test_other_tests_with_the_same_requirements_share_their_environment() -> None:
    first, second = suites({**with_tests("a", **TEST), **with_tests("b", **TEST)})
    assert first.need.digest == second.need.digest
    assert suites(with_tests("a", **TEST), ours=("pytest", "pytest-cov"))[0].need.digest != first.need.digest


def test_an_environment_with_something_of_a_folder_is_that_folders_alone() -> None:
    files = {"requirements.txt": "-e ./lib\n"}
    first, second = suites({**with_tests("a", REQUIRES, **files), **with_tests("b", REQUIRES, **files)})
    assert first.need.digest != second.need.digest
    assert not first.need.may_be_kept


def test_a_conda_environment_is_not_one_of_pips() -> None:
    files = {"requirements.txt": "numpy\n"}
    conda = suite(with_tests("a", "    conda_environment: requirements.txt\n", **files))
    assert conda.need.conda == "numpy\n"
    assert conda.need.digest != suite(with_tests("a", REQUIRES, **files)).need.digest


@pytest.mark.parametrize(
    ("pytest_keys", "place", "message"),
    [
        ("    tests_dir: ../../..\n", "7:16", "`../../..` leads out of the repository"),
        ("    tests_dir: /etc\n", "7:16", "`/etc` leads out of the repository"),
        ("    tests_dir: gone\n", "7:16", "`gone` names no file or directory of the repository"),
        ("    tests_dir: link\n", "7:16", "`link` leads out of the repository"),
        ("    pip_requirements: /etc/passwd\n", "7:23", "`/etc/passwd` leads out of the repository"),
        ("    pip_requirements: .\n", "7:23", "`.` names no file of the repository"),
        ("    conda_environment: gone.yml\n", "7:24", "`gone.yml` names no file of the repository"),
        ("    conda_environment: bad\n", "7:24", "`assets/a/bad` byte 0xff is not UTF-8 text"),
    ],
)
def test_what_is_not_there_or_not_in_the_repository_is_told_at_its_place(
    pytest_keys: str, place: str, message: str
) -> None:
    more = {"assets/a/link": "/etc", "assets/a/bad": b"\xff"}
    got = found(pytest_keys, more, {"assets/a/link": SYMLINK})  # type: ignore[arg-type]
    assert got == [("test-misconfigured", f"assets/a/asset.yaml:{place}", message)]


def test_requirements_of_both_kinds_exclude_each_other() -> None:
    keys = "    pip_requirements: r.txt\n    conda_environment: c.yml\n"
    ((_, _, message),) = found(keys, {"assets/a/r.txt": "", "assets/a/c.yml": ""})
    assert message == "`pip_requirements` and `conda_environment` exclude each other"


def test_what_an_included_file_lacks_is_told_at_the_include() -> None:
    ((rule, place, message),) = found(REQUIRES, {"assets/a/requirements.txt": "a\n-r ../../../b.txt\n"})
    assert (rule, place) == ("test-misconfigured", "assets/a/requirements.txt:2:1")
    assert message == "`../../../b.txt` leads out of the repository"


def test_all_that_is_wrong_is_told_at_once() -> None:
    asset = only(with_tests("a", "    tests_dir: /x\n    pip_requirements: /y\n"))
    assert len(declared(asset).problems) == 2
    assert len(catalog(with_tests("a")).assets) == 1
