"""GitHub's own description of its API: what is sent and answered is held to it, and answers are filled up by it."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from tests.registries.server import Answer, Request

CUT = Path(__file__).parent / "openapi.json"
DESCRIPTION = OpenAPI.from_file_path(str(CUT))
SCHEMAS: dict[str, Any] = json.loads(CUT.read_text())["components"]["schemas"]
ANYWHERE = (401, 403, 404)
"""What GitHub answers to any request, though its description does not say so each time."""
PLAIN = {"string": "", "integer": 1, "number": 1, "boolean": False, "array": [], "object": {}}
FORMATS = {"uri": "https://github.invalid/", "date-time": "2026-01-01T00:00:00Z", "email": "a@example.com"}


def check_request(request: Request, name: str) -> MockRequest:
    """Hold a request about a repository to the description; what answers to it are held to."""
    path, _, query = request.path.partition("?")
    ours = f"/repos/{name}"
    assert path == ours or path.startswith(f"{ours}/"), path
    parts = [unquote(part) for part in path.removeprefix(f"{ours}/").split("/")]
    if parts[0] == "git" and len(parts) > 2:
        parts[2:] = ["/".join(parts[2:])]  # a ref with slashes is one parameter
    asked = MockRequest(
        "http://localhost",
        request.method.lower(),
        ours if path == ours else "/".join([ours, *(quote(part, safe="") for part in parts)]),
        args=dict(parse_qsl(query)),
        data=request.body or None,
        content_type="application/json",
    )
    DESCRIPTION.validate_request(asked)
    return asked


def check_answer(asked: MockRequest, answer: Answer) -> None:
    """Hold an answer to the description."""
    if answer.status not in ANYWHERE:
        DESCRIPTION.validate_response(asked, MockResponse(answer.body, status_code=answer.status))


def filled(schema: str | dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """An object of a schema: what is known, and something for all else that it requires."""
    described = _resolved(SCHEMAS[schema] if isinstance(schema, str) else schema)
    made = dict(known)
    for name, part in described.get("properties", {}).items():
        if name in known:
            made[name] = _completed(part, known[name])
        elif name in described.get("required", ()):
            made[name] = _example(part)
    return made


def _completed(schema: dict[str, Any], value: Any) -> Any:
    schema = _resolved(schema)
    if isinstance(value, dict):
        return filled(schema, value)
    if isinstance(value, list) and "items" in schema:
        return [_completed(schema["items"], each) for each in value]
    return value


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    return schema


def _example(schema: dict[str, Any]) -> Any:
    schema = _resolved(schema)
    if schema.get("nullable"):
        return None
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("oneOf", "anyOf", "allOf"):
        if key in schema:
            return _example(schema[key][0])
    kind = schema.get("type", "object")
    return filled(schema, {}) if kind == "object" else FORMATS.get(schema.get("format", ""), PLAIN[kind])
