"""The pages of collections without JavaScript: order by buttons, notes, undo, two curators at once, the review queue."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient
from httpx import Response

from api.app import create_app
from api.wiring import Lessonry
from corpus.collection_state import Living, changed, living, sectioned
from tests.fakes import draft, opened, stored

URL = "http://127.0.0.1"
HOSTILE = "<script>alert(1)</script><style>*{}</style>\"'><img src=x onerror=alert(1)>"


class Browser:
    """What a browser without JavaScript does: opens pages, fills forms in, presses their buttons."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.page = BeautifulSoup("", "html.parser")
        self.answer: Response

    def open(self, path: str) -> "Browser":
        return self._shown(self.client.get(path))

    def send(self, to: str, button: tuple[str, str] | None = None, **typed: str) -> "Browser":
        """Send the form of that address, with its fields as the page has them and what is typed."""
        form = self.page.find("form", action=to, method="post")
        assert isinstance(form, Tag), to
        fields: dict[str, list[str]] = {}
        for one in form.select("input[name]:not([type=checkbox])"):
            fields.setdefault(one["name"], []).append(one.get("value", ""))
        for one in form.select("textarea[name]"):
            fields[one["name"]] = [one.text.removeprefix("\n")]
        for one in form.select("select[name]"):
            fields[one["name"]] = [(one.select_one("option[selected]") or one.select_one("option"))["value"]]
        fields |= {name: [value] for name, value in [*typed.items(), *([button] if button else [])]}
        return self._shown(self.client.post(to, data=fields))

    def _shown(self, answer: Response) -> "Browser":
        self.answer, self.page = answer, BeautifulSoup(answer.text, "html.parser")
        return self

    def titles(self, within: str = ".item h3 a, .curated h3 a") -> list[str]:
        return [one.text for one in self.page.select(within)]

    @property
    def text(self) -> str:
        return " ".join(self.page.main.text.split()) if self.page.main else ""


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        yield made


@pytest.fixture
def browser(lessonry: Lessonry) -> Browser:
    return Browser(TestClient(create_app(lessonry), base_url=URL))


@pytest.fixture
def ids(lessonry: Lessonry) -> dict[str, str]:
    made = {name: stored(lessonry, name, f"The disk of {name}.") for name in "abcd"}
    lessonry.corpus.collections.create("Reader")
    for name in "abc":
        lessonry.corpus.collections.add("reader", made[name], f"why {name}")
    return made


def test_a_collection_is_made_from_a_search_and_ordered_by_buttons(lessonry, browser, ids):
    browser.open("/?q=disk").send("/collections", title="About disks")
    assert browser.answer.url.path == "/collections/about-disks/edit"
    order = browser.titles()
    assert set(order) == set("abcd")
    last = lessonry.corpus.documents.find(f"test:{order[-1]}").id
    browser.send(f"/collections/about-disks/items/{last}/move", ("step", "up"))
    assert browser.titles() == [*order[:2], order[3], order[2]]
    browser.send(f"/collections/about-disks/items/{last}/note", note="Read *this*.")
    browser.open("/collections/about-disks")
    assert browser.titles() == [*order[:2], order[3], order[2]]
    assert browser.page.select(".said em")[0].text == "this"


def test_what_is_removed_can_be_undone(browser, ids):
    browser.open("/collections/reader/edit").send(f"/collections/reader/items/{ids['b']}/remove")
    assert (browser.titles(), "Removed “b”." in browser.text) == (["a", "c"], True)
    browser.send("/collections/reader/restore")
    assert browser.titles() == ["a", "b", "c"]
    browser.send("/collections/reader/delete")
    assert "The collection was deleted." in browser.text
    browser.send("/collections/reader/restore")
    assert browser.titles() == ["a", "b", "c"]
    browser.open("/collections/reader/history")
    assert "deleted the collection" in browser.text


