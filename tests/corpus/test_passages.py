"""Text -> passages: where it is cut, and that nothing is lost on the way."""

import itertools
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.passages import sections, sentences, split
from corpus.types import PassageText, encoder_text


def weigh(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def weigh_letters(texts: Sequence[str]) -> list[int]:
    """As hard as a measure can be: every letter counts."""
    return [sum(not letter.isspace() for letter in text) for text in texts]


def cut(text: str, *, title: str = "", limit: int = 100) -> list[PassageText]:
    return split(text, title=title, measure=weigh, limit=limit)


def numbered(count: int, word: str = "word", of: int = 10) -> str:
    """`count` different words in sentences of `of` words."""
    words = [f"{word}{number}" for number in range(count)]
    rows = [words[start : start + of] for start in range(0, count, of)]
    return " ".join(" ".join([row[0].capitalize(), *row[1:]]) + "." for row in rows)


def is_inside(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether `part` stands in `whole` in this order, perhaps with something between."""
    rest = iter(whole)
    return all(one in rest for one in part)


def without_blanks(texts: Sequence[str]) -> str:
    return re.sub(r"\s", "", "".join(texts))


def test_each_passage_knows_the_headings_above_it() -> None:
    text = "\n\n".join(
        [
            numbered(40, "intro"),
            "# Causes",
            numbered(40, "cause"),
            "## Clock",
            numbered(40, "clock"),
            "# Repair",
            numbered(40, "repair"),
        ]
    )
    assert [(one.heading, one.text.split()[0]) for one in cut(text, title="Leap")] == [
        ("", "Intro0"),
        ("Causes", "Cause0"),
        ("Causes › Clock", "Clock0"),
        ("Repair", "Repair0"),
    ]


def test_a_heading_that_repeats_the_title_is_not_said_twice() -> None:
    assert cut(f"# Leap second\n\n{numbered(40)}", title="Leap second")[0].heading == ""


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("# Why C# failed", "Why C# failed"),
        ("# Moving to C#", "Moving to C#"),
        ("## Closed ##", "Closed"),
        ("###### Deep", "Deep"),
    ],
)
def test_heading_lines(line: str, heading: str) -> None:
    assert [section.path for section in sections(f"{line}\ntext")] == [(heading,)]


@pytest.mark.parametrize("line", ["#hashtag", "####### seven", "#", "text # not"])
def test_lines_that_are_no_headings(line: str) -> None:
    assert [section.path for section in sections(f"{line}\ntext")] == [()]


def test_a_line_of_many_blanks_and_hashes_takes_no_time() -> None:
    line = "# a" + " #" * 50_000 + " " * 50_000 + "b"
    assert len(sections(f"{line}\ntext")) == 1


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("It failed. We mended it! Did it hold? Yes…", ["It failed.", "We mended it!", "Did it hold?", "Yes…"]),
        ("See e.g. The Times, vs. Others, and Dr. Who.", ["See e.g. The Times, vs. Others, and Dr. Who."]),
        ("J. Smith and A. B. Jones wrote it. It was read.", ["J. Smith and A. B. Jones wrote it.", "It was read."]),
        ("The U.S. Navy agreed.", ["The U.S. Navy agreed."]),
        ("Version 2.5 came at 3.14 p.m. yesterday.", ["Version 2.5 came at 3.14 p.m. yesterday."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("(It was late.) The crew slept.", ["(It was late.)", "The crew slept."]),
        ("“Why?” “Because.” End.", ["“Why?”", "“Because.”", "End."]),
        ("時計が狂った。原因は閏秒。", ["時計が狂った。", "原因は閏秒。"]),
        ("lower case follows. but no cut", ["lower case follows. but no cut"]),
        ("  ", []),
    ],
)
def test_sentence_ends(paragraph: str, expected: list[str]) -> None:
    assert sentences(paragraph) == expected


def test_code_keeps_its_lines_and_a_comment_in_it_is_no_heading() -> None:
    code = "```sh\n# stop the clock\nntpd -q   \n\n    indented\n~~~\n```"
    (passage,) = cut(f"## Repair\n\nRun this:\n\n{code}\n\n{numbered(40)}", limit=200)
    assert passage.heading == "Repair"
    assert "```sh\n# stop the clock\nntpd -q\n\n    indented\n~~~\n```" in passage.text


def test_lists_keep_their_lines_and_wrapped_prose_becomes_one() -> None:
    (passage,) = cut("One line\nwrapped in\ntwo.\n\n- first\n- second\n\n1. one\n2. two")
    assert passage.text == "One line wrapped in two.\n\n- first\n- second\n\n1. one\n2. two"


def test_small_sections_are_joined_with_their_headings_kept_as_lines() -> None:
    text = f"# Summary\n\nShort.\n\n# Impact\n\nAlso short.\n\n# Causes\n\n{numbered(60)}"
    (passage,) = cut(text)
    assert passage.heading == ""
    assert is_inside("Summary Short. Impact Also short. Causes Word0".split(), passage.text.split())


def test_a_small_last_section_joins_the_one_before_it() -> None:
    text = f"# Causes\n\n{numbered(60)}\n\n## More\n\nA last word."
    (passage,) = cut(text)
    assert passage.heading == "Causes"
    assert passage.text.endswith("More\n\nA last word.")


def test_a_long_section_is_cut_evenly_and_its_last_sentence_is_carried_over() -> None:
    passages = cut(numbered(300), limit=100)
    weights = weigh([passage.text for passage in passages])
    assert max(weights) <= 100
    assert min(weights) >= 50
    for before, after in itertools.pairwise(passages):
        assert sentences(after.text)[0] == sentences(before.text)[-1]
    merged = sentences(passages[0].text)
    for passage in passages[1:]:
        merged += sentences(passage.text)[1:]
    assert " ".join(merged) == numbered(300)


def test_a_long_sentence_is_not_carried_over() -> None:
    passages = cut(numbered(300, of=60), limit=100)
    words = [word for passage in passages for word in passage.text.split()]
    assert words == numbered(300, of=60).split()


def test_a_word_of_50000_letters_is_cut_and_whole() -> None:
    for measure in (weigh, weigh_letters):
        passages = split("x" * 50_000, title="A blob", measure=measure, limit=100)
        assert without_blanks([passage.text for passage in passages]) == "x" * 50_000
        assert max(measure([encoder_text("A blob", one.heading, one.text) for one in passages])) <= 100


def test_an_edit_in_one_section_leaves_the_passages_of_the_others_as_they_were() -> None:
    parts = {name: f"# {name}\n\n{numbered(250, name)}" for name in ("Alpha", "Beta", "Gamma")}
    before = cut("\n\n".join(parts.values()))
    parts["Beta"] = f"# Beta\n\nQuite another beginning. {numbered(180, 'beta')}"
    after = cut("\n\n".join(parts.values()))
    for name in ("Alpha", "Gamma"):
        assert [one for one in after if one.heading == name] == [one for one in before if one.heading == name] != []
    assert [one for one in after if one.heading == "Beta"] != [one for one in before if one.heading == "Beta"]


def test_a_heading_with_nothing_under_it_is_text() -> None:
    text = "# Steps\n# first of them\n# second of them\n\n# Part\n## Under it\n\nbody\n## Last"
    assert [(one.path, one.body) for one in sections(text)] == [
        ((), "Steps"),
        ((), "first of them"),
        ((), "second of them"),
        (("Part", "Under it"), "body"),
        (("Part",), "Last"),
    ]


def test_a_long_line_that_begins_like_a_heading_is_text() -> None:
    line = "# Overflow in the parser " + "that may corrupt memory " * 10
    assert [(one.path, one.body) for one in sections(line)] == [((), line)]
    assert "corrupt memory" in cut(line)[0].text


@pytest.mark.parametrize("text", ["", "  \n\t\n", "\n\n\n", "# Only a heading", "\u2028"])
def test_a_text_without_content_gives_no_passages(text: str) -> None:
    assert cut(text) == []


def test_crowded_by_a_long_title_a_passage_still_says_something_of_its_own() -> None:
    passages = cut(numbered(300), title=numbered(95, "title"), limit=100)
    assert all(weigh([passage.text])[0] <= 64 for passage in passages)
    assert is_inside(numbered(300).split(), " ".join(passage.text for passage in passages).split())


LINES = st.sampled_from(
    [
        "# Head",
        "## Sub head",
        "####### x",
        "```",
        "~~~ py",
        "- item",
        "    code",
        "",
        " ",
        "At once. Then",
        "at foo",
        "(e.g. This.) “So?” End",
        "one two three four five",
        "A" * 700,
        "終わり。始まり",
        "> quote",
        "1. one",
        "\x0c",
        "a\u2028b",
        "\r",
        "…",
        '."',
        "# #",
        "#",
    ]
)
texts = st.one_of(
    st.text(max_size=400),
    st.lists(LINES, max_size=25).map("\n".join),
    st.lists(st.sampled_from("Alpha beta. Gamma? delta! epsilon\n \n\n #".split(" ")), max_size=400).map(" ".join),
)


@given(texts, st.sampled_from([weigh, weigh_letters]), st.integers(70, 300), st.sampled_from(["", "Head", "A title"]))
def test_any_text_is_cut_within_the_limit_and_loses_nothing(text: str, measure, limit: int, title: str) -> None:  # type: ignore[no-untyped-def]
    passages = split(text, title=title, measure=measure, limit=limit)
    assert passages == split(text, title=title, measure=measure, limit=limit)
    found = without_blanks([passage.text for passage in passages])
    body = without_blanks([section.body for section in sections(text)])
    assert is_inside(body, found)
    for passage in passages:
        assert passage.text.strip()
        context = measure([encoder_text(title, passage.heading, "")])[0]
        whole = measure([encoder_text(title, passage.heading, passage.text)])[0]
        assert whole <= max(limit, context + 64)


@given(texts)
def test_every_line_that_is_no_heading_is_in_a_section(text: str) -> None:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert is_inside(without_blanks(lines), without_blanks([section.body for section in sections(text)]))
