import pytest

from assets_actions.assets.asset import Asset
from assets_actions.assets.document import Place
from assets_actions.errors import UserError
from assets_actions.release.published import in_description, published_spec, published_url
from tests.conftest import environment
from tests.trees import catalog

URL = "https://github.com/o/r.git"
BUILD = 'build:\n  path: "{{asset.repo.url}}#{{asset.repo.commit_hash}}:{{ asset.repo.build_context.path }}"  # kept\n'
ROOT = "latest/environment/env-1"


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://github.com/o/r", URL),
        ("https://github.com/o/r.git", URL),
        ("https://github.com/o/r/", URL),
        ("https://x-access-token:secret@github.com/o/r.git", URL),
        ("https://user:p@ss@github.com/o/r", URL),
        ("https://github.com/o/r?token=secret#x", URL),
        ("HTTPS://github.com/o/r", URL),
        ("git@github.com:o/r.git", URL),
        ("github.com:o/r", URL),
        ("git@github.com:/o/r", URL),
        ("ssh://git@github.com/o/r.git", URL),
        ("ssh://git@ssh.github.com:443/o/r.git", URL),
        ("git+ssh://git@github.com:22/o/r", URL),
        ("ssh://git@[::1]:22/o/r", "https://[::1]/o/r.git"),
        ("git@[::1]:o/r", "https://[::1]/o/r.git"),
        ("https://user@dev.azure.com/org/p/_git/r", "https://dev.azure.com/org/p/_git/r.git"),
        ("http://u:p@host:8080/o/r", "http://host:8080/o/r.git"),
        ("git://host/o/r", "git://host/o/r.git"),
        ("/srv/git/r.git", "/srv/git/r.git"),
        ("../r", "../r"),
        ("C:\\git\\r", "C:\\git\\r"),
        ("./a:b", "./a:b"),
        ("file:///srv/git/r", "file:///srv/git/r"),
    ],
)
def test_a_build_context_is_fetched_by_https_without_the_remotes_login(remote: str, url: str) -> None:
    assert published_url(remote) == url
    assert "secret" not in published_url(remote)


def only(files: dict[str, str | bytes]) -> Asset:
    (asset,) = catalog(files, directories=("latest",)).assets
    return asset


def released(spec: str, **more: str) -> dict[str, str | bytes]:
    files = {f"{ROOT}/{path.removeprefix('assets/env-1/')}": text for path, text in environment().items()}
    return {**files, f"{ROOT}/spec.yaml": f"name: env-1\nversion: '4'\n{spec}", **more}


def test_the_repository_the_commit_and_the_build_context_are_put_in_and_the_layout_stays() -> None:
    asset = only(released(BUILD))
    assert published_spec(asset, "4", URL, "c" * 40) == (
        f"name: env-1\nversion: '4'\nbuild:\n  path: \"{URL}#{'c' * 40}:{ROOT}/context\"  # kept\n"
    )


def test_a_spec_without_tags_stays_as_it_is_to_the_byte() -> None:
    spec = "description: >\r\n  a {{parent.x}} ${{asset.name}}\r\nx:   1\r\n"
    assert published_spec(only(released(spec)), "4", URL, "c").endswith(spec)


def test_tags_that_the_release_left_are_resolved_as_a_release_resolves_them() -> None:
    asset = only(released('image: "{{image.name}} {{asset.version}} {{image.publish.hostname}}"\n'))
    assert 'image: "azureml/curated/env-1 4 mcr.microsoft.com"\n' in published_spec(asset, "4", URL, "c")


def test_a_description_from_a_file_is_text_and_holds_no_tags() -> None:
    spec = f"description: |\n  Say {{{{asset.repo.url}}}}\n  or {{{{asset.none}}}}.\n{BUILD}"
    asset = only({**released(spec), f"{ROOT}/description.md": "Say {{asset.repo.url}}\nor {{asset.none}}.\n"})
    rendered = published_spec(asset, "4", URL, "c")
    assert "  Say {{asset.repo.url}}\n  or {{asset.none}}.\n" in rendered
    assert f"{URL}#c:{ROOT}/context" in rendered
    path = f"{ROOT}/spec.yaml"
    lines = [line for line in range(1, 9) if in_description(asset, Place(path, line, 1, 2, ""))]
    assert [rendered.splitlines()[line - 1].strip() for line in lines][-1] == "or {{asset.none}}."
    assert not in_description(asset, Place(f"{ROOT}/asset.yaml", lines[0], 1, 2, ""))
    assert not in_description(only(released(spec)), Place(path, lines[0], 1, 2, ""))


def test_a_build_context_that_the_release_lacks_is_an_error() -> None:
    files = released(BUILD)
    del files[f"{ROOT}/context/Dockerfile"]
    with pytest.raises(UserError, match="the build context `context` is not in the release"):
        published_spec(only(files), "4", URL, "c")
