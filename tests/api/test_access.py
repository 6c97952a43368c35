"""The whole table: every route and method, asked for by everybody there can be. Nothing is forgotten, nothing ajar."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient

from api.access import scopes_of
from api.admission import OPEN
from api.app import create_app
from corpus.accounts import ROLES, SCOPES
from tests.fakes import opened

URL = "http://127.0.0.1"
FOREIGN = "http://192.0.2.1"
TEMPLATES = Path(__file__).parents[2] / "api" / "templates"
IMPLIED = {"read": {"read"}, "curate": {"read", "curate"}, "ingest": {"read", "ingest"}, "admin": set(SCOPES)}
"""Written out once more: the code is not asked what it should do."""
REFUSED = {401, 403, 303}
READING_FORMS = {("POST", "/signout"), ("POST", "/related"), ("POST", "/feedback"), ("POST", "/gaps/tell")}
"""For readers, and yet they look for their form's token."""


def routes(app: FastAPI) -> Iterator[tuple[str, str, Any]]:
    """(method, path, route) of all there is; parameters in the path have a value that fits nothing."""
    for route in iter_route_contexts(app.routes):
        path = re.sub(r"\{[^}]*\}", "none-such", route.path or "")
        if not isinstance(route.original_route, APIRoute):
            yield "GET", path, route
        for method in sorted(route.methods or ()) if isinstance(route.original_route, APIRoute) else ():
            yield method, path, route


def is_always_open(path: str) -> bool:
    return any(path == place or path.startswith(place + "/") for place in OPEN)


def needed(route: Any) -> str:
    """The one scope of a route; what is not a route of ours (the description, a mounted application) is for readers."""
    if not isinstance(route.original_route, APIRoute):
        return "read"
    (scope,) = scopes_of(route)
    return scope


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, TestClient, dict[str, str]]]:
    """A closed server, and a token for each scope."""
    with opened(tmp_path_factory.mktemp("home")) as lessonry:
        tokens = {scope: lessonry.corpus.accounts.create_token(f"with {scope}", [scope])[1] for scope in SCOPES}
        app = create_app(lessonry)
        with TestClient(app, base_url=URL, follow_redirects=False, raise_server_exceptions=False) as client:
            yield app, client, tokens


def ask(client: TestClient, method: str, path: str, **headers: str) -> Any:
    """A request with a body that fits nothing: who may not come in learns nothing about it."""
    body = {} if method in ("GET", "DELETE", "HEAD") else {"content": b"{", "headers": {}}
    sent = {"content-type": "application/json", **headers} if body else headers
    if path == "/v1/uploads":
        sent["content-type"] = "multipart/form-data; boundary=x"
    return client.request(method, path, content=body.get("content"), headers=sent)


def test_every_route_declares_its_scope(world):
    app, _, _ = world
    undeclared = [
        (method, path)
        for method, path, route in routes(app)
        if isinstance(route.original_route, APIRoute) and not is_always_open(path) and len(scopes_of(route)) != 1
    ]
    assert undeclared == []


def test_the_description_tells_the_scope_of_each_operation_and_the_table_holds_them_all(world):
    app, _, _ = world
    described = {
        (method.upper(), path): tuple(one["token"] for one in operation.get("security", ()))
        for path, item in app.openapi()["paths"].items()
        for method, operation in item.items()
    }
    walked = {
        (method, route.path_format): () if is_always_open(path) else ([needed(route)],)
        for method, path, route in routes(app)
        if getattr(route, "include_in_schema", False)
    }
    assert described == walked
    assert len(described) > 15


