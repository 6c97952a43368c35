"""A git repository as a source: its files with the dates of its history, and what was deleted is gone."""

import subprocess
from pathlib import Path

import pytest

from ingest.types import Options
from tests.ingest.test_web import Guest, guest  # noqa: F401  (fixture)


def git(folder: Path, *words: str, day: str = "2020-01-01") -> None:
    when = f"{day}T12:00:00"
    environment = {
        "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": "/usr/bin:/bin",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.example", "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b.example",
    }  # fmt: skip
    subprocess.run(["git", *words], cwd=folder, env=environment, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    (folder / "posts").mkdir(parents=True)
    git(folder, "init", "-b", "main")
    (folder / "posts" / "disk.md").write_text("# Disks\n\nThe disk was full.\n")
    (folder / "README.md").write_text("# About\n\nOur post-mortems.\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first", day="2019-05-04")
    (folder / "posts" / "disk.md").write_text("# Disks\n\nThe disk was full, and the alarm silent.\n")
    (folder / "posts" / "clock.md").write_text("---\npublished: 2012-06-30\n---\n# Clocks\n\nA leap second.\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "second", day="2021-07-08")
    return folder


def test_a_folder_of_a_clone_has_the_dates_of_its_history(guest: Guest, repository: Path) -> None:  # noqa: F811
    source = f"{repository}#posts"
    found = guest.ingestor._sources._checkouts.items(source, Options())
    outcomes = {outcome.title: outcome for outcome in guest.ingestor.take(found, Options())}
    assert set(outcomes) == {"Disks", "Clocks"}
    disks = guest.corpus.documents.get(str(outcomes["Disks"].id))
    assert (disks.published, disks.updated, disks.source) == ("2019-05-04", "2021-07-08", f"{repository}#posts/disk.md")
    assert guest.corpus.documents.get(str(outcomes["Clocks"].id)).published == "2012-06-30"
    again = guest.ingestor.take(guest.ingestor._sources._checkouts.items(source, Options()), Options())
    assert {outcome.status for outcome in again} == {"unchanged"}
    (repository / "posts" / "disk.md").unlink()
    git(repository, "commit", "-am", "third", day="2022-01-01")
    options = Options(again=tuple(outcome.source for outcome in outcomes.values()), refresh=True)
    last = guest.ingestor.take(guest.ingestor._sources._checkouts.items(source, options), options)
    assert {outcome.title: outcome.gone for outcome in last} == {"Disks": True, "Clocks": False}


def test_a_working_tree_on_this_machine_is_read_in_place(guest: Guest, repository: Path) -> None:  # noqa: F811
    (repository / "posts" / "new.md").write_text("# New\n\nNot committed yet.\n")
    found = {outcome.title: outcome for outcome in guest.add(str(repository))}
    assert set(found) == {"About", "Disks", "Clocks", "New"}
    dates = {title: guest.corpus.documents.get(str(one.id)).published for title, one in found.items()}
    assert dates == {"About": "2019-05-04", "Disks": "2019-05-04", "Clocks": "2012-06-30", "New": None}


def test_what_is_no_repository_is_one_line(guest: Guest, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "plain").mkdir()
    (outcome,) = guest.add(str(tmp_path / "plain"), form="repository")
    assert "no git repository" in str(outcome.error)
    (outcome,) = guest.add("http://127.0.0.1:1/nothing.git")
    assert outcome.status == "failed"
    assert str(outcome.error).startswith("http://127.0.0.1:1/nothing.git")
