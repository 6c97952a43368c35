"""Tokens, sessions, forms, proxies and extensions: each way in, and each way round it that is shut."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from api.app import create_app
from api.wiring import Lessonry
from tests.fakes import at_our_pages, opened, stored

URL = "http://127.0.0.1"
EXTENSION = "chrome-extension://abcdefghijklmnop"
PAST = "2020-01-01T00:00:00Z"


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> TestClient:
    return browser(create_app(lessonry))


def browser(app: FastAPI, url: str = URL, peer: str = "127.0.0.1") -> TestClient:
    """A browser at that address, with cookies of its own. The worker does not run: jobs stay where they are."""
    return TestClient(app, base_url=url, follow_redirects=False, client=(peer, 50000))


def token(lessonry: Lessonry, *scopes: str, name: str = "Ann", expires: str | None = None) -> str:
    return lessonry.corpus.accounts.create_token(name, scopes or ("read",), expires)[1]


def bearer(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


def csrf_of(text: str) -> str:
    return str(BeautifulSoup(text, "lxml").select_one("meta[name=csrf]")["content"])


def signed_in(client: TestClient, text: str) -> TestClient:
    """The browser after its sign-in, without the token of a form."""
    form = {"token": text, "csrf": csrf_of(client.get("/signin").text)}
    assert client.post("/signin", data=form).status_code == 303
    return client


def test_the_first_token_closes_the_server_and_whoami_tells(lessonry, client):
    assert client.get("/v1/whoami").json() == {
        "name": "",
        "scopes": ["read", "curate", "ingest", "admin"],
        "open": True,
    }
    made = client.post("/v1/tokens", json={"name": "Ann", "scopes": ["curate"], "expires": "90d"})
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    assert client.get("/v1/whoami").status_code == 401
    me = client.get("/v1/whoami", headers=bearer(made.json()["token"])).json()
    assert me == {"name": "Ann", "scopes": ["read", "curate"], "open": False}
    admin = bearer(token(lessonry, "admin", name="Root"))
    listed = client.get("/v1/tokens", headers=admin)
    assert {one["name"] for one in listed.json()["items"]} == {"Ann", "Root"}
    assert made.json()["token"] not in listed.text
    assert client.delete(f"/v1/tokens/{made.json()['id']}", headers=admin).status_code == 204
    answer = client.get("/v1/whoami", headers=bearer(made.json()["token"]))
    assert (answer.status_code, "revoked" in answer.json()["detail"]) == (401, True)


def test_tokens_that_make_no_sense_are_refused(lessonry, client):
    for new, says in (
        ({"name": "Ann", "scopes": []}, "scopes"),
        ({"name": "Ann", "scopes": ["all"]}, "scopes"),
        ({"name": "", "scopes": ["read"]}, "name"),
        ({"name": "a\nb", "scopes": ["read"]}, "name"),
        ({"name": "Ann", "scopes": ["read"], "expires": "soon"}, "90d"),
        ({"name": "Ann", "scopes": ["read"], "expires": "2020-01-01"}, "to come"),
    ):
        answer = client.post("/v1/tokens", json=new)
        assert (answer.status_code, says in answer.json()["detail"]) == (422, True), new
    assert not lessonry.corpus.accounts.closed()


def test_roles_are_given_and_taken(lessonry, client):
    text = token(lessonry, "admin", name="Root")
    ann = bearer(token(lessonry, "curate"))
    assert client.put("/v1/people/Ann", json={"role": "reader"}, headers=bearer(text)).json()["role"] == "reader"
    assert client.get("/v1/whoami", headers=ann).json()["scopes"] == ["read"]
    assert client.post("/v1/tokens", json={"name": "Ann", "scopes": ["admin"]}, headers=bearer(text)).status_code == 409
    assert client.delete("/v1/people/Ann", headers=bearer(text)).status_code == 204
    assert client.get("/v1/whoami", headers=ann).status_code == 401
    assert [one["name"] for one in client.get("/v1/people", headers=bearer(text)).json()["items"]] == ["Root"]


def test_whoever_gets_a_token_can_be_reached_by_name(lessonry, client):
    admin = bearer(token(lessonry, "admin", name="Root"))
    for name in (".", "..", " .. "):
        assert client.post("/v1/tokens", json={"name": name, "scopes": ["read"]}, headers=admin).status_code == 422
    for name, address in (("a/b", "a/b"), ("../x", "..%2Fx"), ("./y", ".%2Fy"), ("z/", "z%2F")):
        assert client.post("/v1/tokens", json={"name": name, "scopes": ["read"]}, headers=admin).status_code == 201
        changed = client.put(f"/v1/people/{address}", json={"role": "curator"}, headers=admin).json()
        assert (changed["name"], changed["role"]) == (name, "curator")
        assert client.delete(f"/v1/people/{address}", headers=admin).status_code == 204
    assert [one["name"] for one in client.get("/v1/people", headers=admin).json()["items"]] == ["Root"]


def test_the_only_admin_cannot_shut_everybody_out(lessonry, client):
    root = bearer(token(lessonry, "admin", name="Root"))
    for method, body in (("PUT", {"role": "reader"}), ("DELETE", None)):
        answer = client.request(method, "/v1/people/Root", json=body, headers=root)
        assert (answer.status_code, "only admin" in answer.json()["detail"]) == (409, True)
    assert client.put("/v1/people/Root", json={"role": "admin"}, headers=root).status_code == 200
    lessonry.corpus.accounts.set_role("Ann", "admin")
    assert client.delete("/v1/people/Root", headers=root).status_code == 204


def test_an_admin_who_removes_herself_on_the_page_is_signed_out_and_offered_nothing_that_cannot_be(lessonry, client):
    form = {"csrf": csrf_of(signed_in(client, token(lessonry, "admin", name="Root")).get("/settings").text)}
    for to, more in (("/settings/people", {"role": "reader"}), ("/settings/people/remove", {})):
        answer = client.post(to, data={**form, "name": "Root", **more})
        assert (answer.status_code, "only admin" in answer.text, "Undo" in answer.text) == (409, True, False)
    token(lessonry, "admin", name="Ann")
    answer = client.post("/settings/people/remove", data={**form, "name": "Root"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin")
    assert client.get("/settings").headers["location"] == "/signin?next=/settings"


@pytest.mark.parametrize("closed", [False, True])
def test_a_bad_token_is_told_so_even_where_none_is_needed(lessonry, client, closed):
    if closed:
        token(lessonry)
    for header, says in (
        (b"Bearer nonsense", "not known"),
        (b"Bearer ", "not known"),
        (b"Basic QW5uOnB3", "Bearer"),
        (b"Bearer lessonry_\xe9", "not known"),
    ):
        answer = client.get("/v1/documents", headers={"authorization": header})
        assert answer.status_code == 401
        assert says in answer.json()["detail"]
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert client.get("/healthz", headers={"authorization": header}).status_code == 200


def test_an_expired_token_says_when(lessonry, client):
    answer = client.get("/v1/documents", headers=bearer(token(lessonry, expires=PAST)))
    assert (answer.status_code, answer.json()["detail"][:40]) == (401, "this token expired on 2020-01-01; ask fo")
    form = {"token": token(lessonry, expires=PAST), "csrf": csrf_of(client.get("/signin").text)}
    page = client.post("/signin", data=form)
    assert (page.status_code, "expired on 2020-01-01" in page.text) == (401, True)
    assert "set-cookie" not in page.headers


def test_signing_in_gives_a_new_cookie_that_scripts_cannot_read_and_signing_out_ends_it(lessonry, client):
    text = token(lessonry, "admin")
    page = client.get("/signin")
    before = page.headers["set-cookie"]
    done = client.post("/signin", data={"token": f" {text}\n", "csrf": csrf_of(page.text), "next": "/documents?tag=a"})
    assert (done.status_code, done.headers["location"]) == (303, "/documents?tag=a")
    cookie = done.headers["set-cookie"]
    for flag in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=2592000"):
        assert flag.lower() in cookie.lower()
    assert "secure" not in cookie.lower()
    assert cookie.split(";")[0] != before.split(";")[0]
    assert text not in cookie
    home = client.get("/documents")
    assert home.status_code == 200
    assert "Sign out Ann" in home.text
    held = client.cookies["lessonry"]
    out = client.post("/signout", data={"csrf": csrf_of(home.text)})
    assert (out.status_code, out.headers["location"]) == (303, "/signin")
    client.cookies.set("lessonry", held)
    assert client.get("/documents").headers["location"] == "/signin?next=/documents"


def test_the_cookie_is_secure_behind_tls_and_only_a_known_proxy_can_say_so(lessonry):
    app = create_app(lessonry)
    forwarded = {"x-forwarded-proto": "https"}
    for url, peer, headers, secure in (
        ("https://127.0.0.1", "198.51.100.1", {}, True),
        (URL, "127.0.0.1", forwarded, True),
        (URL, "198.51.100.1", forwarded, False),
    ):
        cookie = browser(app, url, peer).get("/signin", headers=headers).headers["set-cookie"]
        assert ("secure" in cookie.lower()) == secure, (url, peer)


def test_signing_in_leads_nowhere_else(lessonry, client):
    text = token(lessonry)
    for next in (
        "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example",
        "\\/evil.example", "evil.example", "/a b", "/\n//evil.example", "",
    ):  # fmt: skip
        page = BeautifulSoup(client.get("/signin", params={"next": next}).text, "lxml")
        assert page.select_one("input[name=next]")["value"] == "/", next
        form = {"token": text, "csrf": page.select_one("input[name=csrf]")["value"], "next": next}
        assert client.post("/signin", data=form).headers["location"] == "/", next


def test_where_one_wanted_to_go_is_kept_over_the_sign_in(lessonry, client):
    text = token(lessonry)
    sent = client.get("/?q=disk+full&kind=lesson")
    page = BeautifulSoup(client.get(sent.headers["location"]).text, "lxml")
    wanted = page.select_one("input[name=next]")["value"]
    assert wanted == "/?q=disk+full&kind=lesson"
    form = {"token": text, "next": wanted, "csrf": page.select_one("input[name=csrf]")["value"]}
    assert client.post("/signin", data=form).headers["location"] == wanted


def test_guessing_is_slowed_down_and_holds_up_nobody_else(lessonry, client):
    text = token(lessonry)
    at_our_pages(client)
    for _ in range(10):
        assert client.post("/signin", data={"token": "wrong"}).status_code == 401
    answer = client.post("/signin", data={"token": text})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "300")
    other = {"x-forwarded-for": "203.0.113.9"}  # told by a proxy that may
    assert client.post("/signin", data={"token": text}, headers=other).status_code == 303


def test_a_session_dies_with_its_token(lessonry, client):
    signed_in(client, token(lessonry))
    assert client.get("/v1/documents").status_code == 200
    lessonry.corpus.accounts.revoke(lessonry.corpus.accounts.tokens()[0].id)
    assert client.get("/v1/documents").status_code == 401


@pytest.mark.parametrize("closed", [False, True])
def test_a_form_without_its_token_changes_nothing_and_loses_nothing(lessonry, client, closed):
    if closed:
        signed_in(client, token(lessonry, "ingest"))
    page = {"accept": "text/html"}
    typed = {"title": "The <valve>", "text": "A long story\n\nabout a valve."}
    for csrf in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "\N{LATIN SMALL LETTER E WITH ACUTE}"}):
        answer = client.post("/add/text", data={**typed, **csrf}, headers=page)
        assert answer.status_code == 403
        assert "This form is too old" in answer.text
        soup = BeautifulSoup(answer.text, "lxml")
        again = {one["name"]: one.get("value") or one.get_text() for one in soup.select("main [name]")}
        assert again["title"] == typed["title"]
        assert again["text"].strip() == typed["text"]
    assert lessonry.corpus.jobs.recent(5) == []
    sent = client.post("/add/text", data=again, headers=page)  # the form that was shown again
    assert sent.status_code == 303
    assert len(lessonry.corpus.jobs.recent(5)) == 1


def test_the_token_of_one_browser_is_of_no_use_to_another(lessonry):
    app = create_app(lessonry)
    one, other = browser(app), browser(app)
    csrf = csrf_of(one.get("/add").text)
    assert csrf_of(other.get("/add").text) != csrf
    assert other.post("/add/text", data={"title": "T", "text": "x", "csrf": csrf}).status_code == 403
    assert one.post("/add/text", data={"title": "T", "text": "x", "csrf": csrf}).status_code == 303


def test_a_signed_in_browser_writes_to_the_interface_with_the_token_of_its_page_only(lessonry, client):
    text = token(lessonry, "admin")
    signed_in(client, text)
    new = {"title": "T", "text": "x"}
    assert client.post("/v1/documents", json=new).status_code == 403
    assert client.post("/v1/documents", json=new, headers={"x-csrf-token": "0" * 64}).status_code == 403
    fresh = {"x-csrf-token": csrf_of(client.get("/add").text)}
    assert client.post("/v1/documents", json=new, headers=fresh).status_code == 202
    assert client.post("/v1/documents", json=new, headers={**fresh, "sec-fetch-site": "cross-site"}).status_code == 403
    client.cookies.clear()
    assert client.post("/v1/documents", json=new, headers=bearer(text)).status_code == 202


def test_a_page_that_is_not_for_you_says_what_is_missing(lessonry, client):
    signed_in(client, token(lessonry))
    answer = client.get("/settings", headers={"accept": "text/html"})
    assert answer.status_code == 403
    assert "scope admin" in answer.text
    assert "post" not in {
        form.get("method") for form in BeautifulSoup(client.get("/add").text, "lxml").select("main form")
    }


def test_a_form_sent_after_the_session_ended_is_not_lost_to_a_redirect(lessonry, client):
    token(lessonry)
    answer = client.post("/add/text", data={"title": "T"}, headers={"accept": "text/html"})
    assert answer.status_code == 401
    assert "another tab" in answer.text


PROXY = {"proxy_header": "X-Forwarded-User", "proxy_addresses": ["10.0.0.5"], "proxy_role": "reader"}


def test_the_header_of_a_proxy_counts_from_the_proxy_only(tmp_path):
    with opened(tmp_path / "home", **PROXY) as lessonry:
        lessonry.corpus.accounts.set_role("Ann", "admin")
        app = create_app(lessonry)
        for peer, sent, status, scopes in (
            ("10.0.0.5", [("x-forwarded-user", "Ann")], 200, ["read", "curate", "ingest", "admin"]),
            ("10.0.0.5", [("x-forwarded-user", "Bob")], 200, ["read"]),
            ("10.0.0.5", [], 401, None),
            ("10.0.0.5", [("x-forwarded-user", "Bob"), ("x-forwarded-user", "Ann")], 401, None),
            ("10.0.0.5", [("x-forwarded-user", " ")], 401, None),
            ("127.0.0.1", [("x-forwarded-user", "Ann")], 401, None),
            ("203.0.113.9", [("x-forwarded-user", "Ann"), ("x-forwarded-for", "10.0.0.5")], 401, None),
        ):
            answer = browser(app, peer=peer).get("/v1/whoami", headers=sent)
            assert answer.status_code == status, (peer, sent)
            assert answer.json().get("scopes") == scopes
        client = browser(app, peer="10.0.0.5")
        ann = {"x-forwarded-user": "Ann"}
        assert client.post("/v1/documents", json={"title": "T", "text": "x"}, headers=ann).status_code == 403
        fresh = {**ann, "x-csrf-token": csrf_of(client.get("/add", headers=ann).text)}
        assert client.post("/v1/documents", json={"title": "T", "text": "x"}, headers=fresh).status_code == 202


def test_behind_a_proxy_the_page_to_sign_in_says_who_signs_in(tmp_path):
    with opened(tmp_path / "home", **PROXY) as lessonry:
        client = browser(create_app(lessonry), peer="10.0.0.5")
        text = client.get("/signin", headers={"x-forwarded-user": "Ann"}).text
        assert ("The proxy in front of this server signs people in" in text, "No token has been made" in text) == (
            True,
            False,
        )


def test_without_the_setting_the_header_is_nothing(lessonry, client):
    token(lessonry)
    assert client.get("/v1/whoami", headers={"x-forwarded-user": "Ann"}).status_code == 401


def test_a_server_answers_to_the_names_it_was_given(tmp_path):
    with opened(tmp_path / "home", hosts=["lessons.example.org"]) as lessonry:
        client = browser(create_app(lessonry))
        for host, status in (("lessons.example.org", 200), ("127.0.0.1:8000", 200), ("evil.example", 421)):
            assert client.get("/healthz", headers={"host": host}).status_code == status


def test_what_a_proxy_brings_to_an_open_server_is_a_strangers(tmp_path):
    with opened(tmp_path / "home", hosts=["lessons.example.org"]) as lessonry:
        app = create_app(lessonry)
        here, forwarded = {"host": "127.0.0.1:8000"}, {"host": "localhost", "x-forwarded-for": "203.0.113.9"}
        with TestClient(app, base_url=URL, client=("127.0.0.1", 50_000)) as client:
            for headers, status in (
                (here, 200),
                ({**here, "x-forwarded-for": "127.0.0.1"}, 200),
                (forwarded, 401),
                ({"host": "lessons.example.org"}, 401),
            ):
                assert client.get("/v1/whoami", headers=headers).status_code == status, headers
            assert client.get("/v1/whoami", headers=here).json()["open"] is True


def test_an_extension_reads_an_open_server_and_writes_where_it_is_named(tmp_path):
    new = {"title": "T", "text": "x"}
    for named, status in (([], 401), ([EXTENSION], 202)):
        with opened(tmp_path / str(status), extension_origins=named) as lessonry:
            client = browser(create_app(lessonry))
            stored(lessonry, "Clocks", "leap second")
            headers = {"origin": EXTENSION, "sec-fetch-site": "cross-site"}
            answer = client.post("/v1/related", json={"text": "leap second"}, headers=headers)
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, EXTENSION)
            assert "origin" in answer.headers["vary"].lower()
            assert "access-control-allow-credentials" not in answer.headers
            written = client.post("/v1/documents", json=new, headers=headers)
            assert (written.status_code, written.headers["access-control-allow-origin"]) == (status, EXTENSION)


def test_an_extension_needs_a_token_where_everybody_does_and_its_cookie_counts_nothing(lessonry, client):
    text = token(lessonry, "ingest")
    signed_in(client, text)
    headers = {"origin": "moz-extension://0f3a", "sec-fetch-site": "cross-site"}
    refused = client.get("/v1/documents", headers=headers)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "moz-extension://0f3a")
    assert (
        client.post("/v1/documents", json={"title": "T", "text": "x"}, headers={**headers, **bearer(text)}).status_code
        == 202
    )


def test_the_browser_may_ask_first_for_an_extension_and_for_nobody_else(client):
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
        "access-control-request-private-network": "true",
    }
    answer = client.options("/v1/related", headers={**asked, "origin": EXTENSION})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == EXTENSION
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    assert answer.headers["access-control-allow-private-network"] == "true"
    for origin in ("https://evil.example", "null", "https://chrome-extension.example", URL):
        answer = client.options("/v1/related", headers={**asked, "origin": origin})
        assert not [name for name in answer.headers if name.startswith("access-control")], origin
        answer = client.get("/v1/documents", headers={"origin": origin})
        assert not [name for name in answer.headers if name.startswith("access-control")], origin


def test_what_depends_on_who_asks_is_kept_by_no_cache_on_the_way(client):
    for path in ("/", "/documents", "/v1/documents", "/v1/whoami", "/nowhere"):
        assert "private" in client.get(path).headers["cache-control"], path
    assert "private" not in client.get("/static/icon.svg").headers.get("cache-control", "")


def test_a_websocket_is_refused(client):
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/v1/documents"):
        pass


def test_no_secret_stands_in_a_log_or_an_answer(lessonry, client, caplog):
    caplog.set_level(0)
    text = token(lessonry, "admin")
    at_our_pages(client)
    answers = [
        client.post("/signin", data={"token": text[:-1]}),
        client.get("/v1/whoami", headers=bearer(text)),
        client.get("/v1/whoami", headers=bearer(text + "x")),
        client.get("/v1/tokens", headers=bearer(text)),
        client.get("/settings", headers=bearer(text)),
        client.post("/signin", data={"token": text}),
    ]
    secret = text.rpartition("_")[2][:-1]
    assert not [one for one in answers if secret in one.text or secret in str(one.headers)]
    assert secret not in caplog.text


def test_the_settings_page_tells_where_a_value_comes_from_and_hides_what_is_secret(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / "lessonry.toml").write_text('contact = "a@example.org"\narchive = "https://me:hidden@example.org/{url}"\n')
    monkeypatch.setenv("LESSONRY_MAX_ITEMS", "7")
    with opened(home, fetch_redirects=3) as lessonry:
        client = browser(create_app(lessonry))
        soup = BeautifulSoup(client.get("/settings").text, "lxml")
    rows = {row.dt.get_text(): row.dd.get_text().split() for row in soup.select(".in-force > div")}
    assert rows["contact"] == ["a@example.org", "lessonry.toml"]
    assert rows["max_items"] == ["7", "LESSONRY_MAX_ITEMS"]
    assert rows["fetch_redirects"] == ["3", "command", "line"]
    assert rows["port"] == ["8000"]
    assert rows["proxy_header"] == ["—"]
    assert len(rows["models"]) == 1
    assert "hidden" not in str(rows)


def test_tokens_are_made_and_revoked_on_the_page_and_shown_once(lessonry, client):
    at_our_pages(client)
    none = client.post("/settings/tokens", data={"name": "Ann"})
    assert (none.status_code, "choose what it may do" in none.text) == (422, True)
    made = client.post("/settings/tokens", data={"name": "Ann", "scope": ["admin"], "expires": "90d"})
    assert made.headers["cache-control"] == "no-store"
    (text,) = re.findall(r"lessonry_\w{8}_\w{43}", made.text)
    signed_in(client, text)
    page = client.get("/settings")
    assert text not in page.text
    csrf = {"csrf": csrf_of(page.text)}
    client.headers.pop("x-csrf-token")
    other = client.post("/settings/tokens", data={"name": "Bob", "scope": ["read"], **csrf})
    assert "Bob" in other.text
    (id,) = [one.id for one in lessonry.corpus.accounts.tokens() if one.name == "Bob"]
    assert client.post("/settings/tokens/revoke", data={"id": id, **csrf}).status_code == 303
    assert client.post("/settings/people", data={"name": "Bob", "role": "curator", **csrf}).status_code == 303
    assert lessonry.corpus.accounts.role("Bob") == "curator"
    gone = client.post("/settings/people/remove", data={"name": "Bob", **csrf})
    undo = BeautifulSoup(gone.text, "lxml").select_one(".notice form")
    fields = {one["name"]: one["value"] for one in undo.select("input")}
    assert client.post(undo["action"], data=fields).status_code == 303
    assert lessonry.corpus.accounts.role("Bob") == "curator"
