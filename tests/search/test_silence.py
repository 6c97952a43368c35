"""The floor under suggestions: the distribution, what the setting in words does to it, and ordinary pages for real."""

import math
from pathlib import Path

import numpy as np
import pytest

from search.silence import LEAST, Silence, background, fit
from tests.search.starter import opened


def test_a_gumbel_distribution_is_found_again() -> None:
    drawn = np.random.default_rng(7).gumbel(0.4, 0.05, 20_000).tolist()
    found = fit(drawn)
    assert (found.place, found.spread) == pytest.approx((0.4, 0.05), abs=0.003)


def test_a_few_paragraphs_that_do_bear_on_the_corpus_move_nothing() -> None:
    drawn = np.random.default_rng(7).gumbel(0.4, 0.05, 60).tolist()
    near = sorted(drawn)[:-6] + [0.99] * 6
    assert fit(near) == fit(drawn)


def test_the_floor_lets_so_many_single_passages_through_as_it_says() -> None:
    """One suggestion in twenty pages, three of which come in one go: one page in sixty gets over the floor."""
    floor = Silence(0.4, 0.05).floor(1, 20)
    assert math.exp(-math.exp(-(floor - 0.4) / 0.05)) == pytest.approx(1 - 1 / 60)
    several = Silence(0.4, 0.05).floor(12, 20)
    assert math.exp(-math.exp(-(several - 0.4) / 0.05)) ** 12 == pytest.approx(1 - 1 / 60)


def test_it_rises_with_the_pages_asked_for_and_with_the_passages() -> None:
    floors = [Silence(0.4, 0.05).floor(passages, pages) for pages in (1, 20, 1_000) for passages in (1, 5, 12)]
    assert floors == sorted(floors)


def test_a_page_of_words_that_the_corpus_lacks_must_come_nearer() -> None:
    """Nearness times what is familiar reaches the same; the floor of a small corpus is the least all the same."""
    told = Silence(0.4, 0.05)
    assert 0.5 * told.floor(1, 20, 0.5) == pytest.approx(told.floor(1, 20))
    assert told.floor(1, 20, 0.0) == told.floor(1, 20, 0.1)
    assert Silence(0.0, 0.0).floor(1, 20, 0.2) == LEAST


def test_it_is_never_low() -> None:
    assert fit([]).floor(1, 20) == LEAST
    assert fit([0.01] * 60).floor(12, 1_000) == LEAST


def test_the_background_is_many_paragraphs_of_many_words() -> None:
    paragraphs = background()
    assert len(paragraphs) == len(set(paragraphs)) >= 50
    assert all(len(paragraph.split()) >= 20 for paragraph in paragraphs)


UNRELATED = {
    "Sponge cake": "Beat the eggs with the sugar until pale. Fold in the flour, pour into a tin and bake until golden.",
    "Cup final": "A late header won the cup. The captain lifted it in the rain and the supporters sang all the way home.",
    "Sonnet": "O gentle dusk that lies upon the clover, the thrush has sung, and all the bells are over.",
    "Form 12": "Enter your pension in box 4 and subtract the allowance of your spouse. Sign and date the last page.",
    "Rug": "Soft wool rug in moss green, 120 by 180 cm. Free delivery. Five stars: my cat adores it!",
    "fizz.py": "for i in range(1, 101):\n    print('Fizz' if i % 3 == 0 else i)",
    "Kochen": "Die Zwiebeln fein hacken, in Butter glasig dünsten und mit Brühe ablöschen. Mit Petersilie servieren.",
    "春": "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。",
    "Hi": "five words of small talk",
}


SMALL_TALK = (
    "What a goal!", "Lunch menu", "Buy milk", "Happy birthday Anna", "ok thanks", "Let us talk about something else",
    "a short story", "Wie geht es dir?", "words words words", "Chapter 3", "The weather is nice today", "new shoes",
)  # fmt: skip


@pytest.mark.slow
def test_the_starter_is_silent_on_other_matters_and_speaks_on_its_own(tmp_path: Path) -> None:
    with opened(tmp_path) as (lessonry, files):
        for title, text in UNRELATED.items():
            assert lessonry.related.of_text(title, text).items == [], title
        for line in SMALL_TALK:
            assert lessonry.related.of_text("", line).items == [], line
        assert lessonry.related.floor(short=True) > lessonry.related.floor()
        assert lessonry.related.of_text("", "certificate expired").items
        page = "Our TLS certificate expired on Sunday. Nobody had renewed it and every client refused to connect."
        found = [files[one.document.id] for one in lessonry.related.of_text("Certificate expired", page).items]
        assert found[0] in {"certificates-expire-on-a-known-date", "o2-ericsson-certificate-2018"}
