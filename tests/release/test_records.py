import pytest

from assets_actions.release.records import Records, source_digest
from tests.conftest import environment
from tests.trees import only


def test_what_is_written_as_trailers_is_read_back() -> None:
    records = Records(
        "s" * 40,
        frozenset({"environment/a/5", "environment/b c/6"}),
        {"environment/b c": "sha256:1", "environment/d": "sha256:2"},
        frozenset({"environment/d/7"}),
    )
    trailers = records.trailers()
    assert Records.of(trailers) == records
    assert Records.of([("Workflow-Run", "https://x"), *reversed(trailers), ("Signed-off-by", "somebody")]) == records
    assert Records.of([]) == Records()


def test_an_asset_is_no_longer_held_when_it_is_released() -> None:
    records = Records("s", frozenset({"a/b/1"}), {"a/b": "x", "a/c": "y"})
    assert records.without(["a/b", "a/d"]) == Records("s", frozenset({"a/b/1"}), {"a/c": "y"})


@pytest.mark.parametrize(
    ("message", "burned"),
    [
        ("Remove\n\nBurned: environment/a/5\nBurned: data/b c/1.0.0\n", {"environment/a/5", "data/b c/1.0.0"}),
        ("Remove (#1)\r\n\r\n* Remove\r\n\r\nBurned: model/a/5\r\n\r\nText\r\n\r\nCo-authored-by: B", {"model/a/5"}),
        ("Burned: my fingers\nBurned: it/to/ashes\nBurned: model/a\nBurned: model/a/b/5\nBurned: model/a/\n", set()),
        ("  Burned: model/a/5\n> Burned: model/a/5\nUnburned: model/a/5\nBurned model/a/5", set()),
    ],
)
def test_versions_are_burned_by_lines_of_messages_that_name_one(message: str, burned: set[str]) -> None:
    records = Records("s", frozenset({"code/x/1"}), {"a/b": "x"})
    assert records.burning(["Other", message]) == Records("s", {"code/x/1", *burned}, {"a/b": "x"})


def test_the_digest_of_a_source_is_of_all_that_its_author_wrote_and_of_nothing_else() -> None:
    files = {**environment(), "assets/env-1/description.md": "text", "assets/env-1/tests/test.py": "not released"}
    digest = source_digest(only(files))
    assert digest == source_digest(only({**files, "assets/env-1/tests/test.py": "", "README.md": "x"}))
    moved = {path.replace("assets/", "assets/moved/"): text for path, text in files.items()}
    assert digest == source_digest(only(moved))
    for path in ("context/Dockerfile", "description.md", "spec.yaml", "asset.yaml", "environment.yaml"):
        name = f"assets/env-1/{path}"
        assert digest != source_digest(only({**files, name: f"{files[name]}\n# x\n"})), path
    assert digest != source_digest(only(files, modes={"assets/env-1/context/Dockerfile": "100755"}))
