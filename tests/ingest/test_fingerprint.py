"""Copies are told from reports over one template; a fingerprint finds them wherever they were made."""

import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.types import Draft
from ingest.copies import copy_reason, judge, likeness
from ingest.fingerprint import fingerprint, sequences, words
from tests.fakes import draft


def prose(seed: int, length: int) -> str:
    """Words that no other seed gives."""
    chosen = random.Random(seed)
    return " ".join(f"{''.join(chosen.choices('abcdefgh', k=5))}{chr(105 + seed % 15)}" for _ in range(length))


def report(text: str, title: str = "Queue outage", published: str | None = "2020-05-01", name: str = "one") -> Draft:
    return draft(name, text, title=title, published=published)


def shared_bands(one: str, other: str) -> int:
    return len(set(fingerprint(one)) & set(fingerprint(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The soft-\nware of the fail-over", "The software of the failover"),
        ("**Bold** and _thin_ and `code`", "bold and thin and code"),
        ("see [the page](https://example.com/a?b=1) now", "see the page now"),
        ("ﬁne – “quoted”", "fine - 'quoted'"),
        ("## At 10:07\n\n* one\n* two", "At 10.07: one, two"),
    ],
)
def test_setting_does_not_count(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_days_and_numbers_count() -> None:
    assert words("2012-06-30 was day 30") == ["2012", "06", "30", "was", "day", "30"]
    assert words("停電 2020") == ["停", "電", "2020"]


@given(st.text(max_size=300), st.text(max_size=300))
def test_likeness_is_what_counting_says(one: str, other: str) -> None:
    found, back = likeness(one, other), likeness(other, one)
    mine, yours = sequences(words(one)), sequences(words(other))
    assert found == back
    assert found.shared == len(mine & yours) / len(mine | yours)
    assert 0 <= found.shared <= found.contained <= 1
    assert 0 <= found.numbers <= 1
    assert found.equal == (words(one) == words(other))


def test_too_short_to_tell() -> None:
    assert fingerprint("") == fingerprint("word " * 39) == ()
    assert fingerprint("word " * 40)
    assert judge(report("word " * 39), report("word " * 39, name="two")) is None


def test_the_same_in_another_process() -> None:
    text = prose(1, 300)
    found = fingerprint(text)
    assert (len(set(found)), {len(band) for band in found}) == (64, {6})
    told = "import sys; from ingest.fingerprint import fingerprint; print(b''.join(fingerprint(sys.argv[1])).hex())"
    for seed in ("1", "2"):
        other = subprocess.run(
            [sys.executable, "-c", told, text], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True
        )
        assert other.stdout.strip() == b"".join(found).hex()


def test_a_fingerprint_does_not_change_between_versions() -> None:
    """Homes keep them: another hash would find no copy of what is stored."""
    found = fingerprint(" ".join(map(str, range(60))))
    assert (found[0].hex(), found[-1].hex()) == BANDS


BANDS = ("f6bb048a3f36", "b55a7c1b4577")


@pytest.mark.parametrize(("kept", "least"), [(1.0, 64), (0.9, 20), (0.5, 4), (0.0, 0)])
def test_bands_follow_the_share(kept: float, least: int) -> None:
    whole = prose(2, 400).split()
    cut = int(len(whole) * kept)
    found = shared_bands(" ".join(whole), " ".join(whole[:cut] + prose(3, 400 - cut).split()))
    assert found >= least
    assert kept or not found


def test_equal_long_text_is_a_copy_whatever_title_and_date() -> None:
    text = prose(4, 150)
    other = report(f"# {text}", title="Another", published="1999", name="two")
    assert copy_reason(report(text), other) == "the same text, word for word"


@pytest.mark.parametrize(
    ("title", "published", "copy"),
    [
        ("Queue outage", "2020-05-01", True),
        ("queue-outage", "2020-05", True),
        ("Incidents/2020-05-01-queue-outage", None, True),
        ("Queue outage | Status of Example", "2020", True),
        ("Queue outage", "2020-05-02", False),
        ("Disk outage", "2020-05-01", False),
        ("Another queue outage", "2020-05-01", False),
    ],
)
def test_equal_short_text_needs_title_and_date(title: str, published: str | None, copy: bool) -> None:
    text = prose(5, 60)
    verdict = judge(report(text), report(text, title=title, published=published, name="two"))
    assert verdict is not None
    assert (verdict.copy, verdict.score) == (copy, 1.0)


def test_reports_over_one_template_are_two() -> None:
    template = prose(6, 300)
    may = f"In May 2020 there were 17 pages and 4 incidents, CVE-2020-1111 first. {template}"
    june = f"In June 2020 there were 12 pages and 9 incidents, CVE-2020-2222 first. {template}"
    verdict = judge(report(may, "Monthly report", "2020-05"), report(june, "Monthly report", "2020-06", "two"))
    assert verdict is not None
    assert not verdict.copy
    assert verdict.reason == "91 % of their five-word sequences are the same"


def test_another_lesson_of_one_mishap_is_another_document() -> None:
    told = prose(7, 250)
    one = report(f"{told} {prose(8, 15)}", "Lock out before work")
    other = report(f"{told} {prose(9, 15)}", "Secure the scene", name="two")
    assert copy_reason(one, other) is None


def test_a_cut_copy_of_one_title_and_day() -> None:
    whole = prose(10, 500).split()
    part = " ".join(whole[:100] + whole[200:300])
    assert copy_reason(report(part), report(" ".join(whole), name="two")) == (
        "97 % of the shorter text stands in the longer one"
    )
    assert copy_reason(report(part, published="2019"), report(" ".join(whole), name="two")) is None


def test_a_title_may_stand_at_the_head_of_the_text() -> None:
    text = prose(11, 200)
    paper = report(f"# Lessons of the flood\n\n{text}", "scan_0017", None)
    page = report(f"{text} {prose(12, 5)}", "Lessons of the flood", "2019", "two")
    assert copy_reason(paper, page) is not None
    assert copy_reason(page, paper) is not None


def test_a_quotation_does_not_make_a_copy() -> None:
    quoted = prose(13, 100)
    story = report(f"{prose(14, 600)} {quoted} {prose(15, 600)}", "Ten years of outages", name="two")
    assert judge(report(quoted), story) is None


def test_hostile_texts_end() -> None:
    for text in ("a-" * 500_000, "](" * 500_000, "a-" + " " * 900_000, "https://" * 200_000, "\u3042" * 3_000_000):
        assert judge(report(text), report(text, name="two")) is None or fingerprint(text)
