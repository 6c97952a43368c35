"""`lessonry token` and `lessonry people`: what is printed, and how they end."""

import re

import pytest

from tests.api.test_cli import encoder, run  # noqa: F401  # fixtures


def test_a_token_is_printed_once_listed_without_its_text_and_revoked_by_id_or_name(run):  # noqa: F811
    made = run("token", "create", "ci", "--scope", "ingest", "--scope", "curate", "--expires", "90d", "--json").json
    assert re.fullmatch(r"lessonry_[0-9a-z]{8}_[0-9A-Za-z]{43}", made["token"])
    assert (made["name"], made["scopes"], made["granted"]) == ("ci", ["curate", "ingest"], ["read", "curate", "ingest"])
    plain = run("token", "create", "Ann", "--scope", "read")
    assert re.fullmatch(r"lessonry_\w{8}_\w{43}\n", plain.out)
    assert "not shown again" in plain.err
    listed = run("token", "list")
    assert made["token"] not in listed.out
    assert [line.split()[1] for line in sorted(listed.out.splitlines(), key=lambda line: line.split()[1])] == [
        "Ann:",
        "ci:",
    ]
    assert run("token", "revoke", made["id"]).out == f"revoked {made['id']}\n"
    assert len(run("token", "revoke", "Ann", "--json").json["revoked"]) == 1
    assert all(one["revoked"] for one in run("token", "list", "--json").json["items"])
    missing = run("token", "revoke", "nobody")
    assert (missing.code, missing.err) == (1, "lessonry: no token 'nobody'\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["Ann"], "--scope"),
        (["Ann", "--scope", "all"], "--scope"),
        (["", "--scope", "read"], "NAME"),
        (["Ann", "--scope", "read", "--expires", "soon"], "--expires"),
        (["Ann", "--scope", "read", "--expires", "2020-01-01"], "--expires"),
    ],
)
def test_wrong_usage_is_one_line_that_names_the_option(run, words, says):  # noqa: F811
    done = run("token", "create", *words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert says in done.err


def test_people_have_roles(run):  # noqa: F811
    assert run("people", "set", "Ann", "reader").out == "Ann: reader\n"
    refused = run("token", "create", "Ann", "--scope", "admin")
    assert (refused.code, 'lessonry people set "Ann" admin' in refused.err) == (2, True)
    run("people", "set", "Ann", "admin")
    assert run("people", "list").out == "Ann: admin\n"
    assert run("people", "set", "Ann", "king").code == 2
    assert run("people", "remove", "Ann", "--json").json == {"removed": "Ann"}
    assert run("people", "remove", "Ann").code == 1
