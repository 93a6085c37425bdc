"""The edits that deprecate an asset."""

import datetime
import re
import time
from collections.abc import Mapping
from contextlib import suppress

import pytest
import yaml
from hypothesis import given as each
from hypothesis import strategies as st

from assets_actions.deprecation.edit import deprecate
from assets_actions.deprecation.notice import Notice
from assets_actions.errors import UserError
from tests.conftest import environment
from tests.rules.examples import ES, NAME, changed, found
from tests.trees import only

NOTICE = Notice("y-2", datetime.date(2027, 5, 24))
OTHER = Notice("z", datetime.date(2027, 6, 1))
SAID = "DEPRECATED: Please use y-2 instead."
TAGS = 'Deprecated: ""\n  DeleteOn: "2027-05-24"\n'
CONFIG, SPEC, ABOUT = "assets/x/asset.yaml", "assets/x/spec.yaml", "assets/x/description.md"


def files(spec: str, config: str = "", about: str | bytes | None = None) -> dict[str, bytes]:
    """An asset of this spec, with more in its asset config, and with a description file."""
    given = {CONFIG: f"type: component\nspec: spec.yaml\n{config}".encode(), SPEC: spec.encode()}
    if about is not None:
        given[ABOUT] = about if isinstance(about, bytes) else about.encode()
    return given


def edited(given: Mapping[str, bytes], notice: Notice = NOTICE) -> dict[str, bytes]:
    """What is changed; to do it again changes nothing."""
    asset = only(given)
    assert asset.is_loaded, [document.errors for document in asset.documents]
    result = deprecate(asset, notice)
    assert not result or deprecate(only({**given, **result}), notice) == {}
    return result


def refused(given: Mapping[str, bytes], notice: Notice = NOTICE) -> UserError:
    with pytest.raises(UserError) as error:
        deprecate(only(given), notice)
    return error.value


