"""What is typed is understood; what is pasted stays text; what is wrong is told."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import BadQuery, NotFound
from corpus.types import Filter
from search.query_language import conditions, parse
from search.types import Query
from tests.fakes import Home

UNDERSTOOD = {
    "certificate expired": ("certificate expired", Filter()),
    '"leap second" clock': ("leap second clock", Filter(phrases=("leap second",))),
    "“leap second” clock": ("leap second clock", Filter(phrases=("leap second",))),
    "outage -dns": ("outage", Filter(excluded=("dns",))),
    "-dns": ("", Filter(excluded=("dns",))),
    "outage -load-balancer": ("outage", Filter(excluded=("load-balancer",))),
    'outage -"load balancer"': ("outage", Filter(excluded=("load balancer",))),
    'outage -"DNS"': ("outage", Filter(excluded=("DNS",))),
    "tls kind:lesson": ("tls", Filter(kind=("lesson",))),
    "tls KIND:Post-Mortems kind:guidance": ("tls", Filter(kind=("post-mortem", "guidance"))),
    'org:"Acme & Sons" organization:Umbra tls': ("tls", Filter(organization=("Acme & Sons", "Umbra"))),
    "tag:dns tag:dns tag:tls": ("", Filter(tag=("dns", "tls"))),
    "tech:k8s outage": ("outage", Filter(technology=("k8s",))),
    "after:2020 before:2021-05 x": ("x", Filter(since="2020", until="2021-05")),
    "since:2020 after:2020-05 until:2021 before:2021-05 x": ("x", Filter(since="2020-05", until="2021-05")),
    "in:reader x": ("x", Filter(collection="reader")),
    "kind:lesson -dns": ("", Filter(kind=("lesson",), excluded=("dns",))),
    "证书 kind:lesson": ("证书", Filter(kind=("lesson",))),
    "شهادة tag:dns 💥": ("شهادة 💥", Filter(tag=("dns",))),
    "disk\x00full kind:lesson": ("disk full", Filter(kind=("lesson",))),
}


@pytest.mark.parametrize("typed", UNDERSTOOD)
def test_what_is_typed_is_understood(typed):
    asked = parse(typed)
    assert (asked.words, asked.wanted) == UNDERSTOOD[typed]
    assert asked.notes == ()


PASTED = """
x509: certificate has expired or is not yet valid
error: foo
java.lang.NullPointerException: null
std::vector<int>::at
http://host:80/x?a=b
12:30
-Xmx512m
--force
a - b
C:\\path\\to
rm -rf /
rm -rf on the wrong box
java -jar app.jar -Xmx512m
kubectl logs -f pod -n prod
git push --force origin main
tar -xzf backup.tar.gz
-ERR unknown command
-OOM command not allowed when used memory > 'maxmemory'
kind: Deployment
in: line
tag:
tag:""
"unbalanced quote
open "file
("foo" OR "bar")
""
"..."
[[[ ((( }}}
foo"bar"baz
KeyError:'x'
level=error msg="no route to host" -retry
a AND NOT b OR (c)
-DNS
2021-11-22T10:00:00Z ERROR kind:Pod "web server" restarted -because the liveness probe failed again and again tag:x here
""".strip().splitlines()


@pytest.mark.parametrize("typed", PASTED)
def test_what_is_pasted_stays_text(typed):
    asked = parse(typed)
    assert asked.words == typed
    assert not asked.wanted


@pytest.mark.parametrize("typed", ["/etc/x -dns", "-DNS", f"{'word ' * 13}-dns"])
def test_a_minus_that_was_taken_as_text_is_told(typed):
    assert len(parse(typed).notes) == 1


@pytest.mark.parametrize("name", ["DNS", "Cloudflare"])
def test_a_name_is_excluded_and_that_it_is_no_flag_is_told(name):
    asked = parse(f"outage -{name}")
    assert (asked.words, asked.excluded) == ("outage", (name,))
    assert asked.notes == (f'-{name} excludes a word; "-{name}" in quotation marks looks for it',)
    assert parse(f'outage "-{name}"').excluded == parse(f"-{name} outage").excluded == ()


@pytest.mark.parametrize("typed", ["kind: lesson", 'org:"" x', "title:leap", "year:2016"])
def test_what_may_have_been_meant_for_a_field_is_told(typed):
    asked = parse(typed)
    assert (asked.words, asked.wanted) == (typed, Filter())
    assert len(asked.notes) == 1


def test_in_a_long_text_only_fields_at_its_ends_count():
    asked = parse(f'kind:lesson {"word " * 6}tag:x "a b" {"word " * 7}org:acme')
    assert asked.wanted == Filter(kind=("lesson",), organization=("acme",))
    assert asked.words == f'{"word " * 6}tag:x "a b" {"word " * 7}'.strip()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("kind:bug x", "kind:bug is none of post-mortem, lesson, guidance"),
        ("after:yesterday", "after:yesterday is no date; give YYYY"),
        ("before:2021-13", "before:2021-13 is no date"),
        ("in:a in:b", "two collections"),
        ("x -tag:dns", "-tag:dns: a field cannot be excluded"),
        ("tag:a " * 33, "33 fields"),
    ],
)
def test_a_wrong_value_is_told_with_its_mend(typed, said):
    with pytest.raises(BadQuery) as told:
        parse(typed)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("typed", "meant"), [("knd:lesson", "kind:"), ("tags:dns", "tag:"), ("type:x", "kind:"), ("afer:2020", "after:")]
)
def test_a_field_that_there_is_not_is_searched_as_words_and_told(typed, meant):
    asked = parse(typed)
    assert asked.words == typed
    assert not asked.wanted
    assert f"did you mean {meant}?" in asked.notes[0]


def test_each_condition_can_be_taken_away():
    found = conditions('tls "leap second" -dns kind:bug tech:k8s')
    assert [(one.name, one.value) for one in found] == [
        ("phrase", "leap second"), ("without", "dns"), ("kind", "bug"), ("technology", "k8s"),
    ]  # fmt: skip
    assert found[1].rest == 'tls "leap second" kind:bug tech:k8s'


PIECES = st.sampled_from(
    [
        '"',
        "-",
        ":",
        "kind:",
        "tag:",
        "after:",
        "in:",
        " ",
        "  ",
        "\n",
        "\\",
        "a",
        "Ab",
        "é",
        "证",
        "💥",
        "ש",
        "/",
        "--",
        "\x00",
        "\ud800",
        "7",
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_is_understood_or_refused(typed):
    try:
        asked = parse(typed)
    except BadQuery:
        return
    for phrase in (*asked.phrases, *asked.excluded):
        assert phrase.strip() == phrase != ""
    for one in conditions(typed):
        assert len(one.rest) < len(typed) + 1


@settings(deadline=None, max_examples=200)
@given(st.lists(st.from_regex(r"[a-zA-Z0-9_.,()]{1,8}", fullmatch=True), min_size=1, max_size=20))
def test_words_without_signs_of_the_language_are_themselves(words):
    asked = parse(" ".join(words))
    assert asked.words == " ".join(words)
    assert not asked.wanted


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with Home(tmp_path_factory.mktemp("home")) as home:
        home.put("Disk", "The disk was full.", kind="lesson", tags=("storage",), published="2020")
        home.put("証明書", "证书过期了。 शहादा منتهية", kind="guidance", organization="Ação & Söhne")
        home.corpus.collections.create("a")
        home.indexer.catch_up()
        yield home


@settings(deadline=None, max_examples=150)
@given(
    st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)),
    st.sampled_from(["hybrid", "semantic", "keyword"]),
)
def test_any_text_gets_an_answer_or_a_clear_problem(library, typed, mode):
    try:
        found = library.searcher.search(Query(text=typed, mode=mode, explain=True))
        assert found.total >= len(found.hits)
        assert found.degraded is None
    except (BadQuery, NotFound):
        pass  # a clear problem
    library.searcher.typing.suggest(typed, 8)
