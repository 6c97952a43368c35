"""Work that survives a restart."""

import pytest

from corpus.errors import NotFound
from tests.fakes import Home


def test_a_job_is_what_was_asked_and_what_came_of_it(home: Home) -> None:
    job = home.corpus.jobs.create({"url": "https://example.com/ß"})
    assert (job.status, job.request, job.result, job.error) == ("queued", {"url": "https://example.com/ß"}, None, None)
    home.corpus.jobs.update(job.id, "running")
    done = home.corpus.jobs.update(job.id, "done", result={"added": 1})
    assert (done.status, done.result, done.request) == ("done", {"added": 1}, job.request)
    failed = home.corpus.jobs.update(job.id, "failed", error="no answer")
    assert (failed.status, failed.result, failed.error) == ("failed", {"added": 1}, "no answer")


def test_what_is_unfinished_is_found_after_a_restart_the_oldest_first(home: Home) -> None:
    ids = [home.corpus.jobs.create({"n": n}).id for n in range(4)]
    home.corpus.jobs.update(ids[1], "running")
    home.corpus.jobs.update(ids[2], "done")
    home.corpus.jobs.create({"n": 9}, job_id="known-before")
    with home.reopened() as later:
        assert [job.id for job in later.corpus.jobs.unfinished()] == [ids[0], ids[1], ids[3], "known-before"]
        assert [job.id for job in later.corpus.jobs.recent(3)] == ["known-before", ids[3], ids[2]]


def test_no_such_job(home: Home) -> None:
    for act in (home.corpus.jobs.get, lambda key: home.corpus.jobs.update(key, "done")):
        with pytest.raises(NotFound, match="no job 'nothing'"):
            act("nothing")
