"""People, tokens and sessions: what is kept, and who is let in."""

import hmac
import re

import pytest

from corpus.accounts import ROLES, SCOPES, Accounts, is_name
from corpus.clock import later
from corpus.errors import BadToken, Conflict, NotFound

PAST, FUTURE = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"


@pytest.fixture
def accounts(home) -> Accounts:
    return home.corpus.accounts


def test_the_text_of_a_token_is_known_by_its_look_and_kept_nowhere(accounts, home):
    token, text = accounts.create_token("Ann", ["read"])
    assert re.fullmatch(r"lessonry_[0-9a-z]{8}_[0-9A-Za-z]{43}", text)
    assert accounts.admit(text).id == token.id
    secret = text.rpartition("_")[2]
    home.corpus.backup(home.folder / "copy.db")
    assert secret.encode() not in (home.folder / "copy.db").read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[:-1],
        lambda t: t + "x",
        lambda t: t[:-1] + ("a" if t[-1] != "a" else "b"),
        str.upper,
        lambda t: "",
        lambda t: "lessonry_aaaaaaaa_" + "a" * 43,
    ],
)
def test_a_token_that_is_not_quite_right_is_not_known(accounts, change):
    _, text = accounts.create_token("Ann", ["read"])
    with pytest.raises(BadToken, match="not known"):
        accounts.admit(change(text))


def test_secrets_are_compared_in_constant_time(accounts, monkeypatch):
    compared = []
    real = hmac.compare_digest

    def compare(a: bytes, b: bytes) -> bool:
        compared.append((a, b))
        return real(a, b)

    _, text = accounts.create_token("Ann", ["read"])
    monkeypatch.setattr(hmac, "compare_digest", compare)
    accounts.admit(text)
    assert [len(a) for a, _ in compared] == [32]


def test_what_is_revoked_or_expired_says_so(accounts):
    token, text = accounts.create_token("Ann", ["read"])
    accounts.revoke(token.id)
    with pytest.raises(BadToken, match="revoked on"):
        accounts.admit(text)
    _, old = accounts.create_token("Ann", ["read"], PAST)
    with pytest.raises(BadToken, match="expired on 2020-01-01"):
        accounts.admit(old)
    with pytest.raises(NotFound):
        accounts.revoke("none-such")


@pytest.mark.parametrize(
    ("scopes", "role", "granted"),
    [
        (["read"], "reader", {"read"}),
        (["curate"], "curator", {"read", "curate"}),
        (["ingest"], "curator", {"read", "ingest"}),
        (["ingest", "curate"], "curator", {"read", "curate", "ingest"}),
        (["admin"], "admin", set(SCOPES)),
    ],
)
def test_somebody_new_gets_the_least_role_that_will_do(accounts, scopes, role, granted):
    token, _ = accounts.create_token("Ann", scopes)
    assert accounts.role("Ann") == role
    assert token.granted == granted


def test_scopes_go_no_further_than_the_role(accounts):
    accounts.set_role("Ann", "reader")
    with pytest.raises(Conflict, match="lessonry people set"):
        accounts.create_token("Ann", ["curate"])
    accounts.set_role("Ann", "admin")
    token, text = accounts.create_token("Ann", ["admin"])
    for role, allowed in ROLES.items():
        accounts.set_role("Ann", role)
        assert accounts.admit(text).granted == token.granted & allowed


def test_a_session_ends_with_its_time_its_token_its_person_and_by_itself(accounts):
    def opened(expires: str = FUTURE) -> tuple[str, str]:
        token, _ = accounts.create_token("Ann", ["read"])
        accounts.open_session(token, f"secret of {token.id}", expires)
        return f"secret of {token.id}", token.id

    secret, id = opened()
    assert accounts.session(secret).id == id
    assert accounts.session("another") is None
    assert accounts.session(opened(PAST)[0]) is None
    accounts.revoke(id)
    assert accounts.session(secret) is None
    secret, _ = opened()
    accounts.close_session(secret)
    assert accounts.session(secret) is None
    secret, _ = opened()
    accounts.remove("Ann")
    assert accounts.session(secret) is None
    token, _ = accounts.create_token("Ann", ["read"], later(1))
    accounts.open_session(token, "short", FUTURE)
    with accounts._db.write() as db:
        db.execute("UPDATE tokens SET expires = ? WHERE id = ?", [PAST, token.id])
    assert accounts.session("short") is None


def test_once_closed_a_server_opens_only_when_the_last_person_is_removed(accounts):
    assert not accounts.closed()
    token, _ = accounts.create_token("Ann", ["read"], later(3600))
    accounts.revoke(token.id)
    assert accounts.closed()
    accounts.remove("Ann")
    assert not accounts.closed()
    assert (accounts.tokens(), accounts.people()) == ([], [])


def test_use_is_noted_by_the_day_and_only_once(accounts, home):
    token, text = accounts.create_token("Ann", ["read"])
    assert token.last_used is None
    accounts.admit(text)
    _, revision = home.corpus.changes.position()
    for _ in range(3):
        accounts.admit(text)
    assert len(accounts.tokens()[0].last_used) == 10
    assert home.corpus.changes.position()[1] == revision


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Ann", True),
        ("Ann Other", True),
        ("Ünal", True),
        ("", False),
        (" Ann", False),
        ("a\nb", False),
        ("x" * 101, False),
        ("a\x00", False),
    ],
)
def test_names_are_one_line(text, good):
    assert is_name(text) == good