DESCRIPTIONS = {
    "missing": ("", f'description: "{SAID}"\n'),
    "nothing": ("description:\n", f'description: "{SAID}"\n'),
    "nothing, with a comment": ("description: # none\n", f'description: "{SAID}" # none\n'),
    "null": ("description: ~\n", f'description: "{SAID}"\n'),
    "an anchor alone": ("description: &d\n", f'description: &d "{SAID}"\n'),
    "no words": ("description: ''\n", f"description: '{SAID}'\n"),
    "folded": ("description: >\n  a\n  b\n\n  c\n", f"description: >\n  {SAID}\n  a\n  b\n\n  c\n"),
    "folded, without a last newline": ("description: >- # x\n    a\n", f"description: >- # x\n    {SAID}\n    a\n"),
    "folded, with all newlines": ("description: >+\n  a\n\n\n", f"description: >+\n  {SAID}\n  a\n\n\n"),
    "folded, with an indicator": ("description: >3-\n     a\n   b\n", f"description: >3-\n   {SAID}\n     a\n   b\n"),
    "folded, with an empty line first": ("description: >\n\n  a\n", f"description: >\n  {SAID}\n\n  a\n"),
    "folded, with nothing in it": ("description: >\n\n", f"description: >\n  {SAID}\n\n"),
    "folded, with deeper lines": ("description: >\n a\n\n   * b\n   * c\n", f"description: >\n {SAID}\n a\n\n   * b\n   * c\n"),
    "literal": ("description: |\n  # A\n  b\n", f"description: |\n  {SAID}\n\n  # A\n  b\n"),
    "literal, with an indicator": ("description: |+2\n    a\n  b\n\n", f"description: |+2\n  {SAID}\n\n    a\n  b\n\n"),
    "literal, with an anchor": ("description: &d |-\n  a\n", f"description: &d |-\n  {SAID}\n\n  a\n"),
    "double-quoted": ('description: "a \\"b\\""  # c\n', f'description: "{SAID} a \\"b\\""  # c\n'),
    "double-quoted, several lines": ('description: "a\n  b \\\n  c"\n', f'description: "{SAID} a\n  b \\\n  c"\n'),
    "single-quoted": ("description: 'it''s a'\n", f"description: '{SAID} it''s a'\n"),
    "single-quoted, several lines": ("description: 'a\n\n  b'\n", f"description: '{SAID} a\n\n  b'\n"),
    "template tags": ('description: "{{asset.name}} a"\n', f'description: "{SAID} {{{{asset.name}}}} a"\n'),
    "plain": ("description: a, b # c\n", f'description: "{SAID} a, b" # c\n'),
    "plain, with double quotes": ('description: it\'s "a"\n', f"description: '{SAID} it''s \"a\"'\n"),
    "plain, with a backslash": ("description: a\\b\n", f"description: '{SAID} a\\b'\n"),
    "plain, a number": ("description: 3.10\n", f'description: "{SAID} 3.10"\n'),
    "plain, with a type": ("description: !!str a\n", f'description: !!str "{SAID} a"\n'),
    "plain, on a line of its own": ("description:\n  a\n", f'description:\n  "{SAID} a"\n'),
    "plain, several lines": ("description: a\n  b\n\n  c\n", f"description: >-\n  {SAID}\n  a\n  b\n\n  c\n"),
    "plain, several lines of their own": ("description:\n  a\n  b\n", f"description: >-\n  {SAID}\n  a\n  b\n"),
    "plain, behind an anchor of several lines": ("description: &d\n  a\n  b\n", f"description: &d\n  >-\n  {SAID}\n  a\n  b\n"),
    "plain, behind an anchor and a comment": ("description: &d # b\n  a\n", f'description: &d # b\n  "{SAID} a"\n'),
    "plain, lines that would not fold": ("description: a\n   b\n  c\n", f'description: "{SAID} a\n   b\n  c"\n'),
    "plain, several lines and a comment": ("description: a\n  b # c\n", f'description: "{SAID} a\n  b" # c\n'),
    "plain, a comment below": ("description: a\n  b\n  # c\n", f'description: "{SAID} a\n  b"\n  # c\n'),
    "an alias": ("display_name: &d a\ndescription: *d\n", f'display_name: &d a\ndescription: "{SAID} a"\n'),
    "an alias of several lines": (
        "display_name: &d |\n  a\n  b\ndescription: *d # c\n",
        f'display_name: &d |\n  a\n  b\ndescription: "{SAID} a\\nb\\n" # c\n',
    ),
    "an anchor of an alias": (
        "description: &d a\ndisplay_name: *d\nproperties: {a: [*d]}\n",
        f'description: &d "{SAID} a"\ndisplay_name: a\nproperties: {{a: [a]}}\n',
    ),
    "an anchor of an alias, several lines": (
        "description: &d |\n  a\ndisplay_name: *d\n",
        f'description: &d |\n  {SAID}\n\n  a\ndisplay_name: "a\\n"\n',
    ),
    "an anchor of a key": (
        "description: &d a\nproperties: {*d : b}\n",
        f'description: &d "{SAID} a"\nproperties: {{a : b}}\n',
    ),
    "by a merge key": (
        "properties: &p\n  description: a\n<<: *p\n",
        f'description: "{SAID} a"\nproperties: &p\n  description: a\n<<: *p\n',
    ),
    "given twice": ("description: a\ndescription: b\n", f'description: a\ndescription: "{SAID} b"\n'),
    # deprecated already
    "an earlier sentence": (
        'description: "DEPRECATED: Please use old instead. a"\n',
        f'description: "{SAID} a"\n',
    ),
    "an earlier sentence alone": ("description: 'DEPRECATED: Please use it''s instead.'\n", f"description: '{SAID}'\n"),
    "an earlier sentence with escapes": (
        'description: "DEPRECATED: Please use \\"old\\"\\ninstead.\\na"\n',
        f'description: "{SAID}\\na"\n',
    ),
    "an earlier sentence in a folded text": (
        "description: >\n  DEPRECATED: Please use\n  old instead. a\n  b\n",
        f"description: >\n  {SAID} a\n  b\n",
    ),
    "an earlier sentence in a literal text": (
        "description: |\n\n  DEPRECATED: Please use old instead.\n\n  a\n",
        f"description: |\n\n  {SAID}\n\n  a\n",
    ),
    "other words in a folded text": ("description: >\n  DEPRECATED: use old\n  a\n", f"description: >\n  {SAID}\n  use old\n  a\n"),
    "other words in a literal text": ("description: |\n  DEPRECATED: use old\n  a\n", f"description: |\n  {SAID}\n\n  use old\n  a\n"),
    "no other words on the line": ("description: |\n  DEPRECATED:\n  a\n", f"description: |\n  {SAID}\n  a\n"),
    "other words in quotes": ("description: ' DEPRECATED:  use old'\n", f"description: ' {SAID} use old'\n"),
    "other words in a plain text": ("description: DEPRECATED:a\n", f'description: "{SAID} a"\n'),
    "another beginning": ("description: DEPRECATED ENVIRONMENT a\n", f'description: "{SAID} DEPRECATED ENVIRONMENT a"\n'),
    "the prefix alone": ('description: "DEPRECATED:"\n', f'description: "{SAID}"\n'),
}  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(("old", "new"), DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_a_description_of_any_style_begins_with_the_sentence(old: str, new: str, newline: str) -> None:
    def spec(version: int, description: str) -> str:
        return f"name: x\nversion: {version}\n{description}tags:\n  {TAGS}".replace("\n", newline)

    assert edited(files(spec(1, old))) == {SPEC: spec(2, new).encode()}
    again = edited(files(spec(2, new)), OTHER)[SPEC].decode()
    assert "DEPRECATED: Please use z instead." in again
    assert again.count("DEPRECATED:") == 1
    assert "y-2" not in again


BOTH = 'Deprecated: "", DeleteOn: "2027-05-24"'
TAG_STYLES = {
    "nothing": ("tags:\n", f"tags:\n  {TAGS}"),
    "nothing, with a comment": ("tags: # none\n", f"tags: # none\n  {TAGS}"),
    "null": ("tags: null # none\n", f"tags: # none\n  {TAGS}"),
    "an anchor alone": ("tags: &t\n", f"tags:\n  {TAGS}"),
    "empty": ("tags: {}\n", f"tags: {{{BOTH}}}\n"),
    "empty, with an anchor, on lines": ("tags: &t { # none\n  }\n", f"tags: &t {{ # none\n  {BOTH}}}\n"),
    "a block": ("tags:\n  a: b\n", f"tags:\n  {TAGS}  a: b\n"),
    "a deeper block below comments": (
        "tags: # x\n    # y\n\n    a: b\n",
        f"tags: # x\n    {TAGS.replace('  ', '    ')}    # y\n\n    a: b\n",
    ),
    "a block with an anchor": ("tags: &t\n a: b\n", f"tags: &t\n {TAGS.replace('  ', ' ')} a: b\n"),
    "a block with a merge key": (
        "properties: &p {a: b}\ntags:\n  <<: *p\n",
        f"properties: &p {{a: b}}\ntags:\n  {TAGS}  <<: *p\n",
    ),
    "a flow": ("tags: {a: b}\n", f"tags: {{{BOTH}, a: b}}\n"),
    "a flow on lines": ("tags: {\n  a: b,\n}\n", f"tags: {{\n  {BOTH}, a: b,\n}}\n"),
    "a flow that begins with an alias": ("display_name: &d a\ntags: {*d : b}\n", f"display_name: &d a\ntags: {{{BOTH}, *d : b}}\n"),
    "the one": ("tags:\n  a: b\n  Deprecated: ''\n", 'tags:\n  DeleteOn: "2027-05-24"\n  a: b\n  Deprecated: \'\'\n'),
    "the one with another value": (
        "tags:\n  Deprecated: yes\n  DeleteOn: 2027-05-23\n",
        'tags:\n  Deprecated: yes\n  DeleteOn: "2027-05-24"\n',
    ),
    "the other": (
        "tags:\n  a: b\n  DeleteOn: '2026-01-01' # x\n",
        "tags:\n  Deprecated: \"\"\n  a: b\n  DeleteOn: '2027-05-24' # x\n",
    ),
    "the same day, read as a date": ("tags: {Deprecated: '', DeleteOn: 2027-05-24}\n", "tags: {Deprecated: '', DeleteOn: \"2027-05-24\"}\n"),
    "a day of nothing": ("tags:\n  DeleteOn:\n", f"tags:\n  {TAGS}"),
    "a day of nothing in a flow": ("tags: {DeleteOn: , a: b}\n", f"tags: {{{BOTH}, a: b}}\n"),
    "a day that is none": ("tags:\n  DeleteOn: [soon]\n", f"tags:\n  {TAGS}"),
    "a day by an alias": (
        "properties: {d: &d 2027-01-01}\ntags: {DeleteOn: *d}\n",
        f"properties: {{d: &d 2027-01-01}}\ntags: {{{BOTH}}}\n",
    ),
    "a day by a merge key": (
        "properties: &p {DeleteOn: '2026-01-01'}\ntags:\n  <<: *p\n",
        f"properties: &p {{DeleteOn: '2026-01-01'}}\ntags:\n  {TAGS}  <<: *p\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), TAG_STYLES.values(), ids=TAG_STYLES)
def test_tags_of_any_style_have_the_two_at_their_head(old: str, new: str) -> None:
    spec = f'name: x\nversion: {{}}\ndescription: "{SAID}"\n'
    for newline in ("\n", "\r\n"):
        before, after = ((spec.format(number) + tags).replace("\n", newline) for number, tags in ((1, old), (2, new)))
        assert edited(files(before)) == {SPEC: after.encode()}
        # A missing last newline stays missing.
        without = len(newline)
        assert edited(files(before[:-without])) == {SPEC: after[:-without].encode()}


@pytest.mark.parametrize(
    ("old", "new"),
    {
        "version: 1\nname: x\ntype: command\n": f'version: 2\ndescription: "{SAID}"\ntags:\n  {TAGS}name: x\ntype: command\n',
        "name: x\n# the first\nversion: '1' # x\n\n# y\ntype: command": (
            f"name: x\n# the first\nversion: '2' # x\ndescription: \"{SAID}\"\ntags:\n  {TAGS}\n# y\ntype: command"
        ),
        "name: x\nversion: 1": f'name: x\ndescription: "{SAID}"\ntags:\n  {TAGS}version: 2',
        "version: 1\nname: x": f'version: 2\ndescription: "{SAID}"\ntags:\n  {TAGS}name: x',
        "--- # x\n  name: x\n  version: 1\n  type: y\n...\n": (
            f'--- # x\n  name: x\n  version: 2\n  description: "{SAID}"\n  tags:\n    {TAGS.replace("  ", "    ")}  type: y\n...\n'
        ),
        "{name: x, version: 1}": f'{{description: "{SAID}", tags: {{{BOTH}}}, name: x, version: 2}}',
        "{name: x, version: 1, tags: , description: a b}": f'{{name: x, version: 2, tags: {{{BOTH}}}, description: "{SAID} a b"}}',
        '{"name":"x","version":"1","description":"a","tags":{}}': f'{{"name":"x","version":"2","description":"{SAID} a","tags":{{{BOTH}}}}}',
        "\ufeffname: x\nversion: 1\ntype: y\n": f'\ufeffname: x\nversion: 2\ndescription: "{SAID}"\ntags:\n  {TAGS}type: y\n',
    }.items(),
)  # fmt: skip
def test_what_is_missing_comes_below_the_version_or_above_all(old: str, new: str) -> None:
    assert edited(files(old)) == {SPEC: new.encode()}


@pytest.mark.parametrize(
    ("old", "new"),
    {
        "a\n": f"{SAID}\n\na\n",
        "# A\r\n\r\nb": f"{SAID}\r\n\r\n# A\r\n\r\nb",
        "": f"{SAID}\n",
        "\ufeff# A\n": f"\ufeff{SAID}\n\n# A\n",
        "\n\na": f"{SAID}\n\n\n\na",
        "DEPRECATED: Please use old\n instead. a\n": f"{SAID} a\n",
        "\nDEPRECATED: Please use old instead.\n\n# A\n": f"\n{SAID}\n\n# A\n",
        "DEPRECATED: use old\n\n# A\n": f"{SAID}\n\nuse old\n\n# A\n",
        "**DEPRECATED** a\n": f"{SAID}\n\n**DEPRECATED** a\n",
    }.items(),
)
def test_a_description_file_has_the_sentence_as_its_first_line_and_the_spec_stays(old: str, new: str) -> None:
    spec = f"name: x\nversion: 1\ndescription: a\ntags:\n  {TAGS}"
    given = files(spec, about=old)
    assert edited(given) == {ABOUT: new.encode(), SPEC: spec.replace("1", "2", 1).encode()}
    again = edited({**given, **edited(given)}, OTHER)[ABOUT].decode()
    assert again == new.replace("y-2", "z")


@pytest.mark.parametrize(
    ("old", "new"),
    {
        "12": "13",
        "9": "10",
        "0.2": "0.3",
        "1.3.0": "1.3.1",
        "1.9": '"1.10"',
        "'1.9'": "'1.10'",
        '"1.9" # x': '"1.10" # x',
        "1.19": '"1.20"',
        "08": "09",
        "09": '"10"',
        "'007'": "'008'",
        "2024.01.09": "2024.01.10",
        "2024-01-9": '"2024-01-10"',
        "1_1": '"1_2"',
        "1.0-rc9": "1.0-rc10",
        "v1": "v2",
        "1e6": "1e7",
        "&v 1": "&v 2",
        "&v 1.9\nproperties: {v: *v}": '&v "1.10"\nproperties: {v: 1.9}',
        "9" * 50: "1" + "0" * 50,
    }.items(),
)
def test_the_last_number_of_a_version_is_counted_up(old: str, new: str) -> None:
    rest = f'\ndescription: "{SAID}"\ntags: {{Deprecated: "", DeleteOn: \'\'}}\n'
    after = rest.replace("''", "'2027-05-24'")
    assert edited(files(f"name: x\nversion: {old}{rest}")) == {SPEC: f"name: x\nversion: {new}{after}".encode()}


@pytest.mark.parametrize(
    ("config", "spec", "new_config", "new_spec"),
    [
        ("1.9", "'1.9'", '"1.10"', "'1.10'"),
        ("1", "2", "2", "2"),
        ("'1' # x", '"{{asset.version}}"', "'2' # x", '"{{asset.version}}"'),
        ("auto", '"{{asset.version}}"', "auto", '"{{asset.version}}"'),
        ("auto", "1", "auto", "1"),
    ],
)
def test_a_version_is_counted_up_wherever_it_was_given_by_hand(
    config: str, spec: str, new_config: str, new_spec: str
) -> None:
    given = files(f"name: x\nversion: {spec}\ntags: {{{BOTH}}}\n", f"version: {config}\n")
    result = edited(given)
    assert result[SPEC] == f'name: x\nversion: {new_spec}\ndescription: "{SAID}"\ntags: {{{BOTH}}}\n'.encode()
    if config == new_config:
        assert result.keys() == {SPEC}
    else:
        assert result[CONFIG] == given[CONFIG].replace(config.encode(), new_config.encode())


BY_HAND = 'write `Deprecated: ""` and `DeleteOn: "2027-05-24"` among the tags by hand'
BEGIN_BY_HAND = f"begin the description with `{SAID}` by hand"
BUMP = "bump the version by hand in the same pull request"
SHARED = "cannot be edited with all else as it is: does it share an anchor, an alias or a merge key?"
REFUSED = {
    "tags by an alias": (files("name: x\nversion: 1\nproperties: &p {a: b}\ntags: *p\n"), f"the tags of component/x {SHARED}", f"{SPEC}:4", BY_HAND),
    "tags that an alias repeats": (files("name: x\nversion: 1\ntags: &p {a: b}\nproperties: *p\n"), f"the tags of component/x {SHARED}", f"{SPEC}:3", BY_HAND),
    "tags by a merge key": (files("name: x\nversion: 1\nproperties: &p {tags: {a: b}}\n<<: *p\n"), f"the tags of component/x {SHARED}", f"{SPEC}:1", BY_HAND),
    "a key without a value": (files("{name: x, version: 1, tags}"), f"the tags of component/x {SHARED}", f"{SPEC}:1", BY_HAND),
    "keys that are marked": (files("? name\n: x\n? version\n: 1\n? tags\n: a: b\n"), f"the tags of component/x {SHARED}", f"{SPEC}:5", BY_HAND),
    "a day that is marked": (
        files("name: x\nversion: 1\ntags:\n  Deprecated: ''\n  DeleteOn:\n  - a\n"), f"the tags of component/x {SHARED}", f"{SPEC}:3",
        'write `DeleteOn: "2027-05-24"` among the tags by hand',
    ),
    "a description of another type": (files("name: x\nversion: 1\ndescription: !x a\n"), f"the description of component/x {SHARED}", f"{SPEC}:3", BEGIN_BY_HAND),
    "a version without a number": (files("name: x\nversion: 1-beta\n"), "the version 1-beta of component/x has no whole number at its end", f"{SPEC}:2", BUMP),
    "a version of too many digits": (files(f"name: x\nversion: {'9' * 51}\n"), f"the version {'9' * 51} of component/x has no whole number at its end", f"{SPEC}:2", BUMP),
    "a version in the asset config": (files("name: x\nversion: 1\n", "version: one\n"), "the version one of component/x has no whole number at its end", f"{CONFIG}:3", BUMP),
    "a version by a merge key": (files("properties: &p {version: 1}\nname: x\n<<: *p\n"), f"the version 1 of component/x {SHARED}", f"{SPEC}:1", BUMP),
    "a description file that is no text": (files("name: x\nversion: 1\n", about=b"a\n\xff"), "the description of component/x cannot be edited: its file byte 0xff is not UTF-8 text", f"{ABOUT}:2", BEGIN_BY_HAND),
    "a large description file": (files("name: x\nversion: 1\n", about=" " * 2**20 + "a"), "the description of component/x cannot be edited: its file is larger than 1,048,576 bytes, too large to be read", f"{ABOUT}:1", BEGIN_BY_HAND),
    "a description file that is the spec": (files("name: x\nversion: 1\n", "description_file: spec.yaml\n"), "the description of component/x cannot be edited: its file is a document of the asset as well", f"{SPEC}:1", BEGIN_BY_HAND),
}  # fmt: skip


@pytest.mark.parametrize(("given", "message", "where", "fix"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_edited_alone_is_left_to_people(
    given: dict[str, bytes], message: str, where: str, fix: str
) -> None:
    error = refused(given)
    assert (error.message, error.where, error.fix) == (message, where, fix)


@pytest.mark.parametrize(
    "replacement",
    ["", " ", "x ", "x\ny", "x\0", "x\u202e", "\udcff", "x. Then y", "x instead. y", "a " * 11, "x" * 201],
)
def test_what_the_sentence_cannot_name_is_refused(replacement: str) -> None:
    error = refused(files("name: x\nversion: 1\n"), Notice(replacement, NOTICE.delete_on))
    assert error.message == f"a description cannot name `{replacement}` as the replacement"
    assert error.fix == "give a name, or some words of one sentence"


@pytest.mark.parametrize("replacement", ['the "x"', "it's", "a\\b", "`x`, or `y`", "{{asset.name}}", "ä: # 漢", "🙂"])
@pytest.mark.parametrize(
    "old", ["", "description: a\n", "description: 'a'\n", 'description: "a"\n', "description: |\n  a\n"]
)
def test_a_replacement_of_some_words_is_quoted(old: str, replacement: str) -> None:
    given = files(f"name: x\nversion: 1\n{old}")
    result = edited(given, Notice(replacement, NOTICE.delete_on))
    spec = only({**given, **result}).spec
    assert spec
    assert spec.model
    assert spec.model.description
    assert spec.model.description.startswith(f"DEPRECATED: Please use {replacement} instead.")
    assert "y-2" not in edited({**given, **result}, OTHER)[SPEC].decode()


def test_documents_that_are_one_file_are_edited_once() -> None:
    one = "type: component\nspec: asset.yaml\nname: x\nversion: 1\n"
    asset = only({CONFIG: one})
    new = f'description: "{SAID}"\ntags:\n  {TAGS}'
    assert deprecate(asset, NOTICE) == {
        CONFIG: f"type: component\nspec: asset.yaml\nname: x\nversion: 2\n{new}".encode()
    }


@pytest.mark.parametrize(
    "description",
    ["", "description: a\n", "description: >-\n  a\n", "description: |\n  a\n", "description: 'a'\n"],
)
@pytest.mark.parametrize("about", [None, "# A\n", ""])
def test_the_rules_are_content(description: str, about: str | None) -> None:
    given = {**environment(NAME), **({f"assets/{NAME}/description.md": about} if about is not None else {})}
    given = {**changed(given, ES, ("tags:", f"{description}tags:"))}
    assert found(given) == []
    assert found({**given, **deprecate(only(given), NOTICE)}) == []


def test_hostile_documents_take_no_long_time() -> None:
    many = "".join(f"  k{number}: &a{number} [{', '.join(['x'] * 20)}]\n" for number in range(1000))
    specs = [
        f"name: x\nversion: 1\ntags:\n{many}",
        f"name: x\nversion: 1\ndescription: |\n{'  DEPRECATED: Please use ' * 20_000}\n",
        f"name: x\nversion: 1\ndescription: '{' ' * 500_000}'\n",
        f"name: x\nversion: 1\ndescription: >\n{' ' * 500_000}\n",
        f"name: x\nversion: 1\ndescription: &d{' ' * 500_000}a\nproperties: [*d, *d]\n".replace(
            "[*d, *d]", "{a: [*d, *d]}"
        ),
        f"name: x\nversion: 1\ndescription: &d\n{'  # x' * 50_000}\n  a\n",
        f"name: x\nversion: 1\ndescription: &d a\nproperties: {{a: [{', '.join(['*d'] * 20_000)}]}}\n",
    ]
    started = time.perf_counter()
    for spec in specs:
        assert edited(files(spec))
    assert time.perf_counter() - started < 10


def texts(*parts: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(parts), max_size=30).map("".join)


WORDS = texts(
    *"aB:#-'\"\\>|&*!%@`{}[],? \t\n", "  ", "\n\n", "DEPRECATED:", "ä", "🙂", "\u2028", "\x85", "{{asset.name}}"
)
RAW = texts(*"a:#-'\"\\>|&*!{}[],? \n", "  ", "\n  ", "\r\n  ", "DEPRECATED:", "&e ", "*d", "!!str ")
BEGINNING = re.compile(r"\s*(DEPRECATED:\s*(Please\s+use\s+old\s+instead\.(?!\S))?)?\s*")
SENTENCES = st.sampled_from(
    ["", "", "DEPRECATED: Please use old instead. ", "DEPRECATED: Please use old\n  instead.\n"]
)
ABOVE, BELOW = "name: x # 1\nversion: {}\n", "type: y # 2\n# 3\ntags:\n{}  a: b"


def assert_deprecated(given: Mapping[str, bytes], result: Mapping[str, bytes]) -> None:
    """YAML reads everything as before, but for the sentence, the tags and the next version."""
    old, new = (yaml.load(content, Loader=yaml.CSafeLoader) for content in (given[SPEC], result[SPEC]))
    assert new.pop("tags") == {**old.pop("tags"), "Deprecated": "", "DeleteOn": "2027-05-24"}
    assert (old.pop("version"), new.pop("version")) == (1, 2)
    words, said = old.pop("description"), new.pop("description").lstrip()
    assert old == new
    assert said.startswith(SAID)
    if words is None or isinstance(words, str):
        assert said.removeprefix(SAID).lstrip() == BEGINNING.sub("", words or "", count=1)


@each(SENTENCES, WORDS, st.sampled_from([None, '"', "'", "|", ">"]), st.integers(5, 80), st.booleans())
def test_a_description_written_in_any_way_means_the_same_behind_the_sentence(
    earlier: str, words: str, style: str | None, width: int, unicode: bool
) -> None:
    text = earlier + words
    written = yaml.safe_dump({"description": text}, default_style=style, width=width, allow_unicode=unicode)
    written = written.replace('"description"', "description", 1)
    given = files(f"{ABOVE.format(1)}{written}{BELOW.format('')}")
    if not only(given).is_loaded:  # what it writes it cannot always read
        return
    result = edited(given)
    assert_deprecated(given, result)
    new = result[SPEC].decode()
    assert new.startswith(ABOVE.format(2))
    assert new.endswith(BELOW.format(f"  {TAGS}"))
    again = edited({**given, **result}, NOTICE._replace(replacement="z"))[SPEC].decode()
    assert again.count("Please use z instead.") == 1
    assert "y-2" not in again


@each(RAW)
def test_whatever_stands_there_is_edited_alone_or_not_at_all(raw: str) -> None:
    given = files(f"{ABOVE.format(1)}display_name: &d b\ndescription: {raw}\n{BELOW.format('')}")
    try:
        yaml.load(given[SPEC], Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return
    if only(given).is_loaded:
        with suppress(UserError):
            assert_deprecated(given, edited(given))


@each(
    st.dictionaries(st.sampled_from(["a", "b c", "it's", "1", "Deprecated", "DeleteOn"]), WORDS),
    st.sampled_from([True, False]),
    st.booleans(),
)
def test_tags_written_in_any_way_mean_the_same_beside_the_two(tags: dict[str, str], flow: bool, wide: bool) -> None:
    dumped = yaml.safe_dump(tags if flow else {"tags": tags}, default_flow_style=flow, width=1000 if wide else 10)
    written = f"tags: {dumped}" if flow else dumped
    given = files(f"name: x\nversion: 1\ndescription: a\n{written}type: y")
    if not only(given).is_loaded:  # what it writes it cannot always read
        return
    result = edited(given)
    old, new = (yaml.load(content, Loader=yaml.CSafeLoader) for content in (given[SPEC], result[SPEC]))
    assert new["tags"] == {"Deprecated": "", **old["tags"], "DeleteOn": "2027-05-24"}
    before, after = given[SPEC].decode().splitlines(), result[SPEC].decode().splitlines()
    assert after[:3] == ["name: x", "version: 2", f'description: "{SAID} a"']
    assert after[-1] == before[-1]
