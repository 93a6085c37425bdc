"""Cuts the paths that are called out of GitHub's description of its API: `python -m tests.github.cut PATH`.

PATH is `generated/api.github.com.json` of the npm package `@octokit/openapi` (of which version, the cut says).
"""

import json
import sys
from pathlib import Path
from typing import Any

CUT = Path(__file__).parent / "openapi.json"
CALLED = {
    "/git/blobs": ["post"],
    "/git/trees": ["post"],
    "/git/commits": ["post"],
    "/git/refs": ["post"],
    "/git/refs/{ref}": ["patch"],
    "/git/ref/{ref}": ["get"],
    "/git/tags": ["post"],
    "/git/tags/{tag_sha}": ["get"],
    "/pulls": ["get", "post"],
    "/pulls/{pull_number}": ["patch"],
    "/pulls/{pull_number}/requested_reviewers": ["post"],
    "/issues": ["get", "post"],
    "/issues/{issue_number}": ["patch"],
    "/issues/{issue_number}/labels": ["post"],
    "/issues/{issue_number}/assignees": ["post"],
}
WORDS = ("description", "examples", "example", "externalDocs", "x-github", "x-octokit", "summary", "tags")


def bare(value: Any) -> Any:
    """What checks something: without the prose."""
    if isinstance(value, list):
        return [bare(part) for part in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, part in value.items():
        is_named = key in ("properties", "schemas", "responses")
        if is_named:
            kept[key] = {name: bare(inner) for name, inner in part.items()}
        elif key not in WORDS:
            kept[key] = bare(part)
    return kept


def referred(value: Any) -> set[tuple[str, str]]:
    """The components that something refers to: (kind, name)."""
    if isinstance(value, list):
        return set().union(*map(referred, value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(referred, value.values()))
    if isinstance(value.get("$ref"), str):
        _, _, kind, name = value["$ref"].split("/")
        found.add((kind, name))
    return found


def cut(whole: dict[str, Any]) -> dict[str, Any]:
    paths = {}
    for path, methods in CALLED.items():
        full = f"/repos/{{owner}}/{{repo}}{path}"
        paths[full] = {method: bare(whole["paths"][full][method]) for method in methods}
        for operation in paths[full].values():
            for response in operation["responses"].values():
                response.setdefault("description", "")
    components: dict[str, Any] = {}
    wanted = referred(paths)
    while wanted:
        kind, name = wanted.pop()
        if name in components.setdefault(kind, {}):
            continue
        component = bare(whole["components"][kind][name])
        if kind == "responses":
            component.setdefault("description", "")
        components[kind][name] = component
        wanted |= referred(component)
    info = {
        "title": "A cut of GitHub's REST API, from npm @octokit/openapi 23.0.2",
        "version": whole["info"]["version"],
    }
    license_ = whole["info"].get("license")
    return {
        "openapi": whole["openapi"],
        "info": {**info, **({"license": license_} if license_ else {})},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": components,
    }


if __name__ == "__main__":
    CUT.write_text(json.dumps(cut(json.loads(Path(sys.argv[1]).read_text())), indent=1, sort_keys=True) + "\n")
