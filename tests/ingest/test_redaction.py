"""What is masked before it is stored: known by its shape, or by what stands before it; ordinary text is left alone."""

from pathlib import Path

import pytest

from api import moments
from api.schemas_lessons import NewMoment
from ingest import secrets
from ingest.blame import blamed
from ingest.redaction import Redaction
from ingest.types import Options, Page, Redacted
from tests.fakes import opened

ALL: tuple[Redacted, ...] = ("secrets", "emails", "phones", "ips", "people")
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" * 2
PEM = "PRIVATE KEY-----"  # cut in two, so that nobody's scanner takes this file for a leak


@pytest.mark.parametrize(
    "secret",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + LETTERS[:36],
        "github_pat_" + LETTERS[:40],
        "glpat-" + LETTERS[:20],
        "xoxb-" + "123456789012-abcdefghijkl",
        "AIza" + LETTERS[:35],
        "sk_live_" + LETTERS[:24],
        "sk-ant-" + LETTERS[:40],
        "npm_" + LETTERS[:36],
        "eyJ" + LETTERS[:20] + ".eyJ" + LETTERS[:30] + "." + LETTERS[:43],
        "https://hooks.slack.com/services/" + "T00000000/B00000000/" + LETTERS[:24],
        f"-----BEGIN RSA {PEM}\nMIIE\nabc=\n-----END RSA {PEM}",
        f"-----BEGIN OPENSSH {PEM}\nthe rest was cut off",
    ],
)
def test_keys_are_known_by_their_shape(secret: str) -> None:
    assert secrets.hide(f"We found {secret}") == ("We found [secret]", 1)
    assert secrets.hide(f"key='{secret}'.")[1] == 1


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgres://app:hunter2@db/orders", "postgres://app:[secret]@db/orders"),
        ("redis://:s3same@cache:6379", "redis://:[secret]@cache:6379"),
        ("Authorization: Bearer abcdef0123456789", "Authorization: Bearer [secret]"),
        ("curl -H 'authorization: basic dXNlcjpwYXNzMQ=='", "curl -H 'authorization: basic [secret]'"),
        ("DB_PASSWORD=tr0ub4dor&3", "DB_PASSWORD=[secret]"),
        ('"api_key": "letmein"', '"api_key": [secret]'),
        ("password: 'correct-horse'", "password: [secret]"),
        ("client-secret => 9f8e7d6c5b", "client-secret => [secret]"),
    ],
)
def test_passwords_are_known_by_what_stands_before_them(text: str, hidden: str) -> None:
    assert secrets.hide(text) == (hidden, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Password: required for all accounts",
        "The token: it had expired.",
        "tokens: 1000000000",
        "password=$DB_PASSWORD token=<your-token1> api_key: {{ key1 }} secret=********1a",
        "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "Basic authentication was switched off; bearer authentication stays.",
        "https://example.org:8443/a@b and git@github.com:acme/app",
        "risk-averse-people-who-are-careful-and-slow",
        "the secretary: 2pm-meeting-notes",
        "kube-system/token-abc12",
    ],
)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert secrets.hide(text) == (text, 0)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("10.1.2.3 and 10.0.0.0/8:", "[IP address] and [IP address]/8:"),
        ("from 203.0.113.9:443.", "from [IP address]:443."),
        ("2001:db8::1, fe80::1ff:fe23:4567:890a", "[IP address], [IP address]"),
        ("127.0.0.1, 0.0.0.0, ::1, 255.255.255.0", None),
        ("version 1.22.3.4, v1.22.3.4, Chrome 88.0.4324.150, 1.22.3.4.5, section 4.1.2.3", None),
        ("at 12:30:45, std::vector, a::b, 11:22:33:44:55:66", None),
    ],
)
def test_addresses_of_machines(text: str, masked: str | None) -> None:
    assert Redaction(["ips"])(text) == (text if masked is None else masked)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call +44 20 7946 0958 now", "call [phone] now"),
        ("+1 (650) 253-0000; +49 30 901820", "[phone]; [phone]"),
        ("Phone: (555) 123-4567", "Phone: [phone]"),
        ("tel. 030 901820", "tel. [phone]"),
        ("2024-05-17 12:30, 1700000000, 555-123-4567 requests, +200 ms, +15% of 123456789", None),
        ("the telephone exchange failed in 1990; cell 4", None),
    ],
)
def test_telephone_numbers(text: str, masked: str | None) -> None:
    assert Redaction(["phones"])(text) == (text if masked is None else masked)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Our engineer Jane Doe ran the script.", ["Jane Doe"]),
        ("It was run by Jane Doe, a junior database administrator.", ["Jane Doe"]),
        ("Mr. Smith was told.", ["Smith"]),
        ("It was Jean-Luc O'Neill's fault.", ["Jean-Luc O'Neill"]),
        ("Blame Jane Q. Doe, they said; the mistake of Bob Ross.", ["Jane Q. Doe", "Bob Ross"]),
        ("Jane Doe accidentally deleted it. Bob Ross was fired.", ["Jane Doe", "Bob Ross"]),
        ("Google Cloud inadvertently deleted it. The Network Engineer forgot.", []),
        ("Human Error was found; the Operator Console mistyped.", []),
        ("Jane Doe presented the results.", []),
    ],
)
def test_who_is_blamed(text: str, names: list[str]) -> None:
    assert list(blamed(text)) == names


