"""A Slack export: threads and long messages, ids as names, no bots, no joins, nothing private."""

import io
import json
import zipfile
from collections.abc import Mapping

import pytest

from corpus.errors import Unreadable
from ingest.exports import Export, read_export
from ingest.people import mask
from ingest.types import Outcome, Page

USERS = [
    {"id": "U1", "name": "jdoe", "deleted": False, "real_name": "Jane Doe",
     "profile": {"real_name": "Jane Doe", "display_name": "jane", "email": "jane@example.com"}},
    {"id": "U2", "name": "priya", "deleted": True, "profile": {"real_name": "Priya Rao", "display_name": ""}},
    {"id": "U3", "name": "nix", "profile": None},
    {"id": "B9", "name": "pager", "is_bot": True, "profile": {"real_name": "Pager"}},
    None,
]  # fmt: skip
CHANNELS = [{"id": "C1", "name": "incidents"}, {"id": "C2", "name": "general"}]
LONG = "word " * 40


def said(ts: str, text: str | None, user: str | None = "U1", **more: object) -> dict[str, object]:
    return {"type": "message", "ts": ts, "text": text, "user": user, **more}


ROOT = "1614852122.000100"
DAY_ONE: list[object] = [
    said("1614852000.000000", "<@U1> has joined the channel", subtype="channel_join"),
    said(ROOT, "Checkout is *down* &amp; <@U2> looks, see <https://x.example/d|the dash>", thread_ts=ROOT, reply_count=4,
         replies=[{"user": "U2", "ts": "1614852200.000200"}]),
    said("1614852150.000000", "ack", "B9", thread_ts=ROOT, bot_id="B9", subtype="bot_message"),
    said("1614852200.000200", "ran ```kubectl get pods\n# all &lt;none&gt;``` in <#C2|general> and <#C2>", "U2", thread_ts=ROOT),
    said("1614852300.000000", "lone and short"),
    said("1614852301.000000", LONG + "<!here> <mailto:a@b.example|a@b.example>"),
    said("1614852302.000000", "alert " * 60, None, bot_id="B9"),
    said("1614852303.000000", "This message was deleted.", "USLACKBOT", subtype="tombstone"),
    None, 7, {"type": "message"}, said("nonsense", LONG), said("1614852304.000000", None),
]  # fmt: skip
DAY_TWO: list[object] = [
    said("1614938600.000300", "fixed by <@U77>", "U3", thread_ts=ROOT, subtype="thread_broadcast",
         files=[{"title": "graph.png", "mode": "hosted"}, {"mode": "tombstone"}]),
    said("1614938700.000400", "thanks", "U88", thread_ts=ROOT,
         user_profile={"real_name": "Guest Person", "display_name": "", "name": "guest"}),
]  # fmt: skip


def read(days: Mapping[str, object], root: str = "", lists: Mapping[str, object] = {}) -> Export | None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, value in {"users.json": USERS, "channels.json": CHANNELS, **lists, **days}.items():
            if value is not None:
                archive.writestr(f"{root}{name}", value if isinstance(value, bytes) else json.dumps(value))
    return read_export(file.getvalue(), source="s.zip", most_bytes=10_000_000, most_items=100)


DAYS = {"incidents/2021-03-04.json": DAY_ONE, "incidents/2021-03-05.json": DAY_TWO}


