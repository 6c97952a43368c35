"""Issues of GitHub and GitLab as JSON, in all the shapes that people save them in."""

import json

import pytest

from ingest.exports import Export, read_export
from ingest.people import mask
from ingest.types import Outcome, Page

REST = {
    "url": "https://api.github.com/repos/acme/shop/issues/7", "html_url": "https://github.com/acme/shop/issues/7",
    "id": 1, "number": 7, "title": "Post-mortem: checkout", "state": "closed", "locked": False,
    "user": {"login": "jdoe", "type": "User"}, "assignees": [{"login": "blee"}], "assignee": None,
    "labels": [{"name": "postmortem"}, {"name": "db, pool"}, "plain", None], "milestone": None,
    "created_at": "2021-03-04T10:22:33Z", "closed_at": None, "comments": 2,
    "body": "<!-- template -->\r\n# Impact\r\n\r\nAll of [checkout](https://x.example). cc @priya-r\r\n\r\n```js\n// @Override\n```\r\n",
}  # fmt: skip
PULL = {**REST, "number": 8, "pull_request": {"url": "https://api.github.com/repos/acme/shop/pulls/8"}}
EMPTY = {
    **REST,
    "number": 9,
    "body": None,
    "html_url": "https://github.com/acme/shop/issues/9",
    "user": None,
    "labels": None,
}
CLI = {
    "number": 7, "title": "Checkout", "body": "", "url": "https://github.com/acme/shop/issues/7",
    "author": {"id": "U_1", "is_bot": False, "login": "jdoe", "name": "Jane Doe"}, "labels": [{"id": "L", "name": "db"}],
    "createdAt": "2021-03-04T10:22:33Z", "state": "CLOSED",
    "comments": [
        {"author": {"login": "priya"}, "body": "# Cause\nA limit.", "createdAt": "2021-03-05T00:00:00Z", "isMinimized": False},
        {"author": {"login": "spam"}, "body": "buy", "isMinimized": True},
        {"author": {"login": "stale[bot]"}, "body": "This is stale"},
        {"author": None, "body": "gone but said"}, {"author": {"login": "x"}, "body": None}, "nonsense",
    ],
}  # fmt: skip
GITLAB = {
    "id": 76, "iid": 3, "project_id": 4, "title": "Outage", "description": "It was *down*.", "state": "closed",
    "web_url": "https://gitlab.com/acme/shop/-/issues/3", "author": {"username": "jdoe", "name": "Jane Doe", "state": "blocked"},
    "labels": ["incident", "severity::1"], "created_at": "2021-03-04T10:22:33.000Z",
    "notes": [{"body": "assigned to @priya", "system": True, "author": {"username": "jdoe"}},
              {"body": "Fixed by @priya", "system": False, "author": {"username": "blee"}, "created_at": "2021-03-05T10:00:00Z"},
              {"note": "as the project export has it", "author": {"name": "Bob Lee"}}],
}  # fmt: skip


def read(value: object, most_items: int = 100) -> Export | None:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_export(body, source="i.json", most_bytes=50_000_000, most_items=most_items)


def entries(value: object, most_items: int = 100) -> list[Page | Outcome]:
    found = read(value, most_items)
    assert found is not None
    return list(found.entries)


def test_github_as_its_interface_lists_it() -> None:
    page, pull, empty, broken, nameless = entries([REST, PULL, EMPTY, None, {"number": None}])
    assert page == Page(
        title="Post-mortem: checkout",
        text="# Impact\n\nAll of checkout. cc @priya-r\n\n```js\n// @Override\n```",
        id="7",
        kind="post-mortem",
        url="https://github.com/acme/shop/issues/7",
        published="2021-03-04",
        tags=("postmortem", "db pool", "plain"),
        people=("jdoe", "blee", "priya-r"),
    )
    told = [(entry.status, entry.error) for entry in (pull, empty, broken, nameless) if isinstance(entry, Outcome)]
    assert told == [
        ("skipped", "i.json, item 2: it is a pull request and no issue"),
        ("skipped", "i.json, item 3: there is no text in it"),
        ("failed", "i.json, item 4: it is not an object"),
        ("failed", "i.json, item 5: it has no number or no title"),
    ]


def test_github_as_its_command_line_tool_writes_it() -> None:
    [page] = entries([CLI])
    assert page == Page(
        title="Checkout",
        text="## Comment by @priya, 2021-03-05\n\n### Cause\n\nA limit.\n\n## Comment\n\ngone but said",
        id="7",
        url="https://github.com/acme/shop/issues/7",
        published="2021-03-04",
        tags=("db",),
        people=("Jane Doe\njdoe", "priya", "x"),
    )


