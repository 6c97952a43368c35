"""The pages of the life of a lesson, without JavaScript: every form goes there and comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Lessonry
from tests.fakes import at_our_pages, opened, stored

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home", record_empty_queries=True) as made:
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> Iterator[TestClient]:
    with TestClient(create_app(lessonry), base_url="http://127.0.0.1") as made:
        yield at_our_pages(made)


@pytest.fixture
def document(lessonry: Lessonry) -> str:
    return stored(lessonry, "Disks", "The disk was full. Nobody saw the alarm.")


def soup(answer) -> Tag:
    return BeautifulSoup(answer.text, "html.parser")


def words(element: Tag | None) -> str:
    return " ".join(element.get_text(" ").split()) if element else ""


def filled(form: Tag) -> dict[str, str]:
    """What a browser would send of a form."""
    said = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    said.update({field["name"]: field.get_text() for field in form.select("textarea[name]")})
    for field in form.select("select[name]"):
        chosen = field.select_one("option[selected]") or field.select_one("option")
        said[field["name"]] = chosen.get("value", chosen.get_text())
    return said


def test_an_edit_is_saved_shown_and_undone(client, document):
    form = soup(client.get(f"/documents/{document}")).select_one(f'form[action="/documents/{document}/edit"]')
    said = filled(form) | {"title": "Full disks", "tags": "storage, alarms", "state": "reviewed", "owner": SCRIPT}
    answer = client.post(form["action"], data=said)
    page = soup(answer)
    assert words(page.h1) == "Full disks"
    assert SCRIPT not in answer.text
    assert "reviewed" in words(page.select_one(".facts"))
    undo = page.select_one(f'form[action="/documents/{document}/undo"]')
    client.post(undo["action"], data=filled(undo))
    found = client.get(f"/v1/documents/{document}").json()
    assert [found[name] for name in ("title", "tags", "state", "owner")] == ["Disks", [], None, None]


def test_an_edit_that_cannot_be_says_why_and_changes_nothing(client, document):
    for said, line in (
        ({"title": "", "state": "draft"}, "title"),
        ({"state": "finished"}, "state"),
        ({"review_by": "soon"}, "YYYY-MM-DD"),
        ({"state": "superseded", "superseded_by": document}, "its own place"),
    ):
        answer = client.post(f"/documents/{document}/edit", data=said, headers={"accept": "text/html"})
        assert answer.status_code in (409, 422), said
        page = soup(answer)
        assert line in words(page.select_one("details[open] [role=alert]"))
        typed = filled(page.select_one(f'form[action="/documents/{document}/edit"]'))
        assert typed.items() >= said.items() - {("state", "finished")}  # which is none of the choices
    assert client.get(f"/v1/documents/{document}").json()["state"] is None


def test_an_action_item_that_cannot_be_says_why_and_keeps_what_was_typed(client, document):
    said = {"what": "Add an alarm.", "who": "Ada", "due": "soon"}
    answer = client.post(f"/documents/{document}/actions", data=said)
    page = soup(answer)
    assert answer.status_code == 422
    assert "YYYY-MM-DD" in words(page.select_one("details[open] [role=alert]"))
    assert filled(page.select_one(f'form[action="/documents/{document}/actions"]')).items() >= said.items()
    settled = client.post(f"/documents/{document}/actions/1", data={"state": "finished"})
    assert settled.status_code == 422


def test_a_removed_document_can_be_brought_back(client, document):
    client.post(f"/v1/documents/{document}/actions", json={"text": "Add an alarm"})
    page = soup(client.post(f"/documents/{document}/remove"))
    assert client.get(f"/v1/documents/{document}").status_code == 404
    undo = page.select_one(f'form[action="/documents/{document}/bring-back"]')
    shown = soup(client.post(undo["action"], data=filled(undo)))
    assert words(shown.h1) == "Disks"
    assert "Add an alarm" in words(shown.select_one(".action-items"))


def test_action_items_are_written_and_settled_on_the_page(client, document):
    client.post(f"/documents/{document}/actions", data={"what": f"Add an alarm {SCRIPT}", "who": "Ada"})
    page = soup(client.get(f"/documents/{document}"))
    assert words(page.select_one(".action-items li p")) == f"Add an alarm {SCRIPT}"
    assert "1 open action" in words(page.select_one(".facts"))
    done = next(form for form in page.select(".action-items form") if words(form).startswith("Done"))
    page = soup(client.post(done["action"], data=filled(done)))
    assert page.select_one(".action-items li")["class"] == ["done"]
    assert client.post(f"/documents/{document}/actions", data={"what": " "}).status_code == 422


def test_still_true_settles_a_lesson_in_one_click(client, lessonry, document):
    other = stored(lessonry, "Newer", "The disk was full.")
    client.patch(f"/v1/documents/{document}", json={"state": "verified", "review_by": "2020-01-01"})
    page = soup(client.get("/still-true"))
    assert "Its review is due, since 1 January 2020" in words(page.main)
    form = page.select_one("form.successor")
    client.post(form["action"], data=filled(form) | {"superseded_by": other})
    assert client.get(f"/v1/documents/{document}").json()["superseded_by"] == other
    assert "Nothing is in doubt" in words(soup(client.get("/still-true")).main)
    client.patch(f"/v1/documents/{other}", json={"state": "verified", "review_by": "2020-01-01"})
    form = soup(client.get("/still-true")).select_one(f'form[action="/documents/{other}/still-true"]')
    assert "Nothing is in doubt" in words(soup(client.post(form["action"], data=filled(form))).main)


def test_a_superseded_document_leads_to_its_successor(client, lessonry, document):
    new = stored(lessonry, "Newer", "The disk was full. Delete old logs.")
    client.patch(f"/v1/documents/{document}", json={"superseded_by": new})
    page = soup(client.get(f"/documents/{document}"))
    assert page.select_one(f'.standing a[href="/documents/{new}"]')
    assert "Disks" in words(soup(client.get(f"/documents/{new}")).select_one("section[aria-labelledby=stands]"))
    hits = soup(client.get("/", params={"q": "disk full"})).select(".hits > li")
    assert [words(hit.h2) for hit in hits] == ["Newer", "Disks"]
    assert "superseded" in words(hits[1].select_one(".facts"))


def test_a_moment_is_three_fields_and_a_mistake_keeps_what_was_typed(client):
    form = soup(client.get("/moment")).select_one('form[action="/moment"]')
    assert [field["name"] for field in form.select("textarea")] == ["happened", "learned", "audience"]
    wrong = soup(client.post("/moment", data=filled(form) | {"happened": SCRIPT, "learned": " ", "url": "x"}))
    assert words(wrong.select_one("[role=alert]"))
    assert wrong.select_one("textarea[name=happened]").get_text() == SCRIPT
    said = {"happened": "The clock stopped.", "learned": "Watch the clock.", "audience": SCRIPT}
    made = client.post("/moment", data=filled(form) | said)
    page = soup(made)
    assert words(page.h1) == "Watch the clock"
    assert "draft" in words(page.select_one(".facts"))
    assert SCRIPT not in made.text
    assert words(soup(client.get("/", params={"q": "clock"})).select_one(".hits h2")) == "Watch the clock"


def test_a_verdict_is_counted_once_a_browser_and_leads_back(client, document):
    page = soup(client.get("/", params={"q": "disk full"}))
    form = page.select_one("form.verdict")
    said = filled(form) | {"verdict": "useful"}
    answer = client.post(form["action"], data=said, follow_redirects=False)
    assert answer.headers["location"] == f"/?q=disk+full#verdict-{document}"
    assert page.select_one(f"#verdict-{document}.thanks")
    client.post(form["action"], data=said)
    assert client.get(f"/v1/documents/{document}").json()["feedback"]["useful"] == 1
    away = client.post("/feedback", data=said | {"next": "//evil.example"}, follow_redirects=False)
    assert away.headers["location"] == f"/#verdict-{document}"
    assert client.post("/feedback", data=said | {"verdict": "great"}).status_code == 422


def test_gaps_are_told_from_a_poor_page_counted_and_closed(client, document):
    page = soup(client.get("/", params={"q": "Flying  carpets"}))
    form = page.select_one("form.tell")
    assert client.post(form["action"], data=filled(form), follow_redirects=False).headers["location"].endswith("#told")
    page = soup(client.get("/gaps"))
    assert words(page.select_one(".doubts h2")) == "Flying carpets"
    assert "1 person told" in words(page.select_one(".doubts"))
    assert "Found nothing 1 time" in words(page.select_one(".doubts"))
    form = page.select_one(".doubts form.successor")
    client.post(form["action"], data=filled(form) | {"answered_by": document})
    assert "No open gaps" in words(soup(client.get("/gaps")).main)
    assert "Disks" in words(soup(client.get("/gaps?closed=true")).main)


def test_no_query_is_kept_unless_the_setting_asks_for_it(tmp_path: Path):
    with opened(tmp_path) as lessonry, TestClient(create_app(lessonry), base_url="http://127.0.0.1") as client:
        client.get("/v1/search", params={"q": "flying carpets"})
        assert client.get("/v1/gaps").json()["items"] == []


def test_an_item_of_a_collection_can_be_judged(client, document):
    client.post("/v1/collections", json={"slug": "read-first", "title": "Read first"})
    client.post("/v1/collections/read-first/items", json={"document_id": document})
    form = soup(client.get("/collections/read-first")).select_one("form.verdict")
    said = filled(form) | {"verdict": "already-knew"}
    assert said["context"] == "collection"
    answer = client.post(form["action"], data=said, follow_redirects=False)
    assert answer.headers["location"] == f"/collections/read-first#verdict-{document}"
    assert client.get(f"/v1/documents/{document}").json()["feedback"]["already-knew"] == 1


def form_of(client: TestClient, document: str, what: str = "edit") -> dict[str, str]:
    """What the form of a document's page would send."""
    form = soup(client.get(f"/documents/{document}")).select_one(f'form[action="/documents/{document}/{what}"]')
    return filled(form)


