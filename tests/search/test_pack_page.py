"""A page as a pack reads it, by eye, and by the browser to the letter."""

import json
from pathlib import Path

import numpy as np
import pytest

from search.pack_page import greatest, nearest_lessons, read, sentences_of, words_of
from tests.search.test_pack import EXTENSION, PAGES, in_node

LONG = "seven letters in a word or so. " * 300
HOSTILE = [
    *PAGES,
    {"title": " ", "text": "\n \u2028\r\n- \n"},
    {"title": "A title. Of two", "text": LONG},
    {"title": "No end", "text": "word " * 2_000 + "x" * 1_000},
    {"title": "🎉" * 3, "text": "🎉" * 900 + " and a lone \ud83c half. İstanbul ΟΔΥΣΣΕΥΣ x² ǅ e\u0301"},
]


def test_the_title_stands_first_and_each_sentence_knows_what_stands_before():
    page = read("Disk", "# It\n\n- is full. Restore it")
    assert (page.sentences, page.heads) == (["Disk", "It", "is full.", "Restore it"], 1)
    assert (page.sizes.tolist(), page.before.tolist()) == ([4, 2, 8, 10], [0, 4, 6, 14])
    assert (page.words, page.whole) == ("Disk\n# It\n\n- is full. Restore it", " It is full. Restore it ")


def test_nothing_is_no_page():
    assert read(" ", "\n- \n") is None


def test_a_sentence_counts_by_the_root_of_its_size_and_the_less_the_later_it_stands():
    page = read("Disk", "x" * 9)
    wanted = np.array([2, 3 * np.exp(-4 / 1_800)])
    assert page.vector(np.eye(2))[0] == pytest.approx(wanted / np.linalg.norm(wanted))


def test_nine_hundred_letters_stand_together():
    page = read("", "\n".join(letter * 300 for letter in "abcd"))
    assert page.parts(np.eye(4)) == pytest.approx(np.array([[1, 1, 1, 0], [0, 0, 0, 3**0.5]]) / 3**0.5)


def test_of_a_long_page_the_first_parts_and_an_even_choice_of_the_rest_are_looked_at():
    page = read("", "\n".join(letter * 300 for letter in "abcdefghij" for _ in range(6)))
    assert "".join(sorted({sentence[0] for sentence in page.sentences})) == "abcdefghij"
    assert len(page.sentences) == 12 * 3
    assert page.before[:12].tolist() == [300 * place for place in range(12)]


def test_a_sentence_that_does_not_end_is_cut_at_a_blank():
    assert [len(one) for one in sentences_of("word " * 200)] == [399, 399, 199]
    assert [len(one) for one in sentences_of("x" * 1_000)] == [400, 400, 200]


def test_words_are_in_lower_case_and_without_accents():
    assert words_of("The Café's crème—brûlée, 2 OOMs\u0301") == ["the", "cafe", "s", "creme", "brulee", "2", "ooms"]


def test_of_each_lesson_the_greatest_counts_and_of_all_the_five_nearest():
    near = greatest(np.array([0.1, 0.4, -0.2, 0.3]), np.array([2, 1, 0, 1]))
    assert near.tolist() == [0.4, 0.0, 0.0, 0.3]
    assert nearest_lessons(np.array([0.1, 0.6, 0.2, 0.5, 0.3, 0.4])).tolist() == [0.6, 0.5, 0.4, 0.3, 0.2]
    assert nearest_lessons(near[:2]).tolist() == [0.4, 0.0]


def test_the_browser_reads_the_same(tmp_path: Path):
    (tmp_path / "pages").write_text(json.dumps(HOSTILE))
    script = f"""
        import fs from "node:fs";
        import {{ read }} from {json.dumps((EXTENSION / "packpage.js").as_uri())};
        import {{ words }} from {json.dumps((EXTENSION / "stems.js").as_uri())};
        const told = JSON.parse(fs.readFileSync(process.argv[1])).map(({{ title, text }}) => {{
          const page = read(title, text);
          return page && [page.sentences.map(({{ text, size, before }}) => [text, size, before]), page.heads, page.whole, words(page.words)];
        }});
        console.log(JSON.stringify(told));
    """
    mine = [
        page and [
            [list(one) for one in zip(page.sentences, page.sizes.tolist(), page.before.tolist(), strict=True)],
            page.heads, page.whole, words_of(page.words),
        ]
        for page in (read(one["title"], one["text"]) for one in HOSTILE)
    ]  # fmt: skip
    assert in_node(script, tmp_path / "pages") == mine