def test_gitlab() -> None:
    [page] = entries([GITLAB])
    assert page == Page(
        title="Outage",
        text="It was *down*.\n\n## Comment by @blee, 2021-03-05\n\nFixed by @priya\n\n## Comment by Bob Lee\n\nas the project export has it",
        id="3",
        kind="post-mortem",
        url="https://gitlab.com/acme/shop/-/issues/3",
        published="2021-03-04",
        tags=("incident", "severity::1"),
        people=("Jane Doe\njdoe", "blee", "Bob Lee", "priya"),
    )


@pytest.mark.parametrize(
    "body",
    [
        [REST, REST], {"total_count": 2, "incomplete_results": False, "items": [REST, REST]},
        json.dumps([REST]).encode() + json.dumps([REST]).encode(), json.dumps(REST).encode() + b"\n" + json.dumps(REST).encode(),
        b"\xef\xbb\xbf" + json.dumps([REST, REST]).encode(), json.dumps([REST, REST]).encode("utf-16"),
        [[REST], [REST]], {"data": {"repository": {"issues": {"nodes": [REST, REST]}}}},
    ],
    ids=["list", "search", "paginated", "lines", "bom", "utf-16", "slurped", "graphql"],
)  # fmt: skip
def test_lists_in_all_their_wrappings(body: object) -> None:
    found = read(body)
    assert found is not None
    assert found.format == "GitHub issues"
    assert [entry.id for entry in found.entries] == ["7", "7"]


@pytest.mark.parametrize("label", ["incident", "Post-Mortem", "postmortem", "outage", "type: incident", "kind::outage"])
def test_a_label_tells_the_kind(label: str) -> None:
    plain_words = {"title": "Slow", "description": "It was slow.", "body": "It was slow."}
    for issue in ({**REST, **plain_words, "labels": [{"name": label}]}, {**GITLAB, **plain_words, "labels": [label]}):
        assert [entry.kind for entry in entries([issue]) if isinstance(entry, Page)] == ["post-mortem"]


def test_a_type_tells_the_kind_and_another_label_does_not() -> None:
    plain_words = {"title": "Slow", "description": "It was slow.", "body": "It was slow.", "labels": ["incidental"]}
    github = [{**REST, **plain_words, "type": kind} for kind in ({"name": "Incident"}, {"name": "Bug"}, None)]
    assert [entry.kind for entry in entries(github) if isinstance(entry, Page)] == ["post-mortem", None, None]
    gitlab = [{**GITLAB, **plain_words, "issue_type": name} for name in ("incident", "issue")]
    gitlab.append({**GITLAB, **plain_words, "type": "INCIDENT"})
    found = [entry.kind for entry in entries(gitlab) if isinstance(entry, Page)]
    assert found == ["post-mortem", None, "post-mortem"]


def test_the_last_change_is_told() -> None:
    for issue, key in ((REST, "updated_at"), (CLI, "updatedAt"), (GITLAB, "updated_at")):
        [page] = entries([{**issue, key: "2021-04-05T10:22:33Z"}])
        assert isinstance(page, Page)
        assert (page.published, page.updated) == ("2021-03-04", "2021-04-05")


def test_people_of_an_issue_can_be_masked() -> None:
    body = "Jane Doe saw it.\n\n> @jdoe wrote\n\n<jane@example.com> and `@priya`"
    [page] = entries([{**CLI, "body": body}])
    assert isinstance(page, Page)
    assert mask(page.text, page.people).startswith(
        "Person A saw it.\n\n> Person A wrote\n\n<[e-mail]> and `Person B`\n\n## Comment by Person B"
    )


def test_one_issue_is_a_list_of_one() -> None:
    assert [entry.id for entry in entries(CLI)] == ["7"]


def test_many_issues_are_bounded() -> None:
    found = entries([{**REST, "number": number} for number in range(100_000)], most_items=500)
    assert len(found) == 501
    assert isinstance(found[500], Outcome)


def test_odd_values_break_nothing_and_cost_their_own_entry_at_most() -> None:
    odd: list[object] = [None, True, 7, 1.5, "x", [], {}, [None], [{"a": [1]}], {"name": None}]
    for issue in (REST, CLI, GITLAB):
        good = entries([issue, issue])
        for key in REST.keys() | CLI.keys() | GITLAB.keys():
            for value in odd:
                assert entries([issue, issue, {**issue, key: value}])[:2] == good, (key, value)
