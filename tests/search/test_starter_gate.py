"""The quality gate: what the starter corpus reaches with the real model may not sink."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.wiring import Lessonry
from search.types import MODES
from tests.search import starter
from tests.search.update_floors import Refused, updated, write

Opened = tuple[Lessonry, dict[str, str]]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    with starter.opened(tmp_path_factory.mktemp("starter")) as found:
        yield found


@pytest.fixture(scope="module")
def measured(opened: Opened) -> starter.Figures:
    return starter.figures(*opened)


@pytest.mark.slow
def test_no_figure_is_below_its_floor(measured: starter.Figures) -> None:
    kept = starter.read_floors()
    assert kept["corpus"] == starter.digest(), "documents or judgements changed: python -m tests.search.update_floors"
    assert starter.shortfalls(measured, kept) == []


@pytest.mark.slow
def test_both_kinds_of_evidence_together_are_better_than_each(measured: starter.Figures) -> None:
    for name in ("ndcg@10", "recall@5"):
        assert measured[f"hybrid {name}"] > max(measured[f"semantic {name}"], measured[f"keyword {name}"])


@pytest.mark.slow
def test_questions_in_other_words_find_their_lesson(opened: Opened) -> None:
    assert starter.answers(*opened, "leap second made our CPUs spin")[0] == "linux-leap-second-futex-2012"
    found = starter.answers(*opened, "typo in a config push took down the edge")
    asked = starter.judged()
    (query,) = [i for i, text in asked.queries.items() if text == "typo in a config push took down the edge"]
    grades = [asked.qrels[query].get(name, 0) for name in found[:3]]
    assert min(grades) >= 1
    assert grades.count(2) >= 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CVE-2024-3094", "xz-utils-backdoor-2024"),
        ("CVE-2014-0160", "openssl-heartbleed-2014"),
        ("node-role.kubernetes.io/master", "reddit-pi-day-kubernetes-2023"),
        ("pg_basebackup", "gitlab-database-deletion-2017"),
        ("catastrophic backtracking", "cloudflare-waf-regex-2019"),
        ("WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED", "leaked-secrets-must-be-rotated"),
        ("are we open to CVE-2017-5638 here?", "equifax-breach-2017"),
    ],
)
def test_an_identifier_or_an_error_message_finds_who_has_it(opened: Opened, text: str, name: str) -> None:
    for mode in ("hybrid", "keyword"):
        assert starter.answers(*opened, text, mode)[0] == name


@pytest.mark.slow
def test_the_answers_stay_after_compaction_and_in_a_new_process(opened: Opened) -> None:
    lessonry, files = opened
    queries = list(starter.judged().queries.values())[:12]
    before = [starter.answers(lessonry, files, query, mode) for query in queries for mode in MODES]
    lessonry.indexer.rebuild()
    assert [starter.answers(lessonry, files, query, mode) for query in queries for mode in MODES] == before
    with starter.opened(lessonry.settings.home) as (later, names):
        assert [starter.answers(later, names, query, mode) for query in queries for mode in MODES] == before


def test_every_judgement_names_a_document() -> None:
    names = {path.stem for path in (starter.FOLDER / "documents").glob("*.md")}
    asked = starter.judged()
    assert len(asked.queries) >= 100
    for query, grades in asked.qrels.items():
        assert grades.keys() <= names, query
        assert set(grades.values()) <= {0, 1, 2}
        assert any(grades.values()), query


def test_recall_by_hand() -> None:
    run = {"q": [("a", 3.0), ("x", 2.0), ("b", 1.0)], "p": []}
    assert starter.recall({"q": {"a": 2, "b": 1, "c": 0}, "p": {"d": 1}}, run, 2) == 0.25


KEPT: dict[str, object] = {
    "corpus": "abc",
    "floors": {"hybrid ndcg@10": 0.8, "keyword recall@5": 0.5},
    "epsilon": 0.005,
}


@pytest.mark.parametrize(
    ("figures", "short"),
    [
        ({"hybrid ndcg@10": 0.8, "keyword recall@5": 0.5}, []),
        ({"hybrid ndcg@10": 0.796, "keyword recall@5": 0.9}, []),
        ({"hybrid ndcg@10": 0.794, "keyword recall@5": 0.9}, ["hybrid ndcg@10: 0.7940 < 0.8000"]),
        ({"hybrid ndcg@10": 0.9}, ["keyword recall@5: 0.0000 < 0.5000"]),
    ],
)
def test_the_gate_itself(figures: starter.Figures, short: list[str]) -> None:
    assert starter.shortfalls(figures, KEPT) == short


def test_floors_rise_and_do_not_sink_unless_told(tmp_path: Path) -> None:
    higher = {"hybrid ndcg@10": 0.9, "keyword recall@5": 0.5}
    assert updated(higher, "def", KEPT, allow_regression=False)["floors"] == higher
    lower = {"hybrid ndcg@10": 0.9, "keyword recall@5": 0.499}
    with pytest.raises(Refused, match=r"keyword recall@5 0.5 -> 0.499"):
        updated(lower, "def", KEPT, allow_regression=False)
    with pytest.raises(Refused, match="keyword"):
        updated({"hybrid ndcg@10": 0.9}, "def", KEPT, allow_regression=False)
    content = updated(lower, "def", KEPT, allow_regression=True)
    assert content == {"corpus": "def", "floors": lower, "epsilon": 0.005}
    write(tmp_path / "floors.json", content)
    assert [path.name for path in tmp_path.iterdir()] == ["floors.json"]
    assert updated(lower, "def", None, allow_regression=False)["floors"] == lower