def test_sections_are_made_renamed_and_given_up(browser, ids):
    browser.open("/collections/reader/edit").send("/collections/reader/sections", name="Cases")
    browser.send(f"/collections/reader/items/{ids['c']}/move", ("step", "down"))
    assert [one["data-section"] for one in browser.page.select("[data-section]") if one.select(".item")] == [
        "",
        "Cases",
    ]
    browser.send("/collections/reader/sections", ("action", "rename"), name="Stories")
    assert browser.open("/collections/reader").page.select("h2.section")[0].text == "Stories"
    browser.open("/collections/reader/edit").send("/collections/reader/sections", ("action", "remove"))
    assert [one["data-section"] for one in browser.page.select("[data-section]")] == [""]
    assert browser.titles() == ["a", "b", "c"]


def test_two_curators_at_once_and_neither_loses_what_was_written(lessonry, browser, ids):
    other = Browser(browser.client)
    action = f"/collections/reader/items/{ids['a']}/note"
    browser.open("/collections/reader/edit")
    other.open("/collections/reader/edit")
    other.send(action, note="By Ada")
    browser.send(action, note="By Grace")
    assert browser.answer.status_code == 409
    assert lessonry.corpus.collections.items("reader")[0].note == "By Ada"
    assert [one.text.strip() for one in browser.page.select("textarea")] == ["By Ada", "By Grace"]
    browser.send(action, note="By Ada and Grace")
    assert lessonry.corpus.collections.items("reader")[0].note == "By Ada and Grace"
    # what does not touch the same thing is no conflict
    browser.open("/collections/reader/edit")
    other.open("/collections/reader/edit").send(f"/collections/reader/items/{ids['b']}/move", ("step", "up"))
    browser.send(action, note="Still mine")
    assert (browser.answer.status_code, browser.titles()) == (200, ["b", "a", "c"])
    # nor is it lost where the document was taken out
    browser.open("/collections/reader/edit")
    other.send(f"/collections/reader/items/{ids['a']}/remove")
    browser.send(action, note="Long and thoughtful")
    assert browser.answer.status_code == 409
    assert "Long and thoughtful" in browser.page.select_one("#note").text
    # or removed altogether
    browser.open("/collections/reader/edit")
    lessonry.corpus.documents.remove(ids["c"])
    browser.send(f"/collections/reader/items/{ids['c']}/note", note="As long")
    assert browser.answer.status_code == 409
    assert "As long" in browser.page.select_one("#note").text
    assert "removed from Lessonry" in browser.page.text


def test_two_curators_who_describe_at_once(lessonry, browser, ids):
    other = Browser(browser.client)
    browser.open("/collections/reader/edit")
    other.open("/collections/reader/edit").send("/collections/reader", title="By Ada", curators="Ada, Grace")
    browser.send("/collections/reader", title="By Grace", description="Words")
    assert browser.answer.status_code == 409
    assert browser.page.select_one("#their-title").text.strip() == "By Ada"
    assert browser.page.select_one("#title").text.strip() == "By Grace"
    browser.send("/collections/reader", title="By both")
    found = lessonry.corpus.collections.get("reader")
    assert (found.title, found.description) == ("By both", "Words")


def test_an_item_that_was_removed_while_it_was_moved(browser, ids):
    other = Browser(browser.client)
    browser.open("/collections/reader/edit")
    other.open("/collections/reader/edit").send(f"/collections/reader/items/{ids['b']}/remove")
    browser.send(f"/collections/reader/items/{ids['b']}/move", ("step", "up"))
    assert browser.answer.status_code == 404
    assert "somebody took that document out meanwhile" in browser.text
    assert browser.titles() == ["a", "c"]


def test_documents_come_in_by_address_and_from_their_page(browser, ids):
    browser.open("/collections/reader/edit").send("/collections/reader/items", document="nothing")
    assert (browser.answer.status_code, "no document of that id" in browser.text) == (422, True)
    assert browser.page.select_one("#document")["value"] == "nothing"
    browser.send("/collections/reader/items", document=f"{URL}/documents/{ids['d']}")
    assert browser.titles() == ["a", "b", "c", "d"]
    browser.open(f"/documents/{ids['d']}").send("/add-to-collection", title="Another")
    assert (browser.answer.url.path, browser.titles()) == ("/collections/another/edit", ["d"])


