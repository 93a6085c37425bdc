"""Paths that an asset's documents name."""

from assets_actions.assets.tree import SUBMODULE, SYMLINK
from tests.rules.examples import (
    ADDER,
    DATA,
    EC,
    ED,
    EE,
    ENV,
    NAME,
    RESULT,
    RS,
    C,
    Example,
    Files,
    Given,
    S,
    appended,
    assert_alone,
    changed,
    context,
    each_bad,
    each_good,
    judge,
    without,
)  # fmt: skip

D, DE = "assets/d/spec.yaml", f"assets/{NAME}/description.md"
BAD = [
    Example("missing-file", changed(ADDER, S, ("code: src", "code: scr")), f"{S}:4:7", "no `assets/adder/scr`"),
    Example("missing-file", changed(ADDER, C, ("spec.yaml", "spec.yml")), f"{C}:2:7", "`spec.yml` does not exist"),
    Example("missing-file", {**without(ENV, ED), f"assets/{NAME}/context/x": ""}, f"{EE}:4:3", "Dockerfile"),
    Example("missing-file", changed(ENV, EC, (": environment.yaml", ": none.yaml")), f"{EC}:5:15", "`none.yaml` does not exist"),
    Example("missing-file", changed(ADDER, C, ("cat", "release_paths: [src, lib]\ncat")), f"{C}:3:22", "`lib` does not exist"),
    Example("missing-file", appended(ADDER, C, "test:\n  pytest:\n    tests_dir: tests\n"), f"{C}:6:16", "`tests` does not exist"),
    Example("missing-file", changed(ENV, EE, ("dir: context", "dir: context\n    template_files: [x]")), f"{EE}:6:22", "`x` does not exist"),
    Example("outside-repository", changed(ADDER, S, ("code: src", "code: ../../../x")), f"{S}:4:7", "leads out"),
    Example("outside-repository", changed(ADDER, S, ("code: src", "code: /etc")), f"{S}:4:7", "`/etc` leads out"),
    Example(
        "outside-repository",
        Given(changed({**ADDER, "assets/adder/out": "/etc"}, S, ("code: src", "code: out")), {"assets/adder/out": SYMLINK}),
        f"{S}:4:7",
        "`out` leads out",
    ),
    Example("wrong-file-kind", changed(DATA, D, ("uri_folder", "uri_file")), f"{D}:4:7", "is a directory"),
    Example("wrong-file-kind", changed(ENV, EE, ("dir: context", "dir: context/Dockerfile")), f"{EE}:5:10", "a directory is needed"),
    Example(
        "template-file-outside",
        {**changed(ENV, EE, ("dir: context", "dir: context\n    template_files: [../../../o.txt]")), "o.txt": "x=={{latest-pypi-version}}\n"},
        f"{EE}:6:22",
        "leads out of the build context",
    ),
    Example(
        "template-file-outside",
        Given(
            {**changed(context(l="../../../o.txt"), EE, ("dir: context", "dir: context\n    template_files: [l]")), "o.txt": "x=={{latest-pypi-version}}\n"},
            {f"assets/{NAME}/context/l": SYMLINK},
        ),
        f"{EE}:6:22",
        "leads out of the build context",
    ),
    Example("submodule", Given({**ADDER, "assets/adder/src/m": ""}, {"assets/adder/src/m": SUBMODULE}), f"{C}:1:1", "`assets/adder/src/m` is a submodule"),
    Example("unreadable-text", {**ADDER, "assets/adder/description.md": "first\ncaf\xe9\n".encode("latin-1")}, "assets/adder/description.md:2:4", "0xe9 is not UTF-8"),
    Example("unreadable-text", {**ENV, ED: "#" * 1_048_577 + "\nFROM scratch"}, f"{ED}:1:1", "too large"),
    Example(
        "unreadable-text",
        changed(context(x_txt="#" * 1_048_577), EE, ("dir: context", "dir: context\n    template_files: [x.txt]")),
        f"assets/{NAME}/context/x.txt:1:1",
        "too large",
    ),
    Example(
        "unreadable-text",
        {**changed(ENV, f"assets/{NAME}/spec.yaml", ("tags:", 'tags:\n  Deprecated: ""\n  DeleteOn: "2027-01-01"')), DE: "DEPRECATED: caf\xe9".encode("latin-1")},
        f"{DE}:1:16",
        "0xe9",
    ),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "what lies elsewhere": changed(ADDER, S, ("code: src", "code: azureml://registries/r/codes/c/versions/1")),
    "a URL": changed(DATA, D, ("path: data", "path: https://example.com/data/")),
    "a link inside the repository": Given(
        changed({**ADDER, "assets/adder/in": "src"}, S, ("code: src", "code: in")), {"assets/adder/in": SYMLINK}
    ),
    "a path with .. that stays inside": changed(ADDER, S, ("code: src", "code: ../adder/src")),
    "a submodule that is left out": Given(
        appended({**ADDER, "assets/adder/src/m": ""}, C, 'release_paths: ["!src/m"]\n'), {"assets/adder/src/m": SUBMODULE}
    ),
    "a binary in a build context": {**ENV, f"assets/{NAME}/context/x.bin": b"\xff\x00\xfe"},
    "a Dockerfile in Latin-1": {**ENV, ED: "FROM scratch\n# caf\xe9\n".encode("latin-1")},
    "a description file": {**appended(ENV, EC, "description_file: about.md\n"), f"assets/{NAME}/about.md": "é"},
    "text of a tag from a file": {**appended(RESULT, RS, "  notes: notes.md\n"), "assets/r/notes.md": "é"},
}  # fmt: skip


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []
