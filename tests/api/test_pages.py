"""The web pages: the right thing first, safe to show, and usable without JavaScript."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Lessonry
from corpus.errors import EncoderMissing
from tests.fakes import at_our_pages, opened, stored

URL = "http://127.0.0.1"

CERTIFICATE = """## What happened

The certificate of the router expired on Friday. Two hundred sites went dark.

## What to learn

Put an alarm on each certificate that will expire."""
BACKUP = """## What happened

The disk was full and the backup was empty when the crew tried to restore it.

## What to learn

A backup counts once somebody could restore it."""


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> Iterator[TestClient]:
    with TestClient(create_app(lessonry), base_url=URL) as made:
        yield at_our_pages(made)


@pytest.fixture
def ids(lessonry: Lessonry) -> dict[str, str]:
    """Four lessons about two subjects, and a collection with one of them."""
    made = {
        "certificate": stored(
            lessonry, "The certificate nobody renewed", CERTIFICATE, kind="post-mortem", organization="Acme & Sons",
            published="2021-05", tags=("certificate", "network"), url="https://example.org/certificate", language="en",
        ),
        "reminder": stored(
            lessonry, "Certificates expire on a known date", "A certificate will expire. Write that down for the crew.",
            kind="lesson", published="2019", tags=("certificate",),
        ),
        "backup": stored(
            lessonry, "An empty backup", BACKUP, kind="post-mortem", organization="Umbra", published="2020-02-29",
            tags=("storage",),
        ),
        "clock": stored(lessonry, "A leap second", "The clock of the valve took a leap second badly.", kind="guidance"),
    }  # fmt: skip
    lessonry.corpus.collections.create("Short reads", description="For the train.")
    lessonry.corpus.collections.add("short-reads", made["backup"], "Read it before your next restore.")
    lessonry.corpus.collections.add("short-reads", made["clock"])
    lessonry.indexer.catch_up()
    return made


def page(client: TestClient, path: str, status: int = 200, **params: object) -> BeautifulSoup:
    answer = client.get(path, params=params or None)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return BeautifulSoup(answer.text, "lxml")


def words(element: Tag | None) -> str:
    assert element is not None
    return " ".join(element.get_text().split())


def links(soup: BeautifulSoup | Tag, selector: str) -> dict[str, str]:
    return {words(link): str(link["href"]) for link in soup.select(selector)}


def query(href: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(href).query)


def test_the_best_hit_is_first_marked_and_leads_to_its_passage(client, lessonry, ids):
    soup = page(client, "/", q="restore the backup")
    first = soup.select(".hits .hit")[0]
    link = first.select_one("h2 a")
    assert words(link) == "An empty backup"
    assert {mark.get_text().lower() for mark in first.select(".snippet mark")} <= {"restore", "backup"}
    assert first.select(".snippet mark")
    assert words(first.select_one(".kind")) == "post-mortem"
    assert words(first.select_one("time")) == "29 February 2020"
    passages = {passage.id for passage in lessonry.corpus.documents.passages(ids["backup"])}
    path, _, anchor = str(link["href"]).partition("#p")
    assert path == f"/documents/{ids['backup']}"
    assert int(anchor) in passages
    assert soup.select_one("#main h1").get_text() == "Results for restore the backup"
    assert soup.select_one("input[name=q]")["value"] == "restore the backup"


def test_the_reasons_of_a_hit_add_up_to_its_score(client, ids):
    soup = page(client, "/", q="restore the backup")
    for hit in soup.select(".hit"):
        *parts, total = [float(amount.get_text()) for amount in hit.select(".why .amount")]
        assert sum(parts) == pytest.approx(total, abs=0.011)
    assert {mark.get_text() for mark in soup.select(".hit")[0].select(".why mark")} == {"restore", "backup"}
    only_words = page(client, "/", q="restore the backup", mode="keyword").select(".hit .why")[0]
    assert [words(term) for term in only_words.select("dt")] == ["Words", "Score"]


def test_filters_keep_the_question_and_can_be_taken_back(client, ids):
    soup = page(client, "/", q="certificate", mode="semantic", since="2015")
    lesson = next(href for words_, href in links(soup, ".facets a").items() if words_.startswith("lesson"))
    assert query(lesson) == {"q": ["certificate"], "mode": ["semantic"], "since": ["2015"], "kind": ["lesson"]}
    filtered = page(client, lesson)
    assert [words(title) for title in filtered.select(".hit h2")] == ["Certificates expire on a known date"]
    on = filtered.select_one(".facets a[aria-current]")
    assert words(on.select_one(".value")) == "lesson"
    assert query(str(on["href"])) == {"q": ["certificate"], "mode": ["semantic"], "since": ["2015"]}
    chips = links(filtered, ".chips a")
    assert query(chips["Remove the filter since 2015×"]) == {
        "q": ["certificate"], "mode": ["semantic"], "kind": ["lesson"],
    }  # fmt: skip
    assert query(chips["Clear all"]) == {"q": ["certificate"], "mode": ["semantic"]}
    hidden = {one["name"]: one["value"] for one in filtered.select(".top input[type=hidden]")}
    assert hidden == {"mode": "semantic", "kind": "lesson", "since": "2015"}


def test_a_year_is_a_filter_from_its_first_day_to_its_last(client, ids):
    year = next(href for label, href in links(page(client, "/documents"), ".facets a").items() if label == "2020 1")
    assert query(year) == {"since": ["2020"], "until": ["2020"]}
    soup = page(client, year)
    assert [words(title) for title in soup.select(".hit h2")] == ["An empty backup"]
    assert links(soup, ".chips a") == {"Remove the filter of 2020×": "/documents"}


def test_an_organization_with_an_ampersand_survives_its_link(client, ids):
    soup = page(client, "/documents")
    acme = next(href for label, href in links(soup, ".facets a").items() if label.startswith("Acme"))
    assert query(acme) == {"organization": ["Acme & Sons"]}
    assert len(page(client, acme).select(".hit")) == 1


def test_pages_of_results_follow_each_other(client, lessonry):
    for number in range(23):
        stored(lessonry, f"Disk {number}", f"The disk was full for the {number}th time.")
    seen: list[str] = []
    href = "/?q=disk+full"
    for hits in (10, 10, 3):
        soup = page(client, href)
        titles = [words(title) for title in soup.select(".hit h2")]
        assert len(titles) == hits
        seen += titles
        following = soup.select_one(".pager a[rel=next]")
        href = str(following["href"]) if following else ""
    assert not href
    assert len(set(seen)) == 23
    back = page(client, str(soup.select_one(".pager a[rel=prev]")["href"]))
    assert [words(title) for title in back.select(".hit h2")] == seen[10:20]
    first = page(client, str(back.select_one(".pager a[rel=prev]")["href"]))
    assert [words(title) for title in first.select(".hit h2")] == seen[:10]


def test_browsing_goes_on_where_it_stopped(client, lessonry):
    for number in range(25):
        stored(lessonry, f"Disk {number}", f"The disk was full for the {number}th time.")
    soup = page(client, "/documents")
    more = page(client, str(soup.select_one(".pager a[rel=next]")["href"]))
    titles = [words(title) for one in (soup, more) for title in one.select(".hit h2")]
    assert len(titles) == len(set(titles)) == 25


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"q": "disk", "since": "yesterday"}, "since: 'yesterday' is no date"),
        ({"q": "disk", "until": "2020-13"}, "until: '2020-13' is no date"),
        ({"q": "disk", "kind": "poem"}, "kind: 'poem'"),
        ({"q": "disk", "mode": "psychic"}, "mode: 'psychic'"),
        ({"q": "disk " * 5000}, "the query has"),
        ({"q": "disk", "cursor": "nonsense"}, "cursor"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_why(client, ids, params, said):
    soup = page(client, "/", 422, **params)
    assert said in words(soup.select_one(".notice.error"))
    assert soup.select_one("input[name=q]")


def test_nothing_found_shows_ways_out(client, ids):
    soup = page(client, "/", q="certificate", mode="keyword", tag="storage")
    ways = links(soup, ".empty a")
    assert query(ways["Search without the filters"]) == {"q": ["certificate"], "mode": ["keyword"]}
    assert query(ways["Search by meaning and by words"]) == {"q": ["certificate"], "tag": ["storage"]}


def test_filters_without_a_question_lead_to_the_documents(client, ids):
    answer = client.get("/", params={"q": " ", "kind": "lesson", "since": ""}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/documents?kind=lesson")


def test_the_start_shows_what_there_is_and_examples_that_work(client, ids):
    soup = page(client, "/")
    assert words(soup.select_one(".counts")).startswith("4 documents 2 post-mortems")
    assert links(soup, ".card a") == {"Short reads": "/collections/short-reads"}
    assert len(soup.select(".briefs .brief")) == 4
    for href in links(soup, ".examples a").values():
        page(client, href)


def test_the_start_of_an_empty_home_says_how_to_begin(client):
    soup = page(client, "/")
    assert "/add" in links(soup, ".empty a").values()
    assert not soup.select(".examples")
    page(client, "/documents")
    page(client, "/collections")
    page(client, "/jobs")


def test_a_document_shows_its_passages_and_what_bears_on_it(client, lessonry, ids):
    soup = page(client, f"/documents/{ids['certificate']}")
    assert words(soup.h1) == "The certificate nobody renewed"
    for passage in lessonry.corpus.documents.passages(ids["certificate"]):
        assert soup.select_one(f".prose #p{passage.id}, .prose [id=p{passage.id}]") is not None
    assert [words(heading) for heading in soup.select(".prose h2")] == ["What happened", "What to learn"]
    source = soup.select_one(".source a")
    assert (source["href"], source["rel"]) == ("https://example.org/certificate", ["noopener", "noreferrer"])
    related = soup.select(".related article")
    assert words(related[0].h3) == "Certificates expire on a known date"
    assert "certificate" in words(related[0].select(".because dd")[0]).lower()
    assert words(related[0].select(".because dd")[1]) == "A certificate will expire."
    assert str(related[0].h3.a["href"]).startswith(f"/documents/{ids['reminder']}#p")
    assert soup.select_one("meta[name=citation_title]")["content"] == "The certificate nobody renewed"
    data = json.loads(soup.select_one('script[type="application/ld+json"]').string)
    assert data["datePublished"] == "2021-05"
    assert data["sourceOrganization"]["name"] == "Acme & Sons"


def test_a_document_tells_its_collections_and_a_collection_its_notes(client, ids):
    assert links(page(client, f"/documents/{ids['backup']}"), ".links a") == {"Short reads": "/collections/short-reads"}
    soup = page(client, "/collections/short-reads")
    assert [words(title) for title in soup.select(".curated h3")] == ["An empty backup", "A leap second"]
    assert [words(note) for note in soup.select(".curated .said")] == ["Read it before your next restore."]


def test_what_authors_write_is_shown_and_never_obeyed(client, lessonry):
    bad = '<script>alert("x")</script>'
    text = f"{bad} ![](https://evil.example/dot.png) [go](javascript:alert(1)) [home](https://example.org)"
    stored(lessonry, f"disk {bad}", text, url="javascript:alert(2)", organization=bad, tags=(bad,))
    made = lessonry.corpus.documents.page(limit=1)[0].id
    lessonry.corpus.collections.create(bad, slug="bad", description=bad)
    lessonry.corpus.collections.add("bad", made, bad)
    for path in (f"/documents/{made}", "/?q=disk", "/documents", "/collections", "/collections/bad", "/", f"/?q={bad}"):
        soup = page(client, path)
        scripts = [one for one in soup.select("script") if one.get("type") != "application/ld+json"]
        assert all(one.get("src", "").startswith("/static/") and not one.string for one in scripts), path
        assert not soup.select('img, iframe, [onerror], [onclick], a[href^="javascript"]'), path
    soup = page(client, f"/documents/{made}")
    assert words(soup.h1) == f"disk {bad}"
    assert 'alert("x")' in words(soup.select_one(".prose"))
    assert links(soup, ".prose a[href]") == {"home": "https://example.org"}
    assert json.loads(soup.select_one('script[type="application/ld+json"]').string)["headline"] == f"disk {bad}"


def test_pages_ask_nothing_of_other_sites_and_carry_no_inline_code(client, ids):
    paths = ["/", "/?q=certificate", "/documents", f"/documents/{ids['certificate']}", "/collections", "/docs"]
    for path in [*paths, "/collections/short-reads", "/add", "/jobs"]:
        answer = client.get(path)
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        soup = BeautifulSoup(answer.text, "lxml")
        for element in soup.select("[src], link[href]"):
            assert str(element.get("src") or element.get("href")).startswith("/"), (path, element)
        for link in soup.select("a[href]"):
            assert str(link["href"])[0] in "/#" or link["rel"] == ["noopener", "noreferrer"], (path, link)
        assert not soup.select("style, [style], [onclick], [onload]"), path
        for sheet in soup.select("link[rel=stylesheet]"):
            own = client.get(sheet["href"])
            assert own.status_code == 200
            assert own.text.count("url(") == own.text.count('url("fonts/')
            assert "@import" not in own.text


def test_pages_have_landmarks_and_every_field_its_label(client, ids):
    paths = ["/", "/?q=certificate", "/documents", f"/documents/{ids['certificate']}", "/collections", "/docs"]
    for path in [*paths, "/collections/short-reads", "/add", "/jobs", "/documents/nope"]:
        soup = BeautifulSoup(client.get(path).text, "lxml")
        assert soup.html["lang"] == "en"
        assert len(soup.select("main#main")) == len(soup.select("h1")) == 1, path
        assert soup.select_one("a.skip")["href"] == "#main"
        assert soup.title.string.strip()
        found = [str(element["id"]) for element in soup.select("[id]")]
        assert len(found) == len(set(found)), path
        labelled = {label["for"] for label in soup.select("label[for]")}
        for field in soup.select("input:not([type=hidden]), select, textarea"):
            assert field["id"] in labelled, (path, field)


def test_a_document_is_readable_without_its_encoder(client, lessonry, ids):
    lessonry.encoder.broken = EncoderMissing("some-model", "it is not here")
    soup = page(client, f"/documents/{ids['certificate']}")
    assert "The certificate of the router expired" in words(soup.select_one(".prose"))
    assert "cannot open the model" in words(soup.select_one(".beside"))
    degraded = page(client, "/", q="certificate expired")
    assert "keywords only" in words(degraded.select_one(".notice"))
    assert degraded.select(".hit")


@pytest.mark.parametrize("path", ["/documents/nope", "/collections/nope", "/jobs/nope"])
def test_what_is_not_there_has_a_page_of_its_own(client, path):
    soup = page(client, path, 404)
    assert words(soup.h1).startswith("There is no such")


def ended(client: TestClient, path: str) -> BeautifulSoup:
    """The page of a job once it has ended, as a reader without JavaScript comes to see it."""
    for _ in range(400):
        soup = page(client, path)
        if not soup.select("noscript meta[http-equiv=refresh]"):
            return soup
        assert soup.select("progress")
        time.sleep(0.025)
    raise AssertionError("the job did not end")


def test_a_text_is_added_and_found(client):
    answer = client.post(
        "/add/text",
        data={"title": "A new lesson", "text": "The queue was full.", "kind": "lesson"},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    soup = ended(client, answer.headers["location"])
    assert words(soup.select_one(".state")) == "Done"
    (href,) = [href for label, href in links(soup, ".outcomes a").items() if label == "A new lesson"]
    document = page(client, href)
    assert words(document.select_one(".document .kind")) == "lesson"
    assert words(page(client, "/", q="queue full").select(".hit h2")[0]) == "A new lesson"
    assert "A new lesson" in links(page(client, "/jobs"), ".outcomes a")


def test_a_file_is_uploaded_and_found(client):
    body = b"# Valve stuck\n\nThe valve was stuck and no alarm rang for the crew."
    answer = client.post(
        "/add/file", files={"file": ("valve.md", body, "text/markdown")}, data={"kind": ""}, follow_redirects=False
    )
    assert answer.status_code == 303
    soup = ended(client, answer.headers["location"])
    assert "Valve stuck" in links(soup, ".outcomes a")


def test_an_address_that_is_refused_says_so(client):
    answer = client.post("/add/url", data={"url": "http://127.0.0.1:9/x"}, follow_redirects=False)
    soup = ended(client, answer.headers["location"])
    assert words(soup.select_one(".state")) == "Failed"
    assert "127.0.0.1" in words(soup.select_one(".notice.error"))


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("/add/url", {"url": ""}, "give the address"),
        ("/add/url", {"url": "ftp://example.org/x"}, "http:// or https://"),
        ("/add/url", {"url": "https://example.org", "kind": "poem"}, "choose one of the kinds"),
        ("/add/text", {"title": "", "text": "something"}, "title and a text"),
        ("/add/text", {"title": "T" * 301, "text": "something"}, "300 characters"),
        ("/add/file", {}, "choose a file"),
    ],
)
def test_a_mistake_in_a_form_is_shown_beside_what_was_given(client, path, data, said):
    answer = client.post(path, data=data)
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.text, "lxml")
    form = soup.select_one(f'form[action="{path}"]')
    assert said in words(form.select_one(".notice.error"))
    assert len(soup.select(".notice.error")) == 1
    for name in ("url", "title"):
        if data.get(name):
            assert form.select_one(f"[name={name}]")["value"] == data[name]


def test_a_file_larger_than_allowed_is_refused_in_words(tmp_path):
    with (
        opened(tmp_path / "home", max_bytes=1000) as lessonry,
        TestClient(create_app(lessonry), base_url=URL) as client,
    ):
        answer = at_our_pages(client).post("/add/file", files={"file": ("big.txt", b"x" * 2000)})
        assert answer.status_code == 413
        assert "larger than the limit" in words(BeautifulSoup(answer.text, "lxml").select_one(".notice.error"))


def test_a_server_for_others_offers_no_forms(tmp_path):
    settings = {"host": "0.0.0.0", "public_read": True}  # never bound here
    with opened(tmp_path / "home", **settings) as lessonry, TestClient(create_app(lessonry), base_url=URL) as client:
        soup = page(client, "/add")
        assert not soup.select("form[method=post]")
        assert client.post("/add/text", data={"title": "a", "text": "b"}).status_code == 401


def test_a_browser_can_search_from_its_address_bar(client):
    href = page(client, "/").select_one("link[rel=search]")["href"]
    answer = client.get(href)
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")
    root = ElementTree.fromstring(answer.text)
    url = root.find("{http://a9.com/-/spec/opensearch/1.1/}Url")
    assert url.attrib == {"type": "text/html", "template": f"{URL}/?q={{searchTerms}}"}


def test_the_reference_names_every_operation(client):
    spec = client.get("/openapi.json").json()
    soup = page(client, "/docs")
    shown = {words(heading) for heading in soup.select(".operation h2")}
    wanted = {f"{method.upper()} {path}" for path, item in spec["paths"].items() for method in item}
    assert shown == wanted
    search = soup.select_one(f"#{spec['paths']['/v1/search']['get']['operationId']}")
    assert [words(cell) for cell in search.select_one("tbody tr").find_all(["th", "td"])] == [
        "q", "query", "string", "required",
    ]  # fmt: skip
    assert "curl 'http://127.0.0.1/v1/search?q=expired+certificate'" in words(search)


def test_results_without_any_of_the_words_say_so(client: TestClient, ids: dict[str, str]) -> None:
    assert "none of these words occurs" in client.get("/?q=qwertz").text
    assert "none of these words" not in client.get("/?q=certificate").text


def test_a_page_that_is_gone_says_so_and_what_others_said_of_it_is_escaped(lessonry, client):
    one = stored(lessonry, "Gone", "It burnt.", url="https://a.example/x", summary="A <script>fire</script> it was.")
    lessonry.corpus.documents.mark_gone(one, "2026-01-02")
    lessonry.corpus.aliases.add("https://b.example/copy", one, "the same text")
    found = page(client, f"/documents/{one}")
    assert "since 2026-01-02" in found.select_one(".notice").get_text()
    assert found.select_one(".notice a")["href"] == "https://web.archive.org/web/https://a.example/x"
    assert found.select_one(".summary blockquote").get_text(strip=True) == "A <script>fire</script> it was."
    assert [link["href"] for link in found.select("section[aria-labelledby=also-at] a")] == ["https://b.example/copy"]
    told = client.get(f"/v1/documents/{one}").json()
    assert (told["gone"], told["aliases"]) == ("2026-01-02", ["https://b.example/copy"])
    assert client.get("/v1/check", params={"url": "http://b.example/copy/"}).json()["document"]["id"] == one


def test_what_is_typed_as_a_filter_is_a_chip_that_can_be_taken_away(client, ids):
    soup = page(client, "/", q='certificate "will expire" -network kind:lesson', tag="certificate")
    assert [words(title) for title in soup.select(".hit h2")] == ["Certificates expire on a known date"]
    chips = {label: query(href) for label, href in links(soup, ".chips a").items()}
    assert chips["Remove the filter “will expire”×"]["q"] == ["certificate -network kind:lesson"]
    assert chips["Remove the filter without network×"]["q"] == ['certificate "will expire" kind:lesson']
    assert chips["Remove the filter lesson×"] == {"q": ['certificate "will expire" -network'], "tag": ["certificate"]}
    assert chips["Remove the filter certificate×"] == {"q": ['certificate "will expire" -network kind:lesson']}
    assert chips["Clear all"] == {"q": ["certificate will expire"]}
    assert soup.select_one("input[name=q]")["value"] == 'certificate "will expire" -network kind:lesson'
    on = [words(one) for one in soup.select(".facets a[aria-current] .value")]
    assert on == ["lesson", "certificate"]
    kind = next(href for label, href in links(soup, ".facets a").items() if label.startswith("lesson"))
    assert query(kind)["q"] == ['certificate "will expire" -network']


def test_a_query_of_filters_lists_documents_without_scores(client, ids):
    soup = page(client, "/", q="tag:certificate")
    assert [words(title) for title in soup.select(".hit h2")] == [
        "The certificate nobody renewed", "Certificates expire on a known date",
    ]  # fmt: skip
    assert "latest published first" in words(soup.select_one(".found-head"))
    assert not soup.select(".why")


def test_a_slip_is_offered_mended_and_notes_are_shown(client, ids):
    soup = page(client, "/", q="certifcate knd:lesson", mode="semantic")
    link = soup.select_one(".meant a")
    assert words(link) == "certificate knd:lesson"
    assert query(str(link["href"])) == {"q": ["certificate knd:lesson"], "mode": ["semantic"]}
    assert "did you mean kind:?" in words(soup.select_one(".notice.note"))


def test_the_reasons_name_each_word_and_where_it_stands(client, ids):
    soup = page(client, "/", q="restore the backup kind:post-mortem")
    why = soup.select(".hit")[0].select_one(".why")
    rows = {words(row.th): words(row.td) for row in why.select("tr")}
    assert rows["backup"] == "title, text"
    assert rows["restore"] == "text"
    shares = [float(share.get_text()) for share in why.select(".share")]
    assert sum(shares) == pytest.approx(float(why.select_one(".amount").get_text()), abs=0.008)
    assert "post-mortem" in words(why.select_one(".sum .reckoned"))


@pytest.mark.parametrize("path", ["/", "/?q=certificate", "/documents"])
def test_the_whole_language_stands_beside_the_box(client, ids, path):
    help = page(client, path).select_one("form.search details.help")
    text = words(help)
    assert len(help.select("dt")) == 6
    for sign in ('"leap second"', "-dns", "kind:", "org:", "tag:", "tech:", "in:", "after:", "before:"):
        assert sign in text
