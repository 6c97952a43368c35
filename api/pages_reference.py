"""The page that documents the HTTP interface, made from its own OpenAPI description."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from api.access import needs
from api.rendering import page

router = APIRouter()

_METHODS = ("get", "post", "put", "patch", "delete")
_DEEPEST = 8
_BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("post", "/v1/documents"): {"url": "https://example.org/post-mortem"},
    ("post", "/v1/related"): {"title": "Checkout is slow", "text": "Since the deployment every request waits."},
    ("patch", "/v1/documents/{document_id}"): {"kind": "lesson", "tags": ["dns"]},
}
"""Examples where all fields may be left out, so that the description alone does not tell one."""
_VALUES = {"q": "expired certificate", "url": "https://example.org/post-mortem"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value in the path or the query string."""

    name: str
    where: str
    type: str
    required: bool
    default: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of the interface."""

    method: str
    path: str
    anchor: str
    summary: str
    parameters: list[Parameter]
    body: str | None
    answer: str | None
    curl: str


@router.get("/docs", dependencies=[needs("read")])
def reference(request: Request) -> Response:
    """Routes, parameters, shapes, and a command to try each."""
    spec: dict[str, Any] = request.app.openapi()
    groups: dict[str, list[Operation]] = {}
    for one in operations(spec, str(request.base_url).rstrip("/")):
        groups.setdefault(_group(one.path), []).append(one)
    return page(request, "reference.html", groups=groups)


def operations(spec: Mapping[str, Any], base: str) -> list[Operation]:
    """Every operation of an OpenAPI description."""
    return [
        _operation(spec, base, method, path, item[method])
        for path, item in spec["paths"].items()
        for method in _METHODS
        if method in item
    ]


def sketch(schema: Mapping[str, Any], spec: Mapping[str, Any], depth: int = 0) -> Any:
    """A shape as a JSON value in which each field says what may stand there."""
    if "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if depth > _DEEPEST:
        return "…"
    if "anyOf" in schema:
        return _alternatives(schema["anyOf"], spec, depth)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "properties" in schema:
        return {name: sketch(one, spec, depth + 1) for name, one in schema["properties"].items()}
    if schema.get("type") == "array":
        return [sketch(schema.get("items", {}), spec, depth + 1)]
    if isinstance(schema.get("additionalProperties"), dict):
        return {"…": sketch(schema["additionalProperties"], spec, depth + 1)}
    if schema.get("contentMediaType") or schema.get("format") == "binary":
        return "file"
    return str(schema.get("const", schema.get("type", "any value")))


def _alternatives(schemas: list[Mapping[str, Any]], spec: Mapping[str, Any], depth: int) -> Any:
    found = [sketch(one, spec, depth) for one in schemas if one.get("type") != "null"]
    if len(found) == 1 and not isinstance(found[0], str):
        return found[0]
    nullable = len(found) < len(schemas)
    return " | ".join([one if isinstance(one, str) else json.dumps(one) for one in found] + ["null"] * nullable)


def _operation(spec: Mapping[str, Any], base: str, method: str, path: str, described: Mapping[str, Any]) -> Operation:
    content = described.get("requestBody", {}).get("content", {})
    media = next(iter(content), "")
    body = sketch(content[media]["schema"], spec) if media else None
    parameters = sorted(
        (_parameter(one, spec) for one in described.get("parameters", ())), key=lambda one: not one.required
    )
    return Operation(
        method=method.upper(), path=path, anchor=described["operationId"], parameters=parameters,
        summary=described.get("description") or described.get("summary", ""),
        body=_pretty(body), answer=_pretty(_answer(described, spec)),
        curl=_curl(base, method, path, parameters, media, body),
    )  # fmt: skip


def _parameter(one: Mapping[str, Any], spec: Mapping[str, Any]) -> Parameter:
    kind = sketch(one["schema"], spec)
    default = one["schema"].get("default")
    return Parameter(
        name=one["name"], where=one["in"], required=one.get("required", False), default=_default(default),
        type=f"{kind[0]}, repeatable" if isinstance(kind, list) else str(kind).removesuffix(" | null"),
    )  # fmt: skip


def _default(value: Any) -> str | None:
    return None if value in (None, []) else json.dumps(value).strip('"')


def _answer(described: Mapping[str, Any], spec: Mapping[str, Any]) -> Any:
    for status, response in described["responses"].items():
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        if status.startswith("2") and schema:
            return sketch(schema, spec)
    return None


def _curl(base: str, method: str, path: str, parameters: list[Parameter], media: str, body: Any) -> str:
    needed = {one.name: _VALUES.get(one.name, "…") for one in parameters if one.where == "query" and one.required}
    query = urlencode(needed)
    command = "curl" if method == "get" else f"curl -X {method.upper()}"
    command += f" '{base}{path}{'?' + query if query else ''}'"
    if media.startswith("multipart"):
        return f"{command} -F file=@report.pdf"
    if media:
        example = _BODIES.get((method, path), body)
        sent = json.dumps(example, ensure_ascii=False)
        return f"{command} \\\n  -H 'Content-Type: application/json' \\\n  -d '{sent}'"
    return command


def _pretty(value: Any) -> str | None:
    return None if value is None or value == "any value" else json.dumps(value, indent=2, ensure_ascii=False)


def _group(path: str) -> str:
    parts = path.strip("/").split("/")
    return parts[1] if parts[0] == "v1" and len(parts) > 1 else "health"
