"""Incidents of PagerDuty and Statuspage, and post-mortem reports."""

import json
from typing import Any

import pytest

from ingest.exports import Export, read_export
from ingest.types import Outcome, Page

STATUS: dict[str, Any] = {
    "id": "x0ljvc9m1wxj", "name": "Sending trouble", "status": "resolved", "impact": "major", "page_id": "p",
    "created_at": "2019-02-20T12:00:19.418-06:00", "resolved_at": None, "shortlink": "https://stspg.io/7a0d3a4d2",
    "components": [{"id": "c", "name": "Mail, outgoing"}, {"id": "d", "name": "API"}],
    "incident_updates": [
        {"status": "resolved", "body": "This is resolved.", "created_at": "2019-02-20T13:40:58-06:00", "display_at": None},
        {"status": "in_progress", "body": "We <b>look</b> &amp; wait.", "created_at": "2019-02-20T12:32:43-06:00"},
        {"status": "postmortem", "body": None, "created_at": "2019-02-21T12:00:00-06:00"},
        None,
    ],
}  # fmt: skip
PAGE = {"id": "p", "name": "Acme Mail", "url": "https://status.acme.example", "time_zone": "America/Chicago"}
PAGER: dict[str, Any] = {
    "incident_number": 1234, "id": "PT4KHLK", "type": "incident", "title": "CPU high", "description": "CPU high", "summary": "[#1234] CPU high",
    "created_at": "2015-10-06T21:30:42Z", "resolved_at": "2015-10-06T22:00:00Z", "status": "resolved", "urgency": "high",
    "html_url": "https://acme.pagerduty.com/incidents/PT4KHLK", "service": {"id": "S", "type": "service_reference", "summary": "Shop"},
    "priority": None, "assignments": [{"at": "2015-10-06T21:30:42Z", "assignee": {"type": "user_reference", "summary": "Earline Greenholt"}}],
    "log_entries": [
        {"type": "resolve_log_entry", "summary": "Resolved by Jane Doe.", "created_at": "2015-10-06T22:00:00Z",
         "agent": {"type": "user_reference", "summary": "Jane Doe"}},
        {"type": "trigger_log_entry", "summary": "Triggered through the API.", "created_at": "2015-10-06T21:30:42Z",
         "agent": {"type": "service_reference", "summary": "Shop"}, "channel": None},
        None, {"summary": None},
    ],
    "notes": [{"id": "N", "content": "The pool ran dry.\n\nRaised it.", "user": {"type": "user_reference", "summary": "Jane Doe"},
               "created_at": "2015-10-06T21:50:00Z"}],
}  # fmt: skip
REPORT: dict[str, Any] = {
    "id": "PM1", "title": "Checkout outage", "owner": "Jane Doe", "started_at": "2021-03-04T10:00:00Z",
    "overview": "Checkout was <b>down</b>.", "root_cause": "A limit.", "impact": "Nobody could pay.", "what_went_well": None,
    "timeline": [{"created_at": "2021-03-04T10:02:00Z", "description": "Alarm", "user": {"name": "Priya Rao"}}, None],
    "action_items": ["Raise the limit", {"title": "Alert on it", "owner": {"name": "Bob Lee"}}, None],
}  # fmt: skip


def read(value: object, most_items: int = 100) -> Export | None:
    return read_export(json.dumps(value).encode(), source="i.json", most_bytes=50_000_000, most_items=most_items)


def entries(value: object) -> list[Page | Outcome]:
    found = read(value)
    assert found is not None
    return list(found.entries)


def test_a_statuspage() -> None:
    [page] = entries({"page": PAGE, "incidents": [STATUS]})
    assert page == Page(
        title="Sending trouble",
        text="Impact: major\nAffected: Mail outgoing, API\n\n"
        "## 2019-02-20 18:32 UTC, in progress\n\nWe look & wait.\n\n## 2019-02-20 19:40 UTC, resolved\n\nThis is resolved.",
        id="x0ljvc9m1wxj",
        kind="post-mortem",
        url="https://stspg.io/7a0d3a4d2",
        organization="Acme Mail",
        published="2019-02-20",
        tags=("mail outgoing", "api"),
    )


def test_statuspage_in_other_wrappings() -> None:
    for value in ([STATUS, STATUS], {"incidents": [STATUS, STATUS]}, {"page": None, "incidents": [STATUS, STATUS]}):
        assert [entry.organization for entry in entries(value) if isinstance(entry, Page)] == [None, None]
    several = [{"page": PAGE, "incidents": [STATUS]}, {"page": {"name": "Other"}, "incidents": [STATUS]}]
    assert [entry.organization for entry in entries(several) if isinstance(entry, Page)] == ["Acme Mail", "Other"]


def test_a_maintenance_is_no_post_mortem_and_a_post_mortem_is_kept() -> None:
    [maintenance] = entries([{**STATUS, "impact": "maintenance", "components": None}])
    assert isinstance(maintenance, Page)
    assert maintenance.kind is None
    [told] = entries([{**STATUS, "postmortem_body": "<p>Why it was.</p>"}])
    assert isinstance(told, Page)
    assert told.text.endswith("## Post-mortem\n\nWhy it was.")


def test_a_post_mortem_that_is_published_as_an_update_stands_once() -> None:
    update = {"status": "postmortem", "body": "<p>Why  it was.</p>", "created_at": "2019-02-21T12:00:00-06:00"}
    for other in ("Why it was.", "Read why."):
        updates = [*STATUS["incident_updates"], {**update, "body": other}]
        [page] = entries([{**STATUS, "incident_updates": updates, "postmortem_body": "<p>Why  it was.</p>"}])
        assert isinstance(page, Page)
        assert page.text.count("Why it was.") == 1
        assert ("Read why." in page.text) == (other == "Read why.")


