import datetime
from collections.abc import Mapping
from typing import Any

import pytest

from assets_actions.deprecation.gone import GoneAsset, Removal
from assets_actions.deprecation.lifecycle import Facts, Stage, Standing, standings
from tests.conftest import component, environment
from tests.trees import catalog

DAY = datetime.date(2027, 5, 24)
NOTICE = "DEPRECATED: Please use new instead."
REMOVAL = Removal(datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC), "c" * 40)


def deprecated(
    name: str = "old", tags: str = "  Deprecated: ''\n  DeleteOn: '2027-05-24'\n", text: str = NOTICE
) -> dict[str, str]:
    files = environment(name)
    files[f"assets/{name}/spec.yaml"] += f"{tags}description: '{text}'\n"
    return files


def facts(files: Mapping[str, str], released: str | None = None, *, final: bool = True, **more: Any) -> Facts:
    """What is known of the source's files, and of an asset released as deprecated."""
    earlier = catalog(deprecated()).assets[0]
    found = {"environment/old": (earlier, released, final)} if released else {}
    values = {"gone": (), "day": datetime.date(2026, 12, 1), "remove_on_date": False, "release_removals": True}
    return Facts(catalog(files), found, **{**values, **more})


def one(known: Facts) -> Standing:
    (found,) = standings(known)
    return found


@pytest.mark.parametrize(
    ("released", "more", "stage", "waits_for"),
    [
        (None, {}, Stage.ANNOUNCED, "its release"),
        ("2", {"final": False}, Stage.ANNOUNCED, "its release"),
        ("2", {}, Stage.RELEASED, ""),
        ("2", {"remove_on_date": True}, Stage.RELEASED, "2027-05-24"),
        ("2", {"remove_on_date": True, "day": DAY}, Stage.RELEASED, ""),
        ("2", {"remove_on_date": True, "day": DAY, "final": False}, Stage.ANNOUNCED, ""),
        (None, {"remove_on_date": True, "day": DAY}, Stage.ANNOUNCED, "its release"),
        ("2", {"day": DAY + datetime.timedelta(1)}, Stage.OVERDUE, ""),
        (None, {"day": DAY + datetime.timedelta(1)}, Stage.OVERDUE, "its release"),
    ],
)
def test_an_asset_of_the_source_waits_for_its_release_or_its_day(
    released: str | None, more: dict[str, Any], stage: Stage, waits_for: str
) -> None:
    found = one(facts({**deprecated(), **environment("new")}, released, **more))
    assert (found.stage, found.waits_for, found.is_due, found.step) == (stage, waits_for, not waits_for, "remove")
    assert (found.delete_on, found.replacement, found.version, found.misfits) == (DAY, "new", released, ())


def test_nothing_is_due_while_others_depend_on_it() -> None:
    files = {**deprecated(), **environment("new"), **component("user")}
    files["assets/user/spec.yaml"] += "environment: azureml:old:1\n"
    assert one(facts(files, "2")).waits_for == "those who depend on it: component/user"
    assert (
        one(
            facts(
                component("user") | {"assets/user/spec.yaml": files["assets/user/spec.yaml"]},
                "2",
                release_removals=False,
            )
        ).is_due
        is False
    )


def test_nothing_is_due_without_a_date() -> None:
    undated = facts({**deprecated(tags="  Deprecated: ''\n"), **environment("new")}, "2")
    assert (one(undated).is_due, one(undated).waits_for) == (False, "a date, the tag `DeleteOn`")


@pytest.mark.parametrize(
    ("files", "misfits"),
    [
        (deprecated(tags="  Deprecated: ''\n"), ["it has no date"]),
        (deprecated(tags="  Deprecated: ''\n  DeleteOn: soon\n"), ["`soon` is no date"]),
        (deprecated(tags="  DeleteOn: '2027-05-24'\n"), ["it has a date, and no tag `Deprecated`"]),
        (deprecated(text="Old."), ["its description does not begin with a replacement"]),
        (deprecated(text="DEPRECATED: Please use none instead."), ["its replacement none is not here"]),
        (
            deprecated(text="DEPRECATED: Please use component/none instead."),
            ["its replacement component/none is not here"],
        ),
        ({**deprecated(), **deprecated("new")}, ["its replacement new is deprecated, too"]),
    ],
)
def test_what_does_not_fit_is_told(files: dict[str, str], misfits: list[str]) -> None:
    found = {standing.id: standing for standing in standings(facts({**environment("new"), **files}))}["environment/old"]
    assert list(found.misfits) == misfits
    assert found.place
    assert found.place.file == "assets/old/spec.yaml"


def test_what_is_gone_from_the_source_waits_for_the_next_release_or_its_own_pull_request() -> None:
    left = one(facts(component(), "2"))
    assert (left.stage, left.step, left.is_due) == (Stage.RELEASED, "remove-released", False)
    assert left.waits_for == "the next release, which removes it"
    assert one(facts(component(), "2", release_removals=False)).is_due
    assert one(facts(component(), "2", day=DAY + datetime.timedelta(1))).stage is Stage.OVERDUE


@pytest.mark.parametrize(
    ("delete_on", "more", "stage", "command"),
    [
        (DAY, {}, Stage.REMOVED, "az ml environment archive --name old"),
        (None, {}, Stage.REMOVED, "az ml environment archive --name old"),
        (DAY, {"day": DAY}, Stage.TO_ARCHIVE, "az ml environment archive --name old"),
        (DAY, {"day": DAY, "archived": {"environment/old"}}, Stage.ARCHIVED, "az ml environment archive --name old"),
    ],
)
def test_what_is_gone_is_archived_on_its_day(
    delete_on: datetime.date | None, more: dict[str, Any], stage: Stage, command: str
) -> None:
    gone = GoneAsset("environment/old", "2", delete_on, NOTICE, REMOVAL)
    found = one(facts(component(), gone=[gone], **more))
    assert (found.stage, found.archive_command, found.step, found.is_due) == (stage, command, None, False)
    assert found.misfits == (() if delete_on else ("it went without a date",))


@pytest.mark.parametrize(
    ("version", "more", "archive"),
    [
        ("2", {"day": DAY - datetime.timedelta(1)}, None),
        ("2", {"day": DAY}, "due"),
        ("2", {"day": DAY + datetime.timedelta(1)}, "due"),
        ("2", {"day": DAY, "archived": {"environment/old"}}, "done"),
        (None, {"day": DAY}, None),
    ],
)
def test_what_is_still_here_is_archived_on_its_day_as_well(
    version: str | None, more: dict[str, Any], archive: str | None
) -> None:
    assert one(facts({**deprecated(), **environment("new")}, version, **more)).archive == archive
    if version:
        assert one(facts(component(), version, **more)).archive == archive


def test_what_came_back_is_not_gone_and_what_is_not_deprecated_is_no_concern() -> None:
    gone = GoneAsset("environment/old", "2", DAY, NOTICE, REMOVAL)
    assert standings(facts(environment("old"), gone=[gone])) == []


def test_types_that_the_azure_cli_cannot_archive_have_no_command() -> None:
    gone = GoneAsset("prompt/p", "2", DAY, "", REMOVAL)
    assert one(facts(component(), gone=[gone])).archive_command is None
