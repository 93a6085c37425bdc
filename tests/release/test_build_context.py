"""What an image is built from, and its digest."""

from collections.abc import Mapping

from assets_actions.assets.tree import EXECUTABLE, SUBMODULE, SYMLINK
from assets_actions.release.build_context import BuildContext, build_context
from assets_actions.release.content import Content, pinned
from assets_actions.templates.pins import ImagePin, Pins
from tests.conftest import environment
from tests.trees import only

IMAGE = "mcr.microsoft.com/base"
DOCKERFILE = f"FROM {IMAGE}:{{{{latest-image-tag}}}}\nCOPY . /\n"
FILES = {**environment("a", DOCKERFILE), "assets/a/context/sub/run.sh": "x", "assets/a/context/.dockerignore": "y"}


def pins(reference: str = ":1") -> Pins:
    return Pins(images=[ImagePin(image=IMAGE, tag_regex=None, reference=reference)])


def content(files: Mapping[str, str], modes: Mapping[str, str] | None = None, reference: str = ":1") -> Content:
    asset = only(files, modes)
    return pinned(asset, asset.tree.read(asset.texts), pins(reference))


def context(files: Mapping[str, str], modes: Mapping[str, str] | None = None, reference: str = ":1") -> BuildContext:
    found = build_context(content(files, modes, reference))
    assert found
    return found


def test_it_is_the_context_directory_alone_by_paths_within_it() -> None:
    found = context(FILES)
    assert sorted(found.entries) == [".dockerignore", "Dockerfile", "sub/run.sh"]
    assert found.sources["sub/run.sh"] == "assets/a/context/sub/run.sh"
    assert (found.dockerfile, found.os) == ("Dockerfile", "linux")


def test_its_digest_changes_with_all_that_an_image_is_built_from_and_nothing_else() -> None:
    digest = context(FILES).digest
    assert digest.startswith("sha256:")
    assert context(FILES).digest == digest
    assert context({**FILES, "assets/a/README.md": "x", "assets/a/spec.yaml": "name: a\nversion: 1\n"}).digest == digest
    others = [
        context(FILES, reference=":2"),
        context(FILES, {"assets/a/context/sub/run.sh": EXECUTABLE}),
        context(FILES, {"assets/a/context/sub/run.sh": SYMLINK}),
        context(FILES, {"assets/a/context/sub/run.sh": SUBMODULE}),
        context({**FILES, "assets/a/context/sub/run.sh": "z"}),
        context({**FILES, "assets/a/context/more": ""}),
        context({**FILES, "assets/a/environment.yaml": FILES["assets/a/environment.yaml"].replace("linux", "windows")}),
    ]
    assert len({digest, *(other.digest for other in others)}) == len(others) + 1


def test_a_dockerfile_of_another_name_counts_and_template_tags_in_it_are_resolved() -> None:
    files = {**FILES, "assets/a/context/docker/Image": DOCKERFILE}
    files["assets/a/environment.yaml"] = files["assets/a/environment.yaml"].replace(
        "dir: context\n", "dir: context\n    dockerfile: docker/Image\n"
    )
    found = context(files)
    assert found.dockerfile == "docker/Image"
    assert found.digest != context(FILES).digest
    made = content(files)
    assert made.new_blobs[found.entries["docker/Image"].blob] == f"FROM {IMAGE}:1\nCOPY . /\n".encode()


def test_the_whole_folder_of_an_environment_may_be_its_context() -> None:
    files = environment("a", "FROM scratch\n")
    files["assets/a/environment.yaml"] = files["assets/a/environment.yaml"].replace("dir: context", "dir: .")
    files["assets/a/Dockerfile"] = files.pop("assets/a/context/Dockerfile")
    assert sorted(context(files).entries) == ["Dockerfile", "asset.yaml", "environment.yaml", "spec.yaml"]


def test_there_is_none_without_a_context_or_a_dockerfile_in_it() -> None:
    bare = {**FILES, "assets/a/environment.yaml": "image:\n  name: a\n  os: linux\n"}
    assert build_context(content(bare)) is None
    without = {path: text for path, text in FILES.items() if not path.endswith("Dockerfile")}
    assert build_context(content(without)) is None
    outside = {**FILES, "assets/a/Dockerfile": "FROM scratch\n"}
    outside["assets/a/environment.yaml"] = outside["assets/a/environment.yaml"].replace(
        "dir: context\n", "dir: context\n    dockerfile: ../Dockerfile\n"
    )
    assert build_context(content(outside)) is None
    linked = {**FILES, "assets/a/context/Dockerfile": "../Dockerfile", "assets/a/Dockerfile": "FROM scratch\n"}
    assert build_context(content(linked, {"assets/a/context/Dockerfile": SYMLINK})) is None


def test_a_file_that_a_release_leaves_out_is_left_out_of_the_context() -> None:
    files = {**FILES, "assets/a/asset.yaml": f"{FILES['assets/a/asset.yaml']}release_paths: ['!context/sub']\n"}
    assert sorted(context(files).entries) == [".dockerignore", "Dockerfile"]
