"""Front matter there and back, and text that only looks like it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import frontmatter

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.dates() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(_TEXT, _VALUES, max_size=5), st.text(max_size=200))
def test_what_is_dumped_is_parsed_back(fields: dict[str, object], body: str) -> None:
    assert frontmatter.parse(frontmatter.dump(fields, body)) == (fields, body)


@pytest.mark.parametrize(
    "value", ["2021-01-01", "yes", "null", "1e3", "---", "a: b", "- x", "# no", "été\n---\nend", "\u2028"]
)
def test_text_stays_text(value: str) -> None:
    assert frontmatter.parse(frontmatter.dump({"title": value}, ""))[0] == {"title": value}


def test_dump_is_readable_and_keeps_the_order_of_the_fields() -> None:
    dumped = frontmatter.dump({"title": "Über uns", "date": date(2021, 5, 3), "tags": ["a", "b"]}, "Text.\n")
    assert dumped == "---\ntitle: Über uns\ndate: 2021-05-03\ntags:\n- a\n- b\n---\n\nText.\n"


def test_yaml() -> None:
    assert frontmatter.parse("---\ntitle: A day\ntags: [x, y]\n---\n\nIt rained.\n") == (
        {"title": "A day", "tags": ["x", "y"]},
        "It rained.\n",
    )


def test_toml() -> None:
    fields, body = frontmatter.parse('+++\npath = "2018/07/06/x"\ndate = 2018-07-06\n+++\nHello')
    assert fields == {"path": "2018/07/06/x", "date": date(2018, 7, 6)}
    assert body == "Hello"


def test_windows_line_ends() -> None:
    assert frontmatter.parse("---\r\ntitle: A\r\n---\r\nText") == ({"title": "A"}, "Text")
    assert frontmatter.parse('+++\r\ntitle = "A"\r\n+++\r\nText') == ({"title": "A"}, "Text")


def test_a_date_that_the_calendar_does_not_have_does_not_cost_the_other_fields() -> None:
    assert frontmatter.parse("---\ntitle: A\ndate: 2021-13-45\n---\n")[0] == {"title": "A", "date": "2021-13-45"}


@pytest.mark.parametrize(
    "text",
    [
        "No front matter",
        "---\nA rule above\n---\nand below",
        "---\ntitle: never closed",
        "---\ntitle: one: two: [\n---\nText",
        '+++\ntitle = "never closed\n+++\nText',
        "---\n- a\n- list\n---\nText",
        "---\ntitle: A\n+++\nText",
        "---\n" + "[" * 5000 + "\n---\nText",
        "",
    ],
)
def test_what_is_broken_or_none_at_all_is_just_text(text: str) -> None:
    assert frontmatter.parse(text) == ({}, text)


@pytest.mark.parametrize(
    "value", ['!!int ""', "!!float x", "!!timestamp x", "? [a]\n: b", "&a [*a]", "!!python/name:os"]
)
def test_values_that_yaml_chokes_on_are_just_text(value: str) -> None:
    text = f"---\na: {value}\n---\nbody"
    fields, body = frontmatter.parse(text)
    assert (fields, body) == ({}, text) or body == "body"


def test_an_empty_number_is_just_text() -> None:
    text = '---\na: !!int ""\n---\nbody'
    assert frontmatter.parse(text) == ({}, text)


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    for fence in ("---", "+++"):
        whole = f"{fence}\n{text}\n{fence}\nbody"
        fields, body = frontmatter.parse(whole)
        assert whole.endswith(body)
        assert body.endswith("body")
        assert not fields or body != whole
