"""Sixty kills: no acknowledged write is lost, no hit has a wrong text. `make torture` does a thousand."""

import pytest

from tests.crash.harness import Victim

KILLS = 60


@pytest.mark.slow
def test_nothing_is_lost(tmp_path):
    victim = Victim(tmp_path, seed=1)
    for _ in range(KILLS):
        victim.kill_once()
    assert victim.report.acknowledged > KILLS
    assert victim.report.by_point > KILLS // 4
    assert len(victim.report.cut_off) >= 5  # kinds of operations that were under way
