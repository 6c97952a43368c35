"""search(Query): what is found, in which order, how much of it, and what is said when something is missing."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from corpus.errors import BadQuery, EncoderMissing, IndexDamaged, NotFound
from corpus.types import Filter, PassageText
from search import searcher as searcher_module
from search import words as words_module
from search.types import MODES, Mode, Query, Results
from tests.fakes import Home, draft

DOCUMENTS = {
    "Certificate": (
        "The certificate expired at night and the router refused it.",
        {"kind": "post-mortem", "organization": "Navy", "tags": ("tls",), "published": "2019"},
    ),
    "Leap": (
        "A leap second: the clock ran ahead. ERR-4711-X in the log.",
        {"kind": "lesson", "organization": "Army", "tags": ("time", "tls"), "published": "2020-06"},
    ),
    "Valve": (
        "The valve stuck and the crew saw no alarm.",
        {"kind": "guidance", "organization": "Navy", "tags": (), "published": "2021-01-05"},
    ),
    "Disk": (
        "The disk was full and the queue with it.",
        {"kind": "lesson", "organization": None, "tags": ("Storage",), "published": None},
    ),
    "Backup": (
        "Restore a backup before the disk is needed.",
        {"kind": "guidance", "organization": "Army", "tags": ("Storage", "time"), "published": "2020"},
    ),
    "Unknown": (
        "Nothing of which the encoder knows a word: 4711 bananas.",
        {"kind": "lesson", "organization": "Navy", "tags": ("time",), "published": "2018-12-31"},
    ),
}


@pytest.fixture
def stocked(home: Home) -> Home:
    for name, (text, fields) in DOCUMENTS.items():
        home.put(name, text, **fields)
    home.corpus.collections.create("Reader")
    for document in home.corpus.documents.page(Filter(kind=("guidance",)), limit=9):
        home.corpus.collections.add("reader", document.id)
    home.indexer.catch_up()
    return home


def ask(home: Home, text: str, mode: Mode = "hybrid", **fields: object) -> Results:
    return home.searcher.search(Query(text=text, mode=mode, **fields))  # type: ignore[arg-type]


def titles(results: Results) -> list[str]:
    return [hit.document.title for hit in results.hits]


def answer(results: Results) -> list[tuple[str, int, float, str]]:
    return [(hit.document.id, hit.passage.id, hit.score, hit.snippet) for hit in results.hits]


def test_each_mode_means_what_it_says(stocked: Home) -> None:
    assert titles(ask(stocked, "certificates expiring", "keyword")) == ["Certificate"]  # by stems
    found = ask(stocked, "full disk", "semantic").hits
    assert [hit.document.title for hit in found[:2]] == ["Disk", "Backup"]
    assert len(found) == len(DOCUMENTS)
    # Titles are part of what is encoded: Disk = disk*2 full queue, Backup = backup*2 restore disk
    assert found[0].explanation.cosine == pytest.approx(3 / (2 * 6) ** 0.5, abs=2e-4)
    assert found[1].explanation.cosine == pytest.approx(1 / (2 * 6) ** 0.5, abs=2e-4)
    hybrid = {hit.document.title: hit for hit in ask(stocked, "full disk").hits}
    assert hybrid["Disk"].score == 1.0
    keyword = {hit.document.title: hit for hit in ask(stocked, "full disk", "keyword").hits}
    expected = 0.5 * keyword["Backup"].score + 0.5 * found[1].score
    assert hybrid["Backup"].score == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("mode", MODES)
def test_a_score_is_the_sum_that_its_explanation_gives(stocked: Home, mode: Mode) -> None:
    for hit in ask(stocked, "the crew restored a backup of the router and 4711", mode, explain=True).hits:
        told = hit.explanation
        total = told.keyword_weight * (told.bm25_normalised or 0) + told.semantic_weight * (told.cosine_normalised or 0)
        assert hit.score == pytest.approx(total, abs=2e-6)
        assert (told.bm25_normalised is None) == (mode == "semantic")
        assert (told.cosine_normalised is None) == (mode == "keyword")
        words = f"{hit.document.title} {hit.document.text}".lower()
        assert all(term[:6] in words for term in told.terms)
        assert "4711" not in told.terms or "4711" in words


def test_an_exact_identifier_comes_first(stocked: Home) -> None:
    stocked.put("Clock", "clock clock clock")  # of all the nearest to the one word that the encoder knows
    assert titles(ask(stocked, "clock ERR-4711-X", "semantic"))[0] == "Clock"
    assert titles(ask(stocked, "clock ERR-4711-X"))[0] == "Leap"
    assert titles(ask(stocked, "disk disk disk full queue ERR-4711-X", "keyword"))[0] == "Leap"


def test_who_has_the_whole_query_to_the_letter_comes_first(stocked: Home) -> None:
    """Others have its words more often, and stand nearer in meaning."""
    stocked.put(
        "Other", "router expired, certificate expired, router expired. " * 3, title="Expired certificate router"
    )
    stocked.put("Log", "x509: the router certificate has expired. " + "Nothing to do with it, bananas. " * 20)
    assert titles(ask(stocked, "certificate has expired", "semantic"))[0] != "Log"
    for mode in ("keyword", "hybrid"):
        first, second = ask(stocked, "Certificate has expired", mode).hits[:2]  # type: ignore[arg-type]
        assert (first.document.title, first.explanation.exact) == ("Log", 1.0)
        assert second.explanation.exact == 0.0
    first = ask(stocked, "what is ERR-4711-X of a router certificate").hits[0]
    assert (first.document.title, first.explanation.exact) == ("Leap", pytest.approx(1 / 3))
    inside = ask(stocked, "certificate has expired", wanted=Filter(kind=("guidance",)))
    assert all(hit.explanation.exact == 0.0 for hit in inside.hits)


def test_nothing_of_a_search_goes_on_when_it_has_failed(stocked: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []

    def fail(text: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(stocked.searcher, "_matches", lambda *_: (time.sleep(0.2), ended.append(True)))
    monkeypatch.setattr(stocked.encoder, "encode_query", fail)
    with pytest.raises(ZeroDivisionError):
        stocked.searcher.search(Query(text="valve"))
    assert ended == [True]


def test_what_is_near_has_its_words_counted_where_their_list_was_cut_off(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By words the long one is the last of four; by meaning it is the first."""
    home.put("Long", "The valve. " + "Filler of no meaning. " * 40)
    for number in range(3):
        home.put(f"Short {number}", "The valve, the valve and the disk.")

    right = home.searcher.search(Query(text="valve", mode="keyword")).hits[-1]
    assert right.document.title == "Long"
    monkeypatch.setattr(searcher_module, "_DEPTHS", ((0, 2), (20, 500)))
    found = home.searcher.rank(Query(text="valve", limit=1)).evidence
    assert [one.bm25 for one in found.values() if one.cosine == 1] == [right.explanation.bm25]


