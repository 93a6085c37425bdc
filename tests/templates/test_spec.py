import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assets_actions.assets.document import KeyPath, parse
from assets_actions.templates.spec import render, unify_line_endings

VALUES = {"asset.name": "x", "asset.version": "4", "image.dockerfile.path": "Dockerfile"}


def rendered(text: str, texts: dict[KeyPath, str] | None = None, values: dict[str, str] | None = None) -> str:
    document = parse("spec.yaml", text.encode())
    assert document.problem is None
    return render(document, VALUES if values is None else values, texts or {})


def test_known_tags_are_resolved_and_all_else_stays() -> None:
    text = """# {{asset.name}} is the name
name: "{{asset.name}}"   # comment
version: '{{ asset.version }}'

build:
    path: "{{asset.repo.url}}#{{asset.repo.commit_hash}}:{{asset.repo.build_context.path}}"
    other: "{{image.context.dir}}"
command: python x.py ${{inputs.a}} ${{asset.name}} $[[--b ${{parent.inputs.b}}]]
"""
    expected = (
        text.replace('"{{asset.name}}"', '"x"').replace("{{ asset.version }}", "4").replace("# {{asset.name}}", "# x")
    )
    assert rendered(text) == expected


def test_a_spec_without_tags_is_the_authors_text_itself() -> None:
    text = "b:   1\na: [ 1,2 ]\r\n"
    assert rendered(text) is not None
    assert rendered(text) == text


@pytest.mark.parametrize("value", ['a"b', "a'b", "a\\b", "a: b", "a #b", "{a", "- a", "4", "ä\n"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_value_reaches_the_spec_whatever_it_holds(value: str, quote: str) -> None:
    text = f"name: {quote}<{{{{image.name}}}}>{quote}\nversion: 1\n"
    assert yaml.safe_load(rendered(text, values={"image.name": value})) == {"name": f"<{value}>", "version": 1}


def test_a_description_takes_the_place_of_the_old_one() -> None:
    text = "name: x # n\ndescription: >-\n  old\n  text\n\n# about tags\ntags: {a: b}\n"
    assert rendered(text, {("description",): "new\n\n  text\n"}) == (
        "name: x # n\ndescription: |\n  new\n\n    text\n# about tags\ntags: {a: b}\n"
    )


def test_a_description_that_was_not_there_comes_first() -> None:
    assert rendered("# head\nname: x\n", {("description",): "new"}) == "# head\ndescription: |-\n  new\nname: x\n"


def test_a_comment_behind_the_old_text_stays_behind_the_key() -> None:
    text = "tags:\n  notes: notes.md # see there\n  b: c\n"
    assert rendered(text, {("tags", "notes"): "a\nb\n"}) == "tags:\n  notes: | # see there\n    a\n    b\n  b: c\n"


def test_windows_line_endings_stay() -> None:
    text = "name: x\r\ndescription: old\r\nb: c\r\n"
    assert (
        rendered(text, {("description",): "new\ntext\n"}) == "name: x\r\ndescription: |\r\n  new\r\n  text\r\nb: c\r\n"
    )


def test_what_an_alias_shares_with_a_text_stays_what_it_was() -> None:
    spec = "name: x\ntags: &t {notes: notes.md}\nproperties: *t\n"
    assert yaml.safe_load(rendered(spec, {("tags", "notes"): "text"})) == {
        "name": "x",
        "tags": {"notes": "text"},
        "properties": {"notes": "notes.md"},
    }


def test_rare_characters_survive_where_the_spec_has_to_be_written_anew() -> None:
    spec = '{name: "\\x85 \\u2028", tags: {notes: n}}\n'
    assert yaml.safe_load(rendered(spec, {("tags", "notes"): "text"})) == {
        "name": "\x85 \u2028",
        "tags": {"notes": "text"},
    }


SPECS = [
    "name: x\ndescription: old\ntags:\n  notes: n\nb: c\n",
    "name: x\ndescription: old # why\ntags:\n  notes: n # why\n  a: b",
    "name: x\ndescription:\ntags:\n    notes:\nb: c\n",
    "description: 'it''s'\nname: x\ntags: {notes: n, a: b}\n",
    "{name: x, tags: {notes: n}}\n",
    "name: x\ntags:\n  notes: |+\n    a\n\n\n\nb: c\n",
    "name: &d x\ndescription: *d\ntags:\n  notes: *d\n",
    "description: &d x\nname: *d\ntags:\n  notes: &n y\n  b: *n\n",
    "--- # start\nname: x\ndescription: >2-\n    a\n  b\ntags:\n  notes: n\n...\n",
    "  name: x\n  tags:\n     notes: n\n",
    "? description\n: old\n? tags\n: notes: n\nname: x\n",
    '"description" : "old"\n"tags":\n  "notes" : n\nname: x\n',
]


@pytest.mark.parametrize("spec", SPECS)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text(" \n\tab#:-'\"|>", max_size=30))
def test_any_text_can_be_put_into_any_spec_and_nothing_else_changes(spec: str, text: str) -> None:
    text = unify_line_endings(text)
    before = yaml.safe_load(spec)
    wanted = {**before, "description": text, "tags": {**before["tags"], "notes": text}}
    assert yaml.safe_load(rendered(spec, {("description",): text, ("tags", "notes"): text})) == wanted


def test_types_survive_where_the_spec_has_to_be_written_anew() -> None:
    spec = "name: x # lost\nn: 1.50\nq: '1'\nt: yes\nd: 2024-01-02\nz: ~\nv: '{{asset.version}}'\n"
    written = rendered(spec, {("description",): "\x85 cannot stand in a literal block"})
    assert "# lost" not in written
    assert yaml.safe_load(written) == {
        **yaml.safe_load(spec),
        "description": "\x85 cannot stand in a literal block",
        "v": "4",
    }


def test_line_endings_become_one_kind() -> None:
    assert unify_line_endings("a\r\nb\rc\n\r") == "a\nb\nc\n\n"