def test_what_waits_is_accepted_refused_and_taken_back(lessonry, browser, ids):
    browser.open("/review")
    assert "No collection looks out for more" in browser.text
    browser.open("/collections/reader/edit").send("/collections/reader/living", query="disk")
    assert (browser.answer.url.path, browser.titles(".queue h2 a")) == ("/review", ["d"])
    assert browser.page.select_one(".queue textarea").text.strip().startswith("Found by “disk”: The disk of d.")
    browser.send(f"/review/reader/{ids['d']}", ("verdict", "refuse"))
    assert ("“d” was refused." in browser.text, browser.titles(".queue h2 a")) == (True, [])
    browser.send(f"/review/reader/{ids['d']}", ("verdict", "again"))
    assert browser.titles(".queue h2 a") == ["d"]
    browser.send(f"/review/reader/{ids['d']}", ("verdict", "accept"), note="Because.")
    assert "“d” is in Reader." in browser.text
    assert lessonry.corpus.collections.items("reader")[-1].note == "Because."
    again = browser.client.post(
        f"/review/reader/{ids['d']}", data={"verdict": "accept"}, headers={"accept": "text/html"}
    )
    assert again.status_code in (403, 404, 422)


def test_a_note_that_is_too_long_is_kept_for_its_curator(browser, ids):
    browser.open("/collections/reader/edit")
    browser.send(f"/collections/reader/items/{ids['a']}/note", note="x" * 20_001)
    assert (browser.answer.status_code, "20,000 is the most" in browser.text) == (422, True)
    assert browser.page.select_one(f"#n-{ids['a']}").text.strip() == "x" * 20_001
    browser.open("/collections").send("/collections", title=" ")
    assert (browser.answer.status_code, "give the collection a title" in browser.text) == (422, True)


def test_nothing_that_is_typed_runs(lessonry, browser):
    made = stored(lessonry, HOSTILE, f"The disk {HOSTILE}")
    wanted = stored(lessonry, f"Other {HOSTILE}", f"Another disk {HOSTILE}")
    lessonry.corpus.collections.create(HOSTILE, slug="bad", description=HOSTILE, who=HOSTILE[:100])
    lessonry.corpus.collections.add("bad", made, HOSTILE, section=HOSTILE[:100])
    browser.open("/collections/bad/edit").send("/collections/bad/living", query="disk")
    assert wanted in browser.answer.text
    for path in ("", "/edit", "/print", "/history"):
        browser.open(f"/collections/bad{path}")
        assert browser.answer.status_code == 200
        _harmless(browser.page)
    for path in ("/collections", "/review", f"/documents/{made}", "/?q=disk"):
        _harmless(browser.open(path).page)
    browser.open("/collections/bad/edit")
    lessonry.corpus.collections.change("bad", changed(made, note="x"))
    browser.send(f"/collections/bad/items/{made}/note", note=HOSTILE)
    assert browser.answer.status_code == 409
    _harmless(browser.page)


def _harmless(page: BeautifulSoup) -> None:
    assert not page.select("style, img[onerror], [style], [onclick]")
    assert all(
        one.get("src", "").startswith("/static/") for one in page.select("script:not([type='application/ld+json'])")
    )


def test_a_long_collection_is_shown_in_pages(lessonry, browser, ids):
    with lessonry.corpus.db.write():
        for number in range(120):
            one = draft(f"D{number}", "disk")
            lessonry.corpus.documents.put(one, [])
            lessonry.corpus.collections.add("reader", one.id)
    browser.open("/collections/reader")
    assert len(browser.titles()) == 100
    browser.open("/collections/reader" + browser.page.select_one("a[rel=next]")["href"])
    assert (len(browser.titles()), browser.page.select_one(".curated li")["value"]) == (23, "101")


def test_what_is_not_there(browser):
    for path in ("", "/edit", "/print", "/history"):
        browser.open(f"/collections/nothing{path}")
        assert browser.answer.status_code == 404


@pytest.mark.parametrize("action", ["", "ADD", "sideways"])
def test_an_arrangement_that_there_is_not_moves_no_section(browser, lessonry, ids, action):
    lessonry.corpus.collections.change("reader", sectioned(["Cases", "Rules"], {}))
    browser.open("/collections/reader/edit").send("/collections/reader/sections", ("action", action), section="Cases")
    assert browser.answer.status_code == 422
    assert lessonry.corpus.collections.get("reader").sections == ("Cases", "Rules")


