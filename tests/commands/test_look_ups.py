"""pin-versions against a real registry and a local index."""

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import Repo, environment
from tests.registries.package_index import Index
from tests.registries.proxy import Proxy
from tests.registries.registry import Registry
from tests.registries.server import Answer, Fault

pytestmark = pytest.mark.usefixtures("servers")


@pytest.fixture
def servers(repo: Repo, registry: Registry, proxy: Proxy, index: Index) -> None:
    """An image and a package, and settings that allow to ask for them."""
    registry.push("base", "latest", "20260101.v1", content="new")
    registry.push("base", "20251201.v1", content="old")
    index.add("tool", "1.0")
    index.add("tool", "1.1")
    index.add("tool", "2.0rc1")
    settings = f"images: {{hosts: ['{proxy.host}']}}\npackages: {{indexes: ['{index.url}']}}\n"
    repo.commit({".github/assets-actions.yml": settings})


def dockerfile(proxy: Proxy) -> str:
    return (
        f"FROM {proxy.host}/base:{{{{latest-image-tag}}}}\n"
        f"COPY --from={proxy.host}/base:{{{{latest-image-tag:2025\\d{{4}}\\.v\\d}}}} /a /b\n"
        "RUN pip install tool[x]=={{latest-pypi-version}} Tool=={{latest-pypi-version:pre}} # tool\n"
    )


def pinned(proxy: Proxy) -> str:
    return (
        f"FROM {proxy.host}/base:20260101.v1\nCOPY --from={proxy.host}/base:20251201.v1 /a /b\n"
        "RUN pip install tool[x]==1.1 Tool==2.0rc1 # tool\n"
    )


def text(repo: Repo, name: str = "a") -> str:
    return (repo.path / f"assets/{name}/context/Dockerfile").read_text()


def test_what_was_looked_up_is_kept_and_used_again_without_a_network(
    repo: Repo, proxy: Proxy, index: Index, tmp_path: Path
) -> None:
    repo.commit({**environment("a", dockerfile(proxy)), **environment("b", dockerfile(proxy))})
    pins = tmp_path / "pins.json"
    ran = repo.run("pin-versions", "--pins-out", str(pins))
    assert ran.code == 0, ran.err
    assert f"wrote 4 pins to {pins}" in ran.err
    assert "8 template tags · 4 pins · 2 files · nothing written" in ran.out
    assert text(repo) == dockerfile(proxy)
    asked = len(proxy.requests), len(index.requests)
    assert repo.run("pin-versions", "--pins", str(pins), "--write").code == 0
    assert text(repo) == text(repo, "b") == pinned(proxy)
    repo.git("checkout", "--quiet", ".")
    assert json.loads(repo.release("--pins", str(pins)).out)["summary"]["new"] == 2
    assert repo.released()["latest/environment/a/context/Dockerfile"][1].decode() == pinned(proxy)
    assert (len(proxy.requests), len(index.requests)) == asked


def test_each_name_is_asked_for_once(repo: Repo, proxy: Proxy, index: Index) -> None:
    for name in "abcdef":
        repo.write(environment(name, dockerfile(proxy)))
    assert repo.run("pin-versions").code == 0
    assert len(index.requests) == 1
    assert sum("/tags/list" in request.path for request in proxy.requests) == 1
    assert sum(request.method == "HEAD" for request in proxy.requests) <= 4