def told(client: TestClient, document: str, *names: str) -> list[object]:
    found = client.get(f"/v1/documents/{document}").json()
    return [found[name] for name in names]


def undone(client: TestClient, page: Tag, document: str) -> object:
    form = page.select_one(f'form[action="/documents/{document}/undo"]')
    return client.post(form["action"], data=filled(form))


def test_undo_of_a_state_brings_the_successor_back(client, lessonry, document):
    other = stored(lessonry, "Full disks", "A disk was full again.")
    client.patch(f"/v1/documents/{document}", json={"superseded_by": other})
    page = soup(client.post(f"/documents/{document}/edit", data=form_of(client, document) | {"state": "verified"}))
    assert told(client, document, "state", "superseded_by") == ["verified", None]
    undone(client, page, document)
    assert told(client, document, "state", "superseded_by") == ["superseded", other]


def test_undo_of_a_state_whose_successor_was_removed_meanwhile(client, lessonry, document):
    other = stored(lessonry, "Full disks", "A disk was full again.")
    client.patch(f"/v1/documents/{document}", json={"superseded_by": other})
    page = soup(client.post(f"/documents/{document}/edit", data=form_of(client, document) | {"state": "verified"}))
    client.delete(f"/v1/documents/{other}")
    undone(client, page, document)
    assert told(client, document, "state", "superseded_by") == ["superseded", None]
    assert client.get("/v1/still-true").json()["items"][0]["why"] == "successor gone"


