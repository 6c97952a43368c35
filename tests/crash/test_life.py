"""Ten seconds of the life of which `make torture` lives ten minutes."""

import pytest

from tests.crash.life import READERS, WRITERS, Life
from tests.crash.life_log import Log

SECONDS = 10


@pytest.mark.slow
def test_nobody_meets_an_error_and_nothing_is_lost(tmp_path):
    report = Life(tmp_path, seed=2).live(SECONDS)
    assert report.statuses[200] > READERS
    assert sum(report.writes.values()) > WRITERS
    assert report.hits > 0
    assert report.backups > 0
    assert report.generations > 0


def test_an_older_text_may_be_seen_until_the_next_is_acknowledged():
    log = Log()
    log.begin("a", "one")
    log.acknowledged("a", "id")
    asked = log.documents["a"][0].sent
    log.begin("a", "two")
    assert log.possible("a", asked) == ["one", "two"]
    log.acknowledged("a")
    assert log.possible("a", asked) == ["one", "two"]
    assert log.possible("a", log.documents["a"][0].until + 0.001) == ["two"]
    assert log.final() == {"a": "two"}