@pytest.mark.parametrize(("name", "said"), [("Rules", "'Rules' already"), ("  ", "give the section a name")])
def test_a_section_is_not_renamed_onto_another_or_to_nothing(browser, lessonry, ids, name, said):
    lessonry.corpus.collections.change("reader", sectioned(["Cases", "Rules"], {}))
    browser.open("/collections/reader/edit")
    browser.send("/collections/reader/sections", ("action", "rename"), section="Cases", name=name)
    assert (browser.answer.status_code, said in browser.text) == (422, True)
    assert lessonry.corpus.collections.get("reader").sections == ("Cases", "Rules")


@pytest.mark.parametrize("verdict", ["", "ACCEPT", "yes"])
def test_a_verdict_that_there_is_not_decides_nothing(browser, lessonry, ids, verdict):
    lessonry.corpus.collections.change("reader", living(Living("Leap")))
    lessonry.living.look("reader")
    waiting = lessonry.corpus.reviews.count("reader")
    document = lessonry.corpus.reviews.waiting("reader", limit=1)[0].document.id
    browser.open("/review?collection=reader").send(f"/review/reader/{document}", ("verdict", verdict))
    assert browser.answer.status_code == 422
    assert waiting == lessonry.corpus.reviews.count("reader") > 0


HTML = {"accept": "text/html"}
LONG = "A long note. " * 1600


def sent(browser: Browser, to: str, **fields: str | list[str]) -> dict[str, list[str]]:
    """What the forms of the answer hold, by the name of the field, after such a form was refused."""
    csrf = browser.open("/collections").page.select_one("meta[name=csrf]")["content"]
    browser._shown(browser.client.post(to, data={"csrf": csrf, **fields}, headers=HTML))
    assert browser.answer.status_code in (404, 409, 422), browser.answer.status_code
    held: dict[str, list[str]] = {}
    for one in browser.page.select("main input[name], main textarea[name]"):
        text = one.text.removeprefix("\n") if one.name == "textarea" else one.get("value", "")
        held.setdefault(one["name"], []).append(text)
    return held


@pytest.mark.parametrize(
    ("to", "fields"),
    [
        ("/collections", {"title": "Reader", "description": "Why", "query": "disk", "document_id": ["one", "two"]}),
        ("/add-to-collection", {"title": "Reader", "document_id": "{a}"}),
        ("/collections/reader/items", {"document": "nothing", "note": "Because", "section": "Cases"}),
        ("/collections/reader/items", {"document": "{d}", "note": LONG}),
        ("/collections/reader/sections", {"action": "add", "name": "x" * 121}),
        ("/collections/reader/sections", {"action": "sideways", "name": "Cases"}),
        ("/collections/reader/living", {"query": "disk", "examples": "nothing", "against": "nobody"}),
        ("/collections/reader", {"title": "New", "description": "Much to say"}),
        ("/collections/reader/items/{a}/note", {"note": "Because"}),
        ("/collections/gone", {"version": "1", "title": "New", "description": "Much to say"}),
        ("/collections/gone/items/{a}/note", {"version": "1", "note": "Because"}),
        ("/review/reader/{a}", {"verdict": "accept", "note": LONG}),
        ("/review/reader/{a}", {"verdict": "perhaps", "note": "Because"}),
        ("/settings/people", {"name": "Ann"}),
    ],
)
def test_what_was_typed_into_a_form_that_is_refused_is_still_there(browser, lessonry, ids, to, fields):
    told = {name: value.format(**ids) if isinstance(value, str) else value for name, value in fields.items()}
    held = sent(browser, to.format(**ids), **told)
    for name, value in told.items():
        if value:
            wanted = [value] if isinstance(value, str) else value
            assert [one.strip() for one in held[name] if one.strip() in {text.strip() for text in wanted}] == [
                text.strip() for text in wanted
            ], name


def test_a_button_that_is_refused_shows_no_form(browser, ids):
    sent(browser, "/review/reader/nothing", verdict="accept", note="")
    assert (browser.page.select("main form"), "wait any more" in browser.text) == ([], True)