def test_a_document_comes_back_though_its_successor_was_removed(client, lessonry, document):
    other = stored(lessonry, "Full disks", "A disk was full again.")
    client.patch(f"/v1/documents/{document}", json={"superseded_by": other, "owner": "Ada"})
    client.post(f"/documents/{document}/remove")
    client.post(f"/documents/{other}/remove")
    client.post(f"/documents/{document}/bring-back")
    assert told(client, document, "state", "superseded_by", "owner") == ["superseded", None, "Ada"]


def test_undo_leaves_what_somebody_else_changed_since(client, document):
    pages = []
    for owner in ("First", "Second"):
        said = form_of(client, document) | {"owner": owner}
        pages.append(soup(client.post(f"/documents/{document}/edit", data=said)))
    refused = undone(client, pages[0], document)
    assert refused.status_code == 409
    assert "owner was changed again since" in refused.text
    assert told(client, document, "owner") == ["Second"]
    undone(client, pages[1], document)
    assert told(client, document, "owner") == ["First"]
    undone(client, pages[0], document)
    assert told(client, document, "owner") == [None]


def test_two_who_edit_at_once_lose_nothing(client, document):
    mine, theirs = form_of(client, document), form_of(client, document)
    client.post(f"/documents/{document}/edit", data=theirs | {"owner": "Bo", "organization": "Acme"})
    client.post(f"/documents/{document}/edit", data=mine | {"tags": "storage"})  # another field: both stand
    assert told(client, document, "owner", "organization", "tags") == ["Bo", "Acme", ["storage"]]
    refused = client.post(f"/documents/{document}/edit", data=mine | {"owner": "Ann"})
    page = soup(refused)
    assert refused.status_code == 409
    assert "Somebody else changed this" in words(page.select_one("[role=alert]"))
    assert "Bo" in words(page.select_one("details[open] dl"))
    assert told(client, document, "owner") == ["Bo"]
    again = filled(page.select_one(f'form[action="/documents/{document}/edit"]'))
    assert again["owner"] == "Ann"
    client.post(f"/documents/{document}/edit", data=again)
    assert told(client, document, "owner", "organization", "tags") == ["Ann", "Acme", ["storage"]]