def test_strangers_are_told_to_come_back_with_a_token(world):
    app, client, _ = world
    for method, path, _ in routes(app):
        answer = ask(client, method, path)
        if is_always_open(path):
            assert answer.status_code not in REFUSED - {403}, (method, path)
        elif path.startswith(("/v1", "/metrics", "/openapi.json", "/mcp")):
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"].startswith("Bearer"), (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
        elif method == "GET":
            assert (answer.status_code, answer.headers["location"]) == (303, f"/signin?next={path}"), path
        else:
            assert answer.status_code == 401, (method, path)


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_opens_what_it_should_and_nothing_else(world, scope):
    app, client, tokens = world
    for method, path, route in routes(app):
        if is_always_open(path):
            continue
        answer = ask(client, method, path, authorization=f"Bearer {tokens[scope]}")
        if needed(route) in IMPLIED[scope]:
            assert answer.status_code != 401, (method, path)
            stale = answer.status_code == 403 and "form is too old" in answer.text
            assert answer.status_code != 403 or stale, (method, path, answer.text)
        else:
            assert answer.status_code == 403, (method, path)
            assert f'scope="{needed(route)}"' in answer.headers["www-authenticate"], (method, path)
            assert needed(route) in answer.json()["detail"]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_narrows_every_token_at_once(tmp_path, role):
    with opened(tmp_path / "home") as lessonry:
        lessonry.corpus.accounts.set_role("Ann", "admin")
        text = lessonry.corpus.accounts.create_token("Ann", ["admin"])[1]
        lessonry.corpus.accounts.set_role("Ann", role)
        with TestClient(create_app(lessonry), base_url=URL, headers={"authorization": f"Bearer {text}"}) as client:
            codes = {
                "read": client.get("/v1/documents").status_code,
                "curate": client.patch("/v1/documents/none-such", json={"title": "T"}).status_code,
                "ingest": client.post("/v1/documents", json={}).status_code,
            }
    assert {scope for scope, code in codes.items() if code != 403} == ROLES[role] - {"admin"}


def test_a_route_that_declares_nothing_is_for_nobody(tmp_path):
    with opened(tmp_path / "home") as lessonry:
        app = create_app(lessonry)
        app.add_api_route("/v1/forgotten", lambda: "secret")
        with TestClient(app, base_url=URL) as client:
            answer = client.get("/v1/forgotten")
    assert answer.status_code in (401, 403)
    assert "secret" not in answer.text


def test_a_mounted_application_is_for_readers(tmp_path):
    async def mounted(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"inside"})

    with opened(tmp_path / "home") as lessonry:
        app = create_app(lessonry)
        app.mount("/mcp", mounted)
        reader = lessonry.corpus.accounts.create_token("Ann", ["read"])[1]
        with TestClient(app, base_url=URL) as client:
            assert client.post("/mcp/x").status_code == 401
            assert client.post("/mcp/x", headers={"authorization": f"Bearer {reader}"}).text == "inside"


def test_scope_is_asked_for_before_the_body_is_read(world):
    _, client, tokens = world
    read_from = []

    def body():
        read_from.append(1)
        yield b"{"

    headers = {"authorization": f"Bearer {tokens['read']}", "content-type": "application/json"}
    assert client.post("/v1/documents", content=body(), headers=headers).status_code == 403


def test_every_form_that_posts_has_the_token():
    missing = [
        path.name
        for path in TEMPLATES.glob("*.html")
        for form in re.findall(r"<form\b[^>]*method=[\"']?post.*?</form>", path.read_text(), re.DOTALL | re.IGNORECASE)
        if '<input type="hidden" name="csrf" value="{{ csrf }}">' not in form
    ]
    assert missing == []


def test_off_loopback_without_tokens_nobody_writes_and_reading_is_a_setting(tmp_path):
    for public_read in (False, True):
        with opened(tmp_path / str(public_read), host="192.0.2.1", public_read=public_read) as lessonry:
            app = create_app(lessonry)
            with TestClient(app, base_url=FOREIGN, follow_redirects=False) as client:
                for method, path, route in routes(app):
                    if is_always_open(path):
                        continue
                    let_in = ask(client, method, path).status_code not in REFUSED
                    reads = needed(route) == "read" and (method, path) not in READING_FORMS
                    assert let_in == (public_read and reads), (method, path)
