"""The deprecated assets that are released no longer, as values."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from assets_actions.deprecation.gone import GoneAsset, Removal, gone_assets
from tests.conftest import component, environment
from tests.trees import tree

REMOVAL = Removal(datetime(2026, 1, 2, tzinfo=UTC), "c")
TAGS = 'tags:\n  Deprecated: ""\n  DeleteOn: "2026-05-06"\n'


def released(files: dict[str, Any], id_: str) -> dict[str, Any]:
    return {path.replace(f"assets/{id_.partition('/')[2]}", f"latest/{id_}"): text for path, text in files.items()}


def test_what_was_deprecated_is_told_as_it_was_released_last() -> None:
    deprecated, other = released(component("a", "3"), "component/a"), released(component("b"), "component/b")
    deprecated["latest/component/a/spec.yaml"] += f"description: 'DEPRECATED: Please use b instead.'\n{TAGS}"
    found = gone_assets(tree({**deprecated, **other}), {"component/b": REMOVAL, "component/a": REMOVAL})
    text = "DEPRECATED: Please use b instead."
    assert found == [GoneAsset("component/a", "3", date(2026, 5, 6), text, REMOVAL)]


def test_an_automatic_version_is_the_one_that_the_release_gave() -> None:
    files = released(environment(), "environment/env-1")
    files["latest/environment/env-1/spec.yaml"] = f"name: env-1\nversion: '12'\n{TAGS}"
    (found,) = gone_assets(tree(files), {"environment/env-1": REMOVAL})
    assert (found.version, found.description) == ("12", "")


@pytest.mark.parametrize(
    ("tags", "delete_on"),
    [
        ("Deprecated: ''", None),
        ("{Deprecated: '', DeleteOn: soon}", "soon"),
        ("{Deprecated: '', DeleteOn: 2026-13-01}", "2026-13-01"),
    ],
)
def test_a_date_that_is_none_is_told_as_it_is(tags: str, delete_on: str | None) -> None:
    files = released(component("a"), "component/a")
    files["latest/component/a/spec.yaml"] += f"tags:\n  {tags}\n" if tags[0] != "{" else f"tags: {tags}\n"
    (found,) = gone_assets(tree(files), {"component/a": REMOVAL})
    assert found.delete_on == delete_on


@pytest.mark.parametrize("content", ["", "- a\n", "tags: [Deprecated]\n", "tags: {Deprecated\n", "\x00", b"\xff"])
def test_what_cannot_be_read_is_no_deprecated_asset(content: str | bytes) -> None:
    files = released(component("a"), "component/a")
    removals = {"component/a": REMOVAL, "component/b": REMOVAL}
    other = {"latest/component/b/notes": content}
    assert gone_assets(tree({**files, "latest/component/a/spec.yaml": content, **other}), removals) == []
    assert gone_assets(tree({**files, "latest/component/a/asset.yaml": content, **other}), removals) == []