def test_pagerduty() -> None:
    [page] = entries({"incidents": [PAGER], "limit": 25, "offset": 0, "more": False})
    assert page == Page(
        title="CPU high",
        text="Service: Shop\nUrgency: high\nOpened: 2015-10-06 21:30 UTC\nResolved: 2015-10-06 22:00 UTC\n\n"
        "## Course\n\n- 2015-10-06 21:30 UTC: Triggered through the API.\n- 2015-10-06 22:00 UTC: Resolved by Jane Doe.\n\n"
        "## Comment by Jane Doe, 2015-10-06 21:50 UTC\n\nThe pool ran dry.\n\nRaised it.",
        id="PT4KHLK",
        kind="post-mortem",
        url="https://acme.pagerduty.com/incidents/PT4KHLK",
        published="2015-10-06",
        tags=("shop",),
        people=("Earline Greenholt", "Jane Doe"),
    )


def test_an_alarm_of_which_nothing_is_told_is_skipped() -> None:
    bare = {key: value for key, value in PAGER.items() if key not in ("log_entries", "notes")}
    [entry] = entries({"incidents": [bare]})
    assert isinstance(entry, Outcome)
    assert (entry.status, entry.error) == ("skipped", "i.json, item 1: nothing is told of it but its title")


def test_a_post_mortem_report() -> None:
    for value in ({"postmortem_reports": [REPORT]}, [REPORT], REPORT):
        assert entries(value) == [
            Page(
                title="Checkout outage",
                text="## Overview\n\nCheckout was down.\n\n## Impact\n\nNobody could pay.\n\n## Contributing factors\n\nA limit.\n\n"
                "## Timeline\n\n- 2021-03-04 10:02 UTC: Alarm\n\n## Action items\n\n- Raise the limit\n- Alert on it",
                id="PM1",
                kind="post-mortem",
                published="2021-03-04",
                people=("Jane Doe", "Priya Rao", "Bob Lee"),
            )
        ]


GENERIC: dict[str, Any] = {
    "id": "P1", "type": "post_mortem_report", "self": "https://api.example/p/1", "html_url": "https://acme.example/p/1",
    "created_at": "2021-03-04T10:00:00Z", "updated_at": "2021-03-06T10:00:00Z", "status": "published", "status_code": 200,
    "owner": {"id": "U1", "type": "user_reference", "summary": "Iris West"}, "scribe": "Barry Allen",
    "created_by": {"name": "Cisco Ramon", "email": "cramon@star.example"}, "team": {"id": "T", "type": "team_reference", "summary": "Payments"},
    "sections": [
        {"id": "S1", "type": "section", "created_at": "2021-03-04T11:00:00Z", "title": "Impact", "content": "Iris West saw payments fail."},
        {"id": "S2", "type": "section", "name": "What we know", "body": [{"id": 7, "text": "One cause."}, "Another."]},
    ],
    "customer_notice": {"id": "N", "type": "notice", "sent_at": "2021-03-04T12:00:00Z", "wording": "We are sorry for it."},
}  # fmt: skip


def test_a_report_of_another_form_is_told_without_what_only_tools_need() -> None:
    [page] = entries({"post_mortems": [GENERIC]})
    assert page == Page(
        text="## Impact\n\nIris West saw payments fail.\n\n## What we know\n\nOne cause.\n\nAnother.\n\n"
        "## Customer notice\n\n#### Wording\n\nWe are sorry for it.",
        id="P1",
        kind="post-mortem",
        url="https://acme.example/p/1",
        published="2021-03-04",
        updated="2021-03-06",
        people=("Iris West", "Barry Allen", "Cisco Ramon\ncramon@star.example"),
    )
    assert entries(GENERIC) == [page]


@pytest.mark.parametrize("kind", ["report", None])
def test_a_report_need_not_say_what_it_is(kind: str | None) -> None:
    sections = {"Background": "A pool ran dry.", "Root cause": "A limit that nobody knew."}
    [page] = entries([{**GENERIC, "type": kind, "title": "Payments", "sections": sections}])
    assert isinstance(page, Page)
    assert page.text.startswith("## Background\n\nA pool ran dry.\n\n## Root cause\n\nA limit that nobody knew.")
    assert (page.title, page.kind) == ("Payments", "post-mortem")


def test_a_reference_to_its_incident_is_not_the_report() -> None:
    [page] = entries([{**GENERIC, "incident": {"id": "I", "type": "incident_reference", "summary": "Payments down"}}])
    assert isinstance(page, Page)
    assert (page.id, page.title) == ("P1", "Payments down")


def test_odd_values_break_nothing_and_cost_their_own_entry_at_most() -> None:
    odd: list[object] = [
        None,
        True,
        7,
        1.5,
        "x",
        [],
        {},
        [None],
        [{"a": [1]}],
        {"name": None},
        "2021-13-45T99:00",
        "0001-01-01T00:00+14:00",
    ]
    for incident in (STATUS, PAGER, REPORT, GENERIC):
        good = entries([incident, incident])
        for key in incident:
            for value in odd:
                assert entries([incident, incident, {**incident, key: value}])[:2] == good, (key, value)
    for key in STATUS["incident_updates"][0]:
        for value in odd:
            spoilt = {**STATUS, "incident_updates": [{**STATUS["incident_updates"][0], key: value}]}
            found = entries([STATUS, spoilt])
            assert (found[:1], len(found)) == (entries([STATUS]), 2), (key, value)