def test_what_a_question_means_is_asked_once(stocked: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    encode_query = stocked.encoder.encode_query
    monkeypatch.setattr(stocked.encoder, "encode_query", lambda text: (asked.append(text), encode_query(text))[1])
    for query in (
        Query(text="valve"),
        Query(text="valve kind:lesson"),
        Query(text="valve", offset=10),
        Query(text="disk"),
    ):
        stocked.searcher.search(query)
    assert asked == ["valve", "disk"]


@pytest.mark.parametrize("query", ["http_proxy", "which http_proxy was that"])
def test_an_identifier_is_not_its_words(home: Home, query: str) -> None:
    home.put("HTTP proxy", "The HTTP proxy: an http proxy for the HTTP proxy, which was an http proxy.")
    home.put("Letters", "A valve and a disk and a clock, then http_proxy and a router and a queue.")
    hits = home.searcher.search(Query(text=query, mode="keyword")).hits
    exact = {hit.document.title: hit.explanation.exact for hit in hits}
    assert exact["Letters"] == 2 * exact["HTTP proxy"] > 0
    assert hits[0].document.title == "Letters" or " " in query


def test_who_has_the_query_to_the_letter_is_found_behind_any_number_of_others(home: Home) -> None:
    with home.corpus.db.write():
        for number in range(600):
            home.corpus.documents.put(
                draft(f"{number}", "certificate expired"), [PassageText("", "certificate expired")]
            )
    home.put("Log", "Certificate has expired. " + "Much else stands here. " * 30)
    home.indexer.catch_up()
    for mode in ("keyword", "hybrid"):
        assert titles(ask(home, "certificate has expired", mode))[0] == "Log"  # type: ignore[arg-type]


FILTERS: dict[str, tuple[Filter, set[str]]] = {
    "kind": (Filter(kind=("lesson",)), {"Leap", "Disk", "Unknown"}),
    "organization": (Filter(organization=("navy",)), {"Certificate", "Valve", "Unknown"}),
    "tag": (Filter(tag=("storage", "tls")), {"Certificate", "Leap", "Disk", "Backup"}),
    "collection": (Filter(collection="reader"), {"Valve", "Backup"}),
    "since": (Filter(since="2020-05"), {"Leap", "Valve", "Backup"}),
    "until": (Filter(until="2020-05"), {"Certificate", "Backup", "Unknown"}),
    "all": (Filter(kind=("lesson",), organization=("Army",), tag=("time",), since="2020", until="2020"), {"Leap"}),
    "none": (Filter(organization=("Air Force",)), set()),
}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("compacted", [False, True])
def test_a_filter_keeps_what_is_inside_it(stocked: Home, name: str, mode: Mode, compacted: bool) -> None:
    if compacted:
        stocked.indexer.rebuild()
    wanted, inside = FILTERS[name]
    text = "the nothing certificate clock valve disk"  # of each document one word
    found = ask(stocked, text, mode, wanted=wanted)
    assert set(titles(found)) == inside
    assert found.total == len(inside)
    assert (
        titles(found) == [title for title in titles(ask(stocked, text, mode)) if title in inside] or mode != "semantic"
    )
    assert sum(count for _, count in found.facets["kind"]) == len(inside)


def test_facets_count_all_that_was_found_not_only_what_is_shown(stocked: Home) -> None:
    found = ask(stocked, "disk", "semantic", limit=1)
    assert found.total == len(DOCUMENTS)
    assert dict(found.facets["kind"]) == {"lesson": 3, "guidance": 2, "post-mortem": 1}


@pytest.mark.parametrize("mode", MODES)
def test_pages_put_together_are_the_whole_list(stocked: Home, mode: Mode) -> None:
    for number in range(30):
        stocked.put(f"More {number}", f"The valve {'and the disk ' * (number % 4)} {number}.")
    stocked.indexer.catch_up()
    whole = ask(stocked, "valve and disk", mode, limit=100)
    pages = [hit for page in range(9) for hit in ask(stocked, "valve and disk", mode, limit=5, offset=5 * page).hits]
    assert [(hit.document.id, hit.score) for hit in pages] == [(hit.document.id, hit.score) for hit in whole.hits]
    assert len({hit.document.id for hit in pages}) == whole.total
    assert ask(stocked, "valve", mode, offset=10_000).hits == []


def compacted(home: Home) -> Home:
    home.indexer.rebuild()
    return home


def opened_anew(home: Home) -> Home:
    return home.reopened()


def opened_anew_after_compaction(home: Home) -> Home:
    home.indexer.rebuild()
    return home.reopened()


def asked_again(home: Home) -> Home:
    return home


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("again", [asked_again, compacted, opened_anew, opened_anew_after_compaction])
def test_the_same_question_has_the_same_answer(stocked: Home, mode: Mode, again: Callable[[Home], Home]) -> None:
    for number in range(20):
        stocked.put(f"Twin {number}", "The valve and the disk.")  # many ties
    right = answer(ask(stocked, "the disk and the valve: certificate", mode, limit=50))
    assert [(-score, i) for i, _, score, _ in right] == sorted((-score, i) for i, _, score, _ in right)
    with again(stocked) as later:
        for _ in range(3):
            assert answer(ask(later, "the disk and the valve: certificate", mode, limit=50)) == right


@pytest.mark.parametrize("mode", MODES)
def test_a_removed_document_is_gone_at_once_and_a_new_one_there(stocked: Home, mode: Mode) -> None:
    stocked.indexer.rebuild()
    assert titles(ask(stocked, "disk full", mode))[0] == "Disk"
    with Home(stocked.folder) as other:  # another process writes
        other.corpus.documents.remove(other.corpus.documents.page(Filter(tag=("storage",)), limit=9)[0].id)
        other.corpus.documents.remove(other.corpus.documents.page(Filter(tag=("storage",)), limit=9)[0].id)
        other.put("New", "The disk is full again.")
    found = titles(ask(stocked, "disk full", mode))
    assert found[0] == "New"
    assert not {"Disk", "Backup"} & set(found)
    stocked.indexer.rebuild()
    assert titles(ask(stocked, "disk full", mode)) == found


def test_an_index_that_knows_too_much_never_misleads(stocked: Home) -> None:
    """Passages that are in the index and not in the store are dropped, whatever the index says."""
    ghost = stocked.encoder.encode(["The disk was full."])
    held = stocked.index.manifest
    stocked.index.update([99_999], ghost, [], lineage=held.lineage, revision=held.revision)
    assert 99_999 in stocked.index.vectors([99_999])
    for mode in MODES:
        assert set(titles(ask(stocked, "disk full", mode))) <= DOCUMENTS.keys()


@pytest.mark.parametrize("mode", MODES)
def test_without_a_model_keywords_answer_and_it_is_said(stocked: Home, mode: Mode) -> None:
    right = answer(ask(stocked, "full disk", "keyword"))
    stocked.encoder.broken = EncoderMissing("fake", "it is not installed")
    found = ask(stocked, "full disk", mode)
    assert answer(found) == right
    assert (found.degraded is None) == (mode == "keyword")
    if found.degraded:
        assert "it is not installed" in found.degraded
    stocked.encoder.broken = None
    assert ask(stocked, "full disk", mode).degraded is None


def test_without_an_index_keywords_answer_and_it_is_said(stocked: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: object) -> None:
        raise IndexDamaged(stocked.folder, "a disk fault")

    monkeypatch.setattr(stocked.index, "search", damaged)
    found = ask(stocked, "full disk")
    assert titles(found)[0] == "Disk"
    assert "a disk fault" in (found.degraded or "")


def test_what_is_pending_is_said_and_found_by_keywords(stocked: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searcher_module, "_ENCODE_WHILE_ASKED", 2)
    for number in range(5):
        stocked.put(f"New {number}", f"The outage of the queue. {number}")
    first = ask(stocked, "outage")
    assert "3 passages" in (first.degraded or "")
    assert {f"New {number}" for number in range(5)} <= set(titles(first))
    assert "1 passages" in (ask(stocked, "outage").degraded or "")
    assert ask(stocked, "outage").degraded is None


def test_a_query_waits_for_no_one(stocked: Home) -> None:
    """While another thread is busy with the index, what is there answers."""
    stocked.put("New", "The outage.")
    with stocked.indexer._lock:
        found = ask(stocked, "disk full")
        assert titles(found)[0] == "Disk"
    assert titles(ask(stocked, "outage"))[0] == "New"


def test_the_first_query_waits_until_another_thread_has_opened_the_index(
    stocked: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would find nothing by meaning, and not say so."""
    stocked.indexer.catch_up()
    with stocked.reopened() as later, ThreadPoolExecutor() as others:
        opening, go_on, opened = threading.Event(), threading.Event(), later.index.open

        def slowly() -> None:
            opening.set()
            assert go_on.wait(30)
            opened()

        monkeypatch.setattr(later.index, "open", slowly)
        worker = others.submit(later.indexer.catch_up)
        assert opening.wait(30)
        first = others.submit(ask, later, "disk full", "semantic")
        assert wait([first], timeout=0.2).not_done
        go_on.set()
        assert titles(first.result(30))[0] == "Disk"
        worker.result(30)


def test_snippets_mark_the_words_and_are_safe(stocked: Home) -> None:
    stocked.put("Html", "The <b>certificates</b> & <script>alert(1)</script> expired.")
    found = {hit.document.title: hit.snippet for hit in ask(stocked, "certificate", limit=50).hits}
    assert "&lt;b&gt;<mark>certificates</mark>&lt;/b&gt; &amp; &lt;script&gt;" in found["Html"]
    assert "<mark>" not in found["Disk"]
    assert found["Disk"] == "The disk was full and the queue with it."


@pytest.mark.parametrize("text", ["", "   \n", "\t"])
def test_an_empty_query_is_refused(stocked: Home, text: str) -> None:
    with pytest.raises(BadQuery, match="empty"):
        ask(stocked, text)


def test_a_query_as_long_as_a_page_is_refused(stocked: Home) -> None:
    assert ask(stocked, "disk " * 3_999, "keyword").total > 0
    with pytest.raises(BadQuery, match=r"20001 characters.*related"):
        ask(stocked, "x" * 20_001)


@pytest.mark.parametrize("limit", [0, -1, 10**9, 1001])
def test_limits_out_of_bounds_are_refused(stocked: Home, limit: int) -> None:
    with pytest.raises(BadQuery, match=f"limit must be from 1 to 1000, not {limit}"):
        ask(stocked, "disk", limit=limit)
    assert len(ask(stocked, "disk", "semantic", limit=1000).hits) == len(DOCUMENTS)


def test_an_offset_before_the_beginning_is_refused(stocked: Home) -> None:
    with pytest.raises(BadQuery):
        ask(stocked, "disk", offset=-1)


@pytest.mark.parametrize(
    "text", ["?", "to be or not to be", '"disk AND (', "\x00disk", "漢字", "a" * 20_000, "disk\n\nfull", "\ud800 disk"]
)
def test_any_text_gets_an_answer(stocked: Home, text: str) -> None:
    for mode in MODES:
        found = ask(stocked, text, mode)
        assert found.degraded is None
        assert found.total == len(DOCUMENTS) or mode != "semantic"


def test_an_empty_home_answers_nothing(home: Home) -> None:
    for mode in MODES:
        found = ask(home, "disk", mode)
        assert (found.hits, found.total, found.degraded) == ([], 0, None)


def test_a_restart_encodes_only_the_query(stocked: Home) -> None:
    with stocked.reopened() as later:
        ask(later, "disk full")
        assert later.encoder.encoded == 0


@pytest.mark.parametrize("mode", MODES)
def test_pages_of_a_large_corpus_put_together_are_the_whole_list(home: Home, mode: Mode) -> None:
    """More matches than are looked at for a first page; what words find best, vectors find worst."""
    with home.corpus.db.write():
        for number in range(1200):
            text = "banana apple" if number % 2 else f"disk banana {'filler ' * (number % 40)}{'valve ' * (number % 7)}"
            home.corpus.documents.put(draft(f"{number}", text), [PassageText("", text)])
    home.indexer.catch_up()
    pages = [hit for page in range(12) for hit in ask(home, "disk banana apple", mode, offset=10 * page).hits]
    whole = ask(home, "disk banana apple", mode, limit=120).hits
    assert len({hit.document.id for hit in pages}) == 120
    assert [(hit.document.id, hit.score) for hit in pages] == [(hit.document.id, hit.score) for hit in whole]


def test_a_collection_that_is_not_there_is_an_error_not_an_empty_answer(home):
    with pytest.raises(NotFound):
        home.searcher.search(Query(text="leap", wanted=Filter(collection="nothing")))


@pytest.mark.parametrize("mode", MODES)
def test_a_phrase_must_stand_in_a_document_and_what_is_excluded_must_not(stocked: Home, mode: Mode) -> None:
    found = ask(stocked, '"disk was full" backup', mode)
    assert titles(found) == ["Disk"]
    assert found.total == sum(count for _, count in found.facets["kind"]) == 1
    assert set(titles(ask(stocked, "disk -queue", mode))) == set(titles(ask(stocked, "disk", mode))) - {"Disk"}
    assert titles(ask(stocked, '"was disk full"', mode)) == []


@pytest.mark.parametrize("mode", MODES)
def test_fields_in_the_query_and_filters_beside_it_hold_both(stocked: Home, mode: Mode) -> None:
    beside = Filter(tag=("time",))
    text = "leap disk banana certificate"
    assert set(titles(ask(stocked, f"{text} tag:storage", mode, wanted=beside))) == {"Backup"}
    assert set(titles(ask(stocked, f"{text} kind:lesson org:navy", mode, wanted=beside))) == {"Unknown"}
    assert titles(ask(stocked, f"{text} kind:lesson", mode, wanted=Filter(kind=("guidance",)))) == []


def test_nothing_but_filters_lists_the_documents_newest_first(stocked: Home) -> None:
    found = ask(stocked, "org:navy -valve", explain=True)
    assert titles(found) == ["Certificate", "Unknown"]
    assert [hit.score for hit in found.hits] == [0.0, 0.0]
    assert found.facets["kind"] == [("lesson", 1), ("post-mortem", 1)]
    assert titles(ask(stocked, "org:navy", limit=1, offset=1)) == ["Certificate"]
    with pytest.raises(NotFound):
        ask(stocked, "in:nothing")


@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_the_words_of_an_explanation_add_up(stocked: Home, mode: Mode) -> None:
    for text in ("leap second ERR-4711-X", "the crew restored a backup of the router and 4711", '"disk was full"'):
        for hit in ask(stocked, text, mode, explain=True).hits:
            told = hit.explanation
            points = sum(word.share for word in told.words) + told.exact_points
            assert points == pytest.approx(told.keyword_weight * (told.bm25_normalised or 0), abs=2e-6)
            for word in told.words:
                assert ("title" in word.where) == (
                    word.term in hit.passage.title.lower()
                ) or word.term not in hit.passage.title.lower()
                assert word.share >= 0


@pytest.mark.parametrize("mode", MODES)
def test_no_document_is_lost_or_shown_twice_over_all_pages(home: Home, mode: Mode) -> None:
    """The depth of the search changes on the way; what words find best, vectors find worst."""
    with home.corpus.db.write():
        for number in range(900):
            text = "banana apple" if number % 2 else f"disk banana {'filler ' * (number % 40)}{'valve ' * (number % 7)}"
            home.corpus.documents.put(draft(f"{number}", text), [PassageText("", text)])
    home.indexer.catch_up()
    seen: list[str] = []
    while found := ask(home, "disk banana apple", mode, offset=len(seen), limit=50).hits:
        seen += [hit.document.id for hit in found]
    assert len(seen) == len(set(seen)) == 900


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_long_documents_do_not_hide_the_others(home: Home, mode: Mode, limit: int) -> None:
    """Two have more passages than are looked at at first, each nearer than the one passage of the third."""
    with home.corpus.db.write():
        for name, count in (("Long", 300), ("Longer", 400)):
            home.corpus.documents.put(draft(name, name), [PassageText("", f"disk banana {n}") for n in range(count)])
        home.corpus.documents.put(draft("Short", "Short"), [PassageText("", f"disk {'banana apple valve ' * 9}")])
    home.indexer.catch_up()
    seen: list[str] = []
    while found := ask(home, "disk banana", mode, offset=len(seen), limit=limit):
        seen += titles(found)
        if found.total <= len(seen):
            break
    assert sorted(seen) == ["Long", "Longer", "Short"]


def test_the_counts_of_a_list_keep_the_alternatives_in_sight(stocked: Home) -> None:
    found = ask(stocked, "kind:lesson org:navy")
    assert titles(found) == ["Unknown"]
    assert dict(found.facets["kind"]) == {"guidance": 1, "lesson": 1, "post-mortem": 1}
    assert dict(found.facets["organization"]) == {"Army": 1, "Navy": 1}
    assert dict(found.facets["tag"]) == {"time": 1}


def test_what_is_inside_a_filter_is_that_of_now(home: Home) -> None:
    """What a filter holds is remembered; no change is missed for that, and no filter is taken for another."""
    for number in range(12):
        home.put(f"Number {number}", "The valve.", tags=(f"tag{number}",))

    def found(tag: str) -> set[str]:
        hits = home.searcher.search(Query(text="valve", wanted=Filter(tag=(tag,)), limit=50)).hits
        return {hit.document.title for hit in hits}

    for _ in range(2):
        assert [found(f"tag{number}") for number in range(12)] == [{f"Number {number}"} for number in range(12)]
    home.put("Late", "The valve.", tags=("tag3",))
    assert found("tag3") == {"Number 3", "Late"}
    home.corpus.documents.remove(home.put("Number 3", "The valve.", tags=("tag3",)))
    assert found("tag3") == {"Late"}
    home.put("Late", "The valve.", tags=("tag4",))
    assert found("tag3") == set()
    assert found("tag4") == {"Number 4", "Late"}


@pytest.mark.parametrize("model", [True, False])
@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
def test_inside_a_wide_filter_nothing_that_has_the_words_is_lost(
    home: Home, monkeypatch: pytest.MonkeyPatch, mode: Mode, model: bool
) -> None:
    monkeypatch.setattr(searcher_module, "_WIDE", 5)
    monkeypatch.setattr(searcher_module, "_DEPTHS", ((0, 8), (4, 16), (10, 400)))
    monkeypatch.setattr(words_module, "_FEW", 5)
    monkeypatch.setattr(words_module, "_SEEN", 20)
    for number in range(60):
        home.put(f"Number {number}", "The valve. " * (1 + number % 7), tags=("a", "b")[: 1 + number % 2])
    home.indexer.rebuild()
    home.indexer.words.write()
    if not model:
        home.encoder.broken = EncoderMissing("fake", "it is not installed")
    wanted = Filter(tag=("b",))
    first = home.searcher.search(Query(text="valve", mode=mode, wanted=wanted, limit=4))
    assert first.total == 8 or (model and mode == "hybrid")  # words alone are asked for as many
    seen: list[str] = []
    while hits := home.searcher.search(Query(text="valve", mode=mode, wanted=wanted, limit=7, offset=len(seen))).hits:
        assert all(hit.explanation.bm25 for hit in hits)
        seen += [hit.document.title for hit in hits]
    assert sorted(seen) == sorted(f"Number {number}" for number in range(60) if number % 2)