def test_what_cannot_be_resolved_is_told_at_its_line_and_nothing_is_written(
    repo: Repo, proxy: Proxy, tmp_path: Path
) -> None:
    bad = f"FROM {proxy.host}/base:{{{{latest-image-tag:2024.*}}}}\nRUN pip install gone=={{{{latest-pypi-version}}}}\n"
    repo.write({**environment("a", dockerfile(proxy)), **environment("b", bad)})
    pins = tmp_path / "pins.json"
    ran = repo.run("pin-versions", "--write", "--pins-out", str(pins), "--format", "json")
    assert ran.code == 1
    found = [(f["file"], f["line"], f["rule"]) for f in ran.json["findings"]]
    assert found == [("assets/b/context/Dockerfile", line, "unresolved-tag") for line in (1, 2)]
    assert "has no tag that `2024.*` matches in full" in ran.json["findings"][0]["message"]
    assert "there is no package of this name" in ran.json["findings"][1]["message"]
    assert text(repo) == dockerfile(proxy)
    assert not pins.exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("FROM 127.0.0.1:9/base:{{latest-image-tag}}", "is an image of 127.0.0.1:9, which is not among"),
        ("FROM ubuntu:{{latest-image-tag}}", "is an image of docker.io, which is not among"),
        ("FROM HOST/Base:{{latest-image-tag}}", "is not the name of an image"),
        ("FROM HOST/../base:{{latest-image-tag}}", "is not the name of an image"),
        ("FROM HOST/base:{{latest-image-tag:(?=a)b}}", "is no regular expression of RE2"),
        ("FROM HOST/base:{{latest-image-tag:a{1,1000}{1,1000}}}", "is no regular expression of RE2"),
    ],
)
def test_nobody_is_asked_where_one_thing_must_not_be_looked_up(
    repo: Repo, proxy: Proxy, index: Index, line: str, message: str
) -> None:
    repo.write({**environment("a", dockerfile(proxy)), **environment("b", line.replace("HOST", proxy.host) + "\n")})
    ran = repo.run("pin-versions", "--write", "--format", "json")
    assert ran.code == 1
    assert message in next(f["message"] for f in ran.json["findings"] if f["file"] == "assets/b/context/Dockerfile")
    assert (proxy.requests, index.requests) == ([], [])
    assert text(repo) == dockerfile(proxy)


def test_a_pull_request_does_not_decide_which_hosts_are_asked(
    repo: Repo, proxy: Proxy, index: Index, tmp_path: Path
) -> None:
    base = repo.commit({".github/assets-actions.yml": f"packages: {{indexes: ['{index.url}']}}\n"})
    changed = f"images: {{hosts: ['{proxy.host}']}}\npackages: {{indexes: ['{index.url}']}}\n"
    repo.commit({".github/assets-actions.yml": changed, **environment("a", dockerfile(proxy))})
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"base": {"sha": base}}}))
    env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(event)}
    ran = repo.run("pin-versions", "--format", "json", env=env)
    assert ran.code == 1
    assert "which is not among: mcr.microsoft.com" in ran.json["findings"][0]["message"]
    assert (proxy.requests, index.requests) == ([], [])
    assert repo.run("pin-versions", "--settings-from", base).code == 1
    assert repo.run("pin-versions").code == 0


def test_what_moved_since_the_release_is_told_and_a_downgrade_explained(
    repo: Repo, index: Index, tmp_path: Path
) -> None:
    repo.commit(environment("a", "FROM scratch\nRUN pip install tool=={{latest-pypi-version}}\n"))
    pins = str(tmp_path / "pins.json")
    none = repo.run("pin-versions", "--check")
    assert (none.code, "origin has no branch `release`" in none.err) == (2, True)
    assert repo.run("pin-versions", "--pins-out", pins).code == 0
    repo.release("--pins", pins)
    same = repo.run("pin-versions", "--check")
    assert (same.code, "0 moved since the last release" in same.out) == (0, True)
    index.add("tool", "2.0")
    up = repo.run("pin-versions", "--check")
    assert up.code == 1
    assert "pin-moved  `tool=={{latest-pypi-version}}` moved since the last release: 1.1 → 2.0" in up.out
    assert (repo.run("pin-versions").code, "1.1 → 2.0\n" in up.out) == (0, True)
    index.remove("tool")
    index.add("tool", "1.0")
    assert "1.1 → 1.0  downgrade: 1.1 is no longer there\n" in repo.run("pin-versions").out
    index.add("tool", "1.1", yanked="breaks")
    ran = repo.run("pin-versions", "--format", "json")
    pin = ran.json["packages"][0]
    assert (pin["version"], pin["previous"], pin["downgrade"]) == ("1.0", ["1.1"], True)
    assert pin["why"] == "1.1 is yanked (breaks)"


