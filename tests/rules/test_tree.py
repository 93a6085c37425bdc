"""The files below the directories of assets."""

from assets_actions.assets.tree import SYMLINK
from tests.rules.examples import ADDER, C, Example, Files, Given, appended, assert_alone, each_bad, each_good, judge

LFS = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
W, L = "assets/adder/src/weights.bin", "assets/adder/src/link"
MB = 1024 * 1024
BAD = [
    Example("spec-without-config", {**ADDER, "assets/x/spec.yaml": "name: x\n"}, "assets/x/spec.yaml:1:1", "no `asset.yaml` stands beside this spec"),
    Example("config-name", {**ADDER, "assets/x/asset.yml": "type: x\n"}, "assets/x/asset.yml:1:1", "asset configs are called `asset.yaml`"),
    Example("large-file", Given({**ADDER, W: ""}, sizes={W: MB + 1}), f"{W}:1:1", "has 1,048,577 bytes; 1,048,576 are allowed"),
    Example("large-file", Given({**ADDER, "assets/x": ""}, sizes={"assets/x": 5 * MB}), "assets/x:1:1", "has 5,242,880 bytes"),
    Example("lfs-pointer", {**ADDER, W: LFS}, f"{W}:1:1", "is a pointer of Git LFS"),
    Example("case-collision", {**ADDER, "assets/adder/src/ADD.py": ""}, "assets/adder/src/add.py:1:1", "`assets/adder/src/add.py` and `assets/adder/src/ADD.py` differ in case alone"),
    Example("case-collision", {**ADDER, "assets/adder/Src/a": "", "assets/adder/src/b": ""}, "assets/adder/src/add.py:1:1", "`assets/adder/src` and `assets/adder/Src`"),
    Example("case-collision", {**ADDER, "assets/adder/SRC": ""}, "assets/adder/src/add.py:1:1", "`assets/adder/src` and `assets/adder/SRC`"),
    Example("case-collision", {**ADDER, "assets/Maße": "", "assets/MASSE": ""}, "assets/Maße:1:1", "differ in case alone"),
    Example("link-outside", Given({**ADDER, L: "/etc/passwd"}, {L: SYMLINK}), f"{L}:1:1", "this symbolic link leads out of the repository"),
    Example("link-outside", Given({**ADDER, L: "../../../../x"}, {L: SYMLINK}), f"{L}:1:1", "leads out of the repository"),
]  # fmt: skip
GOOD: dict[str, Given | Files] = {
    "a spec that another folder's asset config names": {
        **ADDER,
        "assets/x/spec.yaml": "name: x\nversion: 1\n",
        "assets/y/asset.yaml": "type: code\nspec: ../x/spec.yaml\ncategories: [X]\n",
    },
    "a spec outside of the directories of assets": {**ADDER, "spec.yaml": "", "x/asset.yml": ""},
    "exactly 1 MB": Given({**ADDER, W: ""}, sizes={W: MB}),
    "a large document, of which another rule says so": Given(ADDER, sizes={C: 5 * MB}),
    "a large file elsewhere": Given({**ADDER, "large": ""}, sizes={"large": 5 * MB}),
    "about LFS pointers": {**ADDER, "assets/adder/src/lfs.md": LFS, "assets/adder/src/lfs.py": LFS, W: f"The {LFS}"},
    "a text that only begins like a pointer": {**ADDER, W: LFS[:60], "assets/adder/src/long": LFS + "x" * 1000},
    "a link to what would be a pointer": Given({**ADDER, L: LFS}, {L: SYMLINK}),
    "one name in two folders": {**ADDER, "assets/adder/a/X": "", "assets/adder/b/x": ""},
    "a link inside the repository": Given({**ADDER, L: "../spec.yaml"}, {L: SYMLINK}),
    "a link that leads nowhere": Given({**ADDER, L: "none"}, {L: SYMLINK}),
}


@each_bad(BAD)
def test_the_bad_example_of_a_rule_gives_that_rule_alone_at_its_place(example: Example) -> None:
    assert_alone(example)


@each_good(GOOD)
def test_good_examples_give_nothing(given: Given | Files) -> None:
    assert judge(given).findings == []


def test_what_is_found_at_a_file_belongs_to_the_asset_in_whose_folder_it_stands() -> None:
    files = {"assets/x/a.bin": LFS, "assets/adder/src/deep/a.bin": LFS, **ADDER}
    assert [finding.asset for finding in judge(files).findings] == ["component/adder", None]


def test_two_folders_that_collide_are_reported_once() -> None:
    files = {**ADDER, **{f"assets/adder/Src/{number}": "" for number in range(5)}, "assets/adder/src/x": ""}
    assert [finding.rule for finding in judge(files).findings] == ["case-collision"]


def test_a_link_outside_that_an_asset_which_cannot_be_read_carries_is_found() -> None:
    broken = Given(appended({**ADDER, L: "/etc"}, C, "type: [\n"), {L: SYMLINK})
    assert "link-outside" not in {finding.rule for finding in judge(broken).findings}  # nothing says what it carries
    broken = Given(appended({**ADDER, L: "/etc"}, C, "version: [1]\nrelease_paths: [src]\n"), {L: SYMLINK})
    assert {finding.rule for finding in judge(broken).findings} == {"wrong-value"}
    broken = Given(appended({**ADDER, L: "/etc"}, C, "release_paths: [src]\nextra_config: none\n"), {L: SYMLINK})
    assert {finding.rule for finding in judge(broken).findings} == {"missing-file", "link-outside"}
