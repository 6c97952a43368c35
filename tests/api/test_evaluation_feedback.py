"""What readers judged, as a judged set of the home itself; and the commands of the life of a lesson."""

import json
from pathlib import Path

import pytest

from api.evaluation import evaluate_feedback, judged_by_readers
from corpus.errors import BadQuery
from corpus.feedback import Judgement
from tests.fakes import opened, stored


def test_verdicts_are_weighed_against_each_other():
    qrels = judged_by_readers(
        [
            Judgement("disk", "a", "useful", 2), Judgement("disk", "a", "not-useful", 3),
            Judgement("disk", "b", "already-knew", 1), Judgement("leap", "a", "not-useful", 1),
        ]
    )  # fmt: skip
    assert qrels == {"disk": {"a": 0, "b": 1}}


def test_a_home_is_measured_by_its_own_readers(tmp_path: Path):
    with opened(tmp_path) as lessonry:
        words = ("alarm", "backup", "certificate", "disk", "leap")
        keys = {word: stored(lessonry, word.title(), f"All about the {word}.") for word in words}
        give = lessonry.corpus.feedback.give
        for word in words[:4]:
            give(keys[word], "search", "useful", query=word)
        with pytest.raises(BadQuery, match="4 queries, 5 are needed"):
            evaluate_feedback(lessonry)
        give(keys["disk"], "search", "useful", query="leap")  # a wrong verdict: "leap" finds Leap first
        report = evaluate_feedback(lessonry, ["keyword", "hybrid"])
        assert (report["documents"], report["queries"]) == (5, 5)
        assert report["per_query"]["keyword"] == {**dict.fromkeys(words[:4], 1.0), "leap": 0.0}
        assert report["modes"]["keyword"]["ndcg@10"] == 0.8
        assert report["modes"]["hybrid"]["recall@10"] == 1.0


def test_commands_of_the_life_of_a_lesson(tmp_path: Path, capsys, monkeypatch):
    from api import cli, session

    monkeypatch.setattr(session.Session, "open", lambda self: opened(tmp_path))

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["lessonry", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, *capsys.readouterr()

    code, told, _ = run("moment", "Test the restore. Each month.", "--happened", "The backup was empty.", "--json")
    made = json.loads(told)
    assert (code, made["title"], made["state"]) == (0, "Test the restore", "draft")
    with opened(tmp_path) as lessonry:
        lessonry.corpus.gaps.note("flying carpets", "told")
    assert run("gaps")[1].split() == ["1", "flying", "carpets"]
    assert json.loads(run("actions", "--json")[1]) == {"items": []}
    for wrong in (["moment", " "], ["actions", "--state", "later"], ["eval"], ["eval", "--from-feedback"]):
        code, told, line = run(*wrong)
        assert (code, told, line.count("\n")) == (2, "", 1), wrong