def test_one_name_is_updated_alone(repo: Repo, index: Index, tmp_path: Path) -> None:
    index.add("other", "1.0")
    repo.commit(environment("a", "RUN pip install tool=={{latest-pypi-version}} other=={{latest-pypi-version}}\n"))
    pins = tmp_path / "pins.json"
    assert repo.run("pin-versions", "--pins-out", str(pins)).code == 0
    repo.release("--pins", str(pins))
    index.add("tool", "3.0")
    index.add("other", "3.0")
    index.requests.clear()
    ran = repo.run("pin-versions", "--update-only", "other", "--pins-out", str(pins))
    assert ran.code == 0, ran.err
    versions = {pin["package"]: pin["version"] for pin in json.loads(pins.read_text())["packages"]}
    assert versions == {"other": "3.0", "tool": "1.1"}
    assert [request.path for request in index.requests] == ["/simple/other/"]
    ran = repo.run("pin-versions", "--update-only", "othre")
    assert (ran.code, "no template tag asks for `othre`; did you mean `other`?" in ran.err) == (2, True)


def test_some_files_are_pinned_wherever_they_lie(repo: Repo, proxy: Proxy, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "Dockerfile"
    copy.parent.mkdir()
    copy.write_bytes(dockerfile(proxy).replace("\n", "\r\n").encode())
    ran = repo.run("pin-versions", "--write", str(copy))
    assert ran.code == 0, ran.err
    assert copy.read_bytes() == pinned(proxy).replace("\n", "\r\n").encode()
    ran = repo.run("pin-versions", "--write", str(tmp_path / "missing"))
    assert (ran.code, "missing" in ran.err) == (2, True)


def test_one_kind_is_resolved_alone(repo: Repo, proxy: Proxy) -> None:
    repo.write(environment("a", dockerfile(proxy)))
    assert repo.run("pin-versions", "--only", "packages", "--write").code == 0
    assert proxy.requests == []
    assert "tool[x]==1.1 Tool==2.0rc1" in text(repo)
    assert "{{latest-image-tag}}" in text(repo)


def test_a_server_that_fails_is_no_fault_of_the_files(repo: Repo, proxy: Proxy) -> None:
    repo.write(environment("a", dockerfile(proxy)))
    proxy.faults.append(Fault(Answer(403), path="/v2/base"))
    ran = repo.run("pin-versions", "--write", "--format", "json")
    assert ran.code == 2
    assert "does not let us see base" in ran.json["findings"][0]["message"]
    assert text(repo) == dockerfile(proxy)


def test_an_archived_package_is_a_warning_and_a_quarantined_one_an_error(repo: Repo, index: Index) -> None:
    repo.write(environment("a", "RUN pip install tool=={{latest-pypi-version}}\n"))
    index.status("tool", "archived", "use another")
    ran = repo.run("pin-versions", "--format", "json")
    assert ran.code == 0
    assert [(f["severity"], f["rule"]) for f in ran.json["findings"]] == [("warning", "archived-package")]
    index.status("tool", "quarantined", "malware")
    ran = repo.run("pin-versions", "--format", "json")
    assert ran.code == 1
    assert "is quarantined: malware" in ran.json["findings"][0]["message"]


def test_a_difference_is_shown_and_a_dry_run_writes_nothing(repo: Repo, tmp_path: Path) -> None:
    repo.write(environment("a", "RUN pip install tool=={{latest-pypi-version}}\n"))
    pins = tmp_path / "pins.json"
    ran = repo.run("pin-versions", "--write", "--pins-out", str(pins), "--dry-run")
    assert ran.code == 0
    assert "-RUN pip install tool=={{latest-pypi-version}}\n+RUN pip install tool==1.1\n" in ran.out
    assert "would write 1 pin" in ran.err
    assert "{{" in text(repo)
    assert not pins.exists()
    assert "+RUN pip install tool==1.1\n" in repo.run("pin-versions", "--diff").out


def test_what_is_in_a_comment_alone_is_not_looked_up(repo: Repo, index: Index) -> None:
    repo.write(environment("a", "FROM scratch\n# RUN pip install gone=={{latest-pypi-version}}\n"))
    assert repo.run("pin-versions").code == 0
    assert index.requests == []


def test_an_age_and_a_day_leave_out_what_came_later(repo: Repo, index: Index) -> None:
    index.add("dated", "1.0", uploaded="2025-01-01T00:00:00Z")
    index.add("dated", "2.0", uploaded="2025-06-01T00:00:00Z")
    index.add("dated", "3.0", uploaded="2099-01-01T00:00:00Z")
    repo.write(environment("a", "RUN pip install dated=={{latest-pypi-version}}\n"))

    def version(*arguments: str) -> str:
        ran = repo.run("pin-versions", "--format", "json", *arguments)
        assert ran.code == 0, ran.out + ran.err
        return str(ran.json["packages"][0]["version"])

    assert version() == "3.0"
    assert version("--minimum-age", "3d") == "2.0"
    assert version("--as-of", "2025-03-01T00:00:00Z") == "1.0"
    assert version("--as-of", "2025-06-01") == "2.0"
    assert version("--as-of", "2025-05-31") == "1.0"
    ages = ["--minimum-age", "soon"], ["--as-of", "2025"], ["--as-of", "2025-03-01T00:00"], ["--as-of", "yesterday"]
    for wrong in ages:
        assert repo.run("pin-versions", *wrong).code == 2


def test_named_settings_are_those_of_the_base_as_well(repo: Repo, proxy: Proxy, tmp_path: Path) -> None:
    base = repo.commit({"own.yml": "images: {hosts: [example.com]}\n"})
    allowed = f"images: {{hosts: ['{proxy.host}']}}\n"
    repo.commit({"own.yml": allowed, **environment("a", f"FROM {proxy.host}/base:{{{{latest-image-tag}}}}\n")})
    ran = repo.run("pin-versions", "--settings", "own.yml", "--settings-from", base)
    assert (ran.code, "not among: example.com" in ran.out) == (1, True)
    assert proxy.requests == []
    outside = tmp_path / "outside.yml"
    outside.write_text(allowed)
    ran = repo.run("pin-versions", "--settings", str(outside), "--settings-from", base)
    assert (ran.code, "leave out --settings-from" in ran.err) == (2, True)
    assert repo.run("pin-versions", "--settings", str(outside)).code == 0


def test_a_base_that_is_not_to_be_had_is_an_error(repo: Repo, proxy: Proxy, tmp_path: Path) -> None:
    repo.commit(environment("a", dockerfile(proxy)))
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"base": {"sha": "1" * 40}}}))
    env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(event)}
    ran = repo.run("pin-versions", env=env)
    assert (ran.code, "check out with fetch-depth: 2" in ran.err) == (2, True)
    assert proxy.requests == []


def test_without_a_repository_a_pull_request_has_no_settings_that_count(
    repo: Repo, proxy: Proxy, tmp_path: Path
) -> None:
    base = repo.commit(environment("a", dockerfile(proxy)))
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"base": {"sha": base}}}))
    shutil.rmtree(repo.path / ".git")
    for arguments, env in (
        ([], {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(event)}),
        (["--settings-from", base], {}),
    ):
        ran = repo.run("pin-versions", *arguments, env=env)
        assert (ran.code, "no git repository that has them" in ran.err) == (2, True)
    assert proxy.requests == []


def test_a_cache_that_others_could_fill_is_refused(repo: Repo, tmp_path: Path) -> None:
    repo.commit({**environment("a", "RUN pip install tool=={{latest-pypi-version}}\n"), ".cache/x": "y"})
    ran = repo.run("pin-versions", "--cache", ".cache")
    assert (ran.code, "the cache holds files of the repository" in ran.err) == (2, True)
    assert repo.run("pin-versions", "--cache", str(tmp_path / "cache")).code == 0
