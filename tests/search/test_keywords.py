"""A person's words become a query that full text accepts, and that looks for what they said."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.schema_documents import TOKENIZER
from search.keywords import MOST_TERMS, STOP_WORDS, keywords, spelling


@pytest.fixture(scope="module")
def full_text() -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE VIRTUAL TABLE t USING fts5(title, text, tokenize='{TOKENIZER}')")
    for text in (
        "CVE-2024-3094 in xz",
        "2024 was the year",
        "the CVE list",
        "3094 2024 cve",
        "kube-dns and os.environ",
        "to be or not to be",
    ):
        db.execute("INSERT INTO t VALUES ('', ?)", [text])
    yield db
    db.close()


def found(db: sqlite3.Connection, text: str) -> list[str]:
    expression = keywords(text).expression
    query = "SELECT text FROM t WHERE t MATCH ? ORDER BY bm25(t), rowid"
    return [row[0] for row in db.execute(query, [expression])] if expression else []


SYNTAX = st.lists(
    st.sampled_from(
        [
            "AND",
            "OR",
            "NOT",
            "NEAR(",
            ")",
            "(",
            '"',
            "'",
            "*",
            "^",
            ":",
            "title:",
            "-",
            "+",
            "{a b}:",
            ";",
            "--",
            "\x00",
            "clock",
            "CVE-1.2",
            "’",
            "#1",
            "é",
            "漢字",
            "\ud800",
        ]
    ),
    max_size=30,
).flatmap(lambda parts: st.sampled_from([" ".join(parts), "".join(parts)]))


@given(st.one_of(st.text(), SYNTAX))
def test_any_text_gives_an_expression_that_full_text_accepts(full_text: sqlite3.Connection, text: str) -> None:
    words = keywords(text)
    found(full_text, text)
    assert bool(words.expression) == bool(words.terms)
    looked_for = words.expression.split(" OR ") if words.expression else []
    assert list(dict.fromkeys(looked_for)) == [f'"{term}"' for term in words.terms]
    assert all(looked_for.count(phrase) <= 2 for phrase in looked_for)
    assert not any('"' in term or "\x00" in term for term in words.terms)


@pytest.mark.parametrize(
    "text",
    [
        '"',
        'cve" OR "2024',
        "title:cve",
        "cve*",
        "cve AND",
        "NEAR(cve 2024)",
        "cve -2024",
        "^cve",
        "a" * 19_000,
        "x." * 9_000,
        "?!…",
    ],
)
def test_nothing_of_the_syntax_gets_through(full_text: sqlite3.Connection, text: str) -> None:
    plain = "".join(letter if letter.isalnum() else " " for letter in text)
    assert set(found(full_text, text)) == set(found(full_text, plain))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("What made the clock stop?", ("made", "clock", "stop")),
        ("to be or not to be", ("to", "be", "or", "not")),
        ("CVE-2024-3094", ("cve 2024 3094", "cve", "2024", "3094")),
        ("kube-dns fails, kube-dns!", ("kube dns", "kube", "dns", "fails")),
        ("os.environ", ("os environ", "os", "environ")),
        ("C++ and C#", ("c",)),
        ("it's the crew's", ("crew s", "crew")),
        ("the door won't open", ("door", "open")),
        ("snake_case", ("snake case", "snake", "case")),
        ("Zürich 東京", ("zürich", "東京")),
        ("", ()),
        ("… -- !", ()),
    ],
)
def test_terms(text: str, terms: tuple[str, ...]) -> None:
    assert keywords(text).terms == terms


def test_an_identifier_finds_itself_before_its_parts(full_text: sqlite3.Connection) -> None:
    assert found(full_text, "CVE-2024-3094")[0] == "CVE-2024-3094 in xz"
    assert set(found(full_text, "CVE-2024-3094")) == {
        "CVE-2024-3094 in xz",
        "2024 was the year",
        "the CVE list",
        "3094 2024 cve",
    }


def test_stop_words_are_looked_for_if_there_is_nothing_else(full_text: sqlite3.Connection) -> None:
    assert found(full_text, "to be or not to be") == ["to be or not to be"]
    assert "the" in STOP_WORDS


def test_of_a_long_text_the_telling_terms_are_kept_in_its_order() -> None:
    asked: list[list[str]] = []

    def frequency(terms):  # type: ignore[no-untyped-def]
        asked.append(list(terms))
        return {term: {"common": 1000, "unknown": 0}.get(term, 5) for term in terms}

    rare = [f"rare{number}" for number in range(MOST_TERMS)]
    words = keywords(" ".join(["common", "unknown", *rare]), frequency)
    assert words.terms == tuple(rare)
    assert asked == [["common", "unknown", *rare]]
    often = keywords(" ".join([*rare, *["often"] * 50]), lambda terms: dict.fromkeys(terms, 5))
    assert often.terms == (*rare[:-1], "often")


def test_a_term_that_is_said_again_counts_double_and_no_more() -> None:
    assert keywords("the clock, the Clock: clocks").expression == '"clock" OR "clock" OR "clocks"'
    assert keywords("clock " * 50).expression == '"clock" OR "clock"'


def test_a_name_that_occurs_nowhere_is_looked_for_by_its_words() -> None:
    asked: list[list[str]] = []

    def frequency(terms):  # type: ignore[no-untyped-def]
        asked.append(list(terms))
        return {term: int(term == "github") for term in terms}

    assert keywords("OOMKilled pods on GitHub", frequency).terms == ("oom", "killed", "oomkilled", "pods", "github")
    assert asked == [["oomkilled", "github"]]
    assert keywords("maxHTTPRetries", lambda terms: dict.fromkeys(terms, 0)).terms == (
        "max",
        "http",
        "retries",
        "maxhttpretries",
    )
    assert keywords("OOMKilled pods").terms == ("oomkilled", "pods")


def test_frequencies_are_asked_only_for_names_and_for_a_long_text() -> None:
    def frequency(terms):  # type: ignore[no-untyped-def]
        raise AssertionError

    assert keywords("a short question about clocks", frequency).terms == ("short", "question", "clocks")


def test_a_long_text_that_occurs_nowhere_looks_for_nothing() -> None:
    text = " ".join(f"word{number}" for number in range(100))
    assert keywords(text, lambda terms: dict.fromkeys(terms, 0)).expression == ""
    assert len(keywords(text).terms) == MOST_TERMS


@pytest.mark.parametrize(
    ("text", "whole", "identifiers"),
    [
        ("x509: certificate has expired", "x509 certificate has expired", ()),
        ("CVE-2024-3094", "cve 2024 3094", ()),
        ("is CVE-2024-3094 in java.util?", "is cve 2024 3094 in java util", ("cve 2024 3094", "java util")),
        ("re-use of kube-dns, it's Go 1.2", "re use of kube dns it s go 1 2", ()),
        ("1/2000 of 10.0.0.1, v1.2, IL-6", "1 2000 of 10 0 0 1 v1 2 il 6", ("v1 2", "il 6")),
        ("a_b a_b", "a b a b", ("a b",)),
        ("futex", "", ()),
        ("?", "", ()),
        ("one two three four five six seven eight nine ten eleven twelve/13", "", ()),
    ],
)
def test_what_is_looked_for_to_the_letter(text: str, whole: str, identifiers: tuple[str, ...]) -> None:
    words = keywords(text)
    assert (words.whole, words.identifiers) == (whole, identifiers)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("http_proxy", {"http proxy": "http_proxy"}),
        ("what is http_proxy?", {"what is http proxy": "what is http_proxy", "http proxy": "http_proxy"}),
        (" rate-limited ", {"rate limited": "rate-limited"}),
        ("mempoolItems", {"mempoolitems": "mempoolItems"}),
        ("Leap  Second?", {}),
        ("futex", {}),
    ],
)
def test_what_is_spelled_with_more_than_words(text: str, spelled: dict[str, str]) -> None:
    assert keywords(text).spelled == spelled


def test_a_spelling_is_found_as_a_whole_whatever_the_case_and_the_blanks() -> None:
    found = spelling("HTTP_proxy  is").search
    assert found("the http_proxy\nis set")
    assert not any(map(found, ["http proxy is", "no_http_proxy is", "http_proxy isn"]))


def test_few_identifiers_are_looked_for() -> None:
    assert keywords("a.b c.d e.f g.h i.j").identifiers == ("a b", "c d", "e f", "g h")