def test_whoever_is_blamed_once_has_no_name_in_the_whole_document() -> None:
    page = Page(text="Jane Doe joined the call. Jane Doe accidentally deleted the table (jane@example.org).")
    masking = Redaction.of(page, ["people"])
    assert masking(page.text) == "Person A joined the call. Person A accidentally deleted the table ([e-mail])."
    assert masking.counts == {"people": 2, "emails": 1}


@pytest.mark.parametrize("kind", ALL)
def test_only_what_is_asked_for_is_masked(kind: Redacted) -> None:
    told: dict[Redacted, str] = {
        "secrets": "password='abcd1234'",
        "emails": "ann@example.org",
        "phones": "+44 20 7946 0958",
        "ips": "10.1.2.3",
    }
    text = " ; ".join(told.values())
    masked = Redaction([kind])(text)
    left = {one for one, said in told.items() if said in masked}
    assert left == told.keys() - {"emails" if kind == "people" else kind}


def test_hostile_texts_are_read_in_their_length() -> None:
    for piece in (f"-----BEGIN {PEM}", "eyJabcdefghijkl.", "password=", "://a:", "1.2.3.", "a1:", "+1 ", "Ann Bee, a "):
        text = piece * (40_000 // len(piece))
        assert Redaction(ALL)(text)
        assert len(list(blamed(text))) == 0


def test_nothing_of_a_secret_is_stored_and_it_is_told_what_was_masked(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("# Leak by 10.1.2.3\n\nThe engineer Jane Doe logged password='abcd1234' at 10.1.2.3.\n")
    with opened(tmp_path / "home", redact=["secrets", "ips", "people"]) as lessonry:
        (outcome,) = lessonry.ingestor.add(str(report), Options())
        document = lessonry.corpus.documents.get(outcome.id or "")
        assert document.title == "Leak by [IP address]"
        assert document.text.endswith("The engineer Person A logged password=[secret] at [IP address].")
        assert outcome.masked["secrets"] == 1
        assert outcome.masked["people"] == 1
        assert [one.status for one in lessonry.ingestor.add(str(report), Options())] == ["unchanged"]
        moment = moments.take(lessonry, NewMoment(happened="", learned="Never log password='efgh5678'", audience=""))
        assert moment.title == "Never log password=[secret]"
    for kept in (tmp_path / "home").rglob("*"):
        if kept.is_file():
            assert not [
                word for word in (b"abcd1234", b"Jane Doe", b"10.1.2.3", b"efgh5678") if word in kept.read_bytes()
            ]