@pytest.mark.parametrize("root", ["", "Acme Slack export Nov 20 2026/"])
def test_a_thread_is_one_document_over_days(root: str) -> None:
    found = read(DAYS, root)
    assert found is not None
    assert found.format == "Slack"
    thread, alone = found.entries
    assert thread == Page(
        title="Checkout is down & @Priya Rao looks, see the dash",
        text="## 2021-03-04\n\njane: Checkout is down & @Priya Rao looks, see the dash\n\n"
        "Priya Rao: ran\n\n```\nkubectl get pods\n# all <none>\n```\n\nin #general and #general\n\n"
        "## 2021-03-05\n\nnix: fixed by @somebody\n\n(file: graph.png)\n\nGuest Person: thanks",
        id=f"incidents-{ROOT}",
        published="2021-03-04",
        tags=("incidents",),
        people=("jane\nJane Doe\njdoe", "Priya Rao\npriya", "nix", "Guest Person\nguest"),
    )
    assert isinstance(alone, Page)
    assert alone.text == f"jane: {LONG}@here a@b.example"
    assert alone.id == "incidents-1614852301.000000"
    assert alone.title is not None
    assert len(alone.title) <= 81


def test_who_speaks_can_be_masked_whatever_the_name() -> None:
    users = [
        {"id": "U1", "name": "hhill", "real_name": "Hank Hill", "profile": {"display_name": "hank"}},
        {"id": "U2", "name": "will", "real_name": "Will", "profile": {"display_name": "W :fire:"}},
        {"id": "U3", "name": "peggy.hill", "real_name": "Peggy Hill", "profile": {"display_name": "Peggy: on call"}},
    ]
    root = "1614852122.0"
    talk = [
        said(root, "<!channel> payments are down", "U1", thread_ts=root),
        said("1614852123.0", "thanks Hank Hill, `@hank` and @peggy.hill at <mailto:h@a.example|h@a.example>", "U2", thread_ts=root),
        said("1614852124.0", "on it, <@U7|dale>", "U3", thread_ts=root),
    ]  # fmt: skip
    found = read({"ops/2021-03-04.json": talk}, lists={"users.json": users})
    assert found is not None
    [page] = found.entries
    assert isinstance(page, Page)
    assert mask(page.text, page.people) == (
        "Person A: @channel payments are down\n\n"
        "Person B: thanks Person A, `Person A` and Person C at [e-mail]\n\nPerson C: on it, Person D"
    )


def test_private_talk_is_left_out() -> None:
    talk = [said("1614852301.000000", LONG)]
    found = read(
        {"D024BE91L/2021-03-04.json": talk, "mpdm-jane--priya-1/2021-03-04.json": talk, "ops/2021-03-04.json": talk}
    )
    assert found is not None
    assert [entry.tags for entry in found.entries if isinstance(entry, Page)] == [("ops",)]


def test_a_broken_day_is_its_own_failure() -> None:
    found = read({**DAYS, "incidents/2021-03-06.json": b'[{"type": "mess'})
    assert found is not None
    assert [entry.status for entry in found.entries if isinstance(entry, Outcome)] == ["failed"]
    assert sum(isinstance(entry, Page) for entry in found.entries) == 2


@pytest.mark.parametrize("users", [None, b"", b"{", {"a": 1}, [[]]])
def test_without_users_their_messages_still_say_who(users: object) -> None:
    found = read(DAYS, lists={"users.json": users})
    assert found is not None
    thread = found.entries[0]
    assert isinstance(thread, Page)
    assert thread.text.endswith("Guest Person: thanks")
    assert "somebody: Checkout is down & @somebody" in thread.text


def test_half_a_listing_swallows_nothing() -> None:
    found = read({"ops/2021-03-04.json": [said("1614852301.0", f"```{LONG}\n# no heading\n*bold*")]})
    assert found is not None
    [entry] = found.entries
    assert isinstance(entry, Page)
    assert "```" not in entry.text
    assert entry.text.endswith("\n # no heading\nbold")


def test_a_zip_without_slack_files_is_none() -> None:
    assert read(DAYS, lists={"users.json": None, "channels.json": None}) is None
    assert read({}) is None


def test_a_bomb_among_the_days_is_an_attack() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.json", "[]")
        archive.writestr("ops/2021-03-04.json", b"[" + b" " * 50_000_000 + b"]")
    with pytest.raises(Unreadable, match="bomb"):
        read_export(file.getvalue(), source="s.zip", most_bytes=100_000_000, most_items=10)