@pytest.mark.parametrize("was", ["", "[]", "{", "null", "[" * 9999, '{"owner": []}'])
def test_a_form_that_was_made_from_nonsense_is_taken_as_it_is(client, document, was):
    assert client.post(f"/documents/{document}/edit", data={"was": was, "owner": "Ann"}).status_code == 200
    assert told(client, document, "owner") == ["Ann"]


def test_still_true_is_undone_and_is_not_said_of_what_another_took_the_place_of(client, lessonry, document):
    other = stored(lessonry, "Full disks", "A disk was full again.")
    client.patch(f"/v1/documents/{document}", json={"superseded_by": other})
    refused = client.post(f"/v1/documents/{document}/still-true")
    assert refused.status_code == 409
    assert "took its place" in refused.json()["detail"]
    assert told(client, document, "superseded_by") == [other]
    client.patch(f"/v1/documents/{other}", json={"state": "obsolete"})
    page = soup(client.post(f"/documents/{document}/still-true"))
    assert told(client, document, "state", "superseded_by") == ["reviewed", None]
    back = undone(client, page, document)
    assert told(client, document, "state", "superseded_by") == ["superseded", other]
    assert back.url.path == "/still-true"


def test_what_was_typed_of_a_document_that_was_removed_is_still_there(client, document):
    page = {"accept": "text/html"}
    said = form_of(client, document) | {"owner": "Ann Onymous"}
    client.post(f"/documents/{document}/remove")
    refused = client.post(f"/documents/{document}/edit", data=said, headers=page)
    assert refused.status_code == 404
    assert "Ann Onymous" in refused.text
    refused = client.post(f"/documents/{document}/actions", data={"what": "Buy a larger disk"}, headers=page)
    assert refused.status_code == 404
    assert "Buy a larger disk" in refused.text
