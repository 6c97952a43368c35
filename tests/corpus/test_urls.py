"""One page, one identity."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.urls import canonical

ONE_PAGE = {
    "https://example.com/a": [
        "http://example.com/a",
        "https://www.example.com/a",
        "HTTPS://WWW.EXAMPLE.COM/a",
        "http://example.com:80/a",
        "https://example.com:443/a",
        "https://example.com./a",
        "https://example.com/a/",
        "https://example.com/a#top",
        "https://example.com/a?utm_source=x&utm_medium=y",
        "https://example.com/a/?fbclid=1&gclid=2&mc_cid=3",
        "  https://example.com/a\n",
        "https://example.com/%61",
        "https://user:secret@example.com/a",
        "https://web.archive.org/web/20200101000000/https://example.com/a",
        "http://web.archive.org/web/2020id_/http://www.example.com/a/",
        "https://web.archive.org/web/20200101000000/example.com/a",
        "https://web.archive.org/web/2020/http:/example.com/a",
        "https://www.web.archive.org/web/2020/http://web.archive.org/web/2019/http://example.com/a",
    ],
    "https://example.com/a?a=1&b=2": ["http://example.com/a/?b=2&a=1", "https://example.com/a?a=1&utm_id=7&b=2#x"],
    "https://example.com/a?u=http%3A%2F%2Fb": ["https://web.archive.org/web/2020/example.com/a?u=http://b"],
    "https://example.com/a%20b": ["https://example.com/a b", "https://example.com/a%20b/"],
    "https://example.com": ["http://example.com", "https://www.example.com/", "https://example.com/?utm_source=x"],
    "https://example.com/stra%C3%9Fe": ["https://example.com/straße", "https://example.com/stra%c3%9fe"],
    "https://[::1]:8000/a": ["http://[::1]:8000/a/"],
}

DIFFERENT_PAGES = [
    ("https://example.com/a", "https://example.com/A"),
    ("https://example.com/a", "https://example.com/a.html"),
    ("https://example.com/a", "https://example.org/a"),
    ("https://example.com/a", "https://blog.example.com/a"),
    ("https://example.com/a", "https://example.com:8443/a"),
    ("https://example.com/a", "https://example.com/a?id=1"),
    ("https://example.com/a?id=1", "https://example.com/a?id=2"),
    ("https://example.com/a?ref=1", "https://example.com/a?ref=2"),
    ("https://example.com/a?q=x%26y=1", "https://example.com/a?q=x&y=1"),
    ("https://example.com/a%3Fb", "https://example.com/a?b"),
]

ITS_OWN_IDENTITY = ["file:///reports/a.pdf", "mailto:a@example.com", "notes", "", "http://[", "http://a:port/"]


@pytest.mark.parametrize(("identity", "spelling"), [(key, one) for key, many in ONE_PAGE.items() for one in many])
def test_spellings_of_one_page_have_one_identity(identity: str, spelling: str) -> None:
    assert canonical(spelling) == identity


@pytest.mark.parametrize(("one", "other"), DIFFERENT_PAGES)
def test_different_pages_stay_apart(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize("text", ITS_OWN_IDENTITY)
def test_what_is_no_web_address_is_its_own_identity(text: str) -> None:
    assert canonical(text) == text


@pytest.mark.parametrize(
    "text",
    ["http://www.www.a/", "http:////x//y", "http://a/\ud800?\ud800=1", "http://a" + "web.archive.org/web/1/" * 2],
)
def test_odd_addresses_have_a_settled_identity(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


def test_an_archive_of_an_archive_a_thousand_times_over() -> None:
    assert canonical("https://web.archive.org/web/2020/" * 2000 + "http://example.com/a") == "https://example.com/a"


PARTS = [
    *"http https :// : / // ? & = # % %2F %25 %C3 www. example.com web.archive.org/web/2020/ utm_x".split(),
    *"a b é ß 80 [ ] @ ; + . \\ İ".split(),
    *(" ", "\n", "\x00", "\ud800"),
]
pieced = st.lists(st.sampled_from(PARTS), max_size=12).map("".join)


@settings(max_examples=400)
@given(st.one_of(st.text(), pieced, pieced.map("http://{}".format)))
def test_any_text_has_an_identity_and_it_is_settled(text: str) -> None:
    identity = canonical(text)
    assert canonical(identity) == identity
