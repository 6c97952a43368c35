"""Another model is made ready beside the one in use, measured against it, taken into use, and given up again."""

import json
import statistics
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from api import cli, migration
from api.settings import SettingsError, keep_model, load
from api.wiring import Lessonry
from search import encoders
from search.types import Query
from tests.fakes import VOCABULARY, FakeEncoder, stored

CHOSEN = VOCABULARY[:12]


class Other(FakeEncoder):
    """Hears only the second half of the words; another dimension too."""

    dimension = FakeEncoder.dimension + 1

    def _vector(self, text: str) -> NDArray[np.float32]:
        heard = super()._vector(text)
        heard[: len(VOCABULARY) // 2] = 0
        heard = np.append(heard, np.float32(0.1))
        unit: NDArray[np.float32] = heard / np.linalg.norm(heard)
        return unit


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> dict[str, FakeEncoder]:
    known = {"all-MiniLM-L6-v2": FakeEncoder("first/1"), "other": Other("other/1")}
    monkeypatch.setattr(encoders, "open_encoder", lambda name, models, download=False, device="cpu": known[name])
    return known


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Lessonry(load(home=tmp_path)) as lessonry:
        for number, word in enumerate(CHOSEN):
            for other in CHOSEN[number + 1 :: 2]:
                stored(lessonry, f"{word} and {other}", f"Of the {other}, the {word} and the {CHOSEN[number - 3]}.")
        lessonry.indexer.rebuild()
    return tmp_path


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple]:
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["lessonry", "--home", str(home), *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, *capsys.readouterr()

    return run


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def asked(home: Path, model: str | None = None) -> dict[str, list[str]]:
    """The first ten documents for each title, from a new process."""
    with Lessonry(load(home=home, model=model)) as lessonry:
        documents = lessonry.corpus.documents
        titles = {i: documents.get(i).title for i in documents.ids()}
        found = {title: lessonry.searcher.search(Query(text=title)) for title in titles.values()}
        assert all(one.degraded is None for one in found.values())
        return {title: [hit.document.title for hit in one.hits] for title, one in found.items()}


def test_what_would_change_is_what_does_change(home: Path, run: Callable, models: dict[str, FakeEncoder]) -> None:
    before, index = asked(home), files(home / "index")
    code, out, _ = run("model", "try", "other", "--json")
    told = json.loads(out)
    assert code == 0
    assert {name: content for name, content in files(home / "index").items() if "of-" not in name} == index
    assert asked(home) == before
    after = asked(home, "other")
    shares = {title: len({*before[title]} & {*after[title]}) / 10 for title in before}
    assert (told["queries"], told["agreed"]) == (len(before), round(statistics.fmean(shares.values()), 3))
    assert told["agreed"] < 0.95
    same = statistics.fmean(before[title][0] == after[title][0] for title in before)
    assert told["same_first"] == round(same, 3)
    least = sorted(shares, key=lambda title: (shares[title], title))[:5]
    assert [one["query"] for one in told["differ_most"]] == least
    for one in told["differ_most"]:
        assert (one["before"], one["after"]) == (before[one["query"]][0], after[one["query"]][0])
        assert one["agreed"] == round(10 * shares[one["query"]])
    assert told["judged"] is None
    encoded = models["other"].encoded
    assert run("model", "try", "other")[0] == 0
    assert models["other"].encoded == encoded  # once is enough


def test_it_takes_over_and_one_command_goes_back(home: Path, run: Callable, models: dict[str, FakeEncoder]) -> None:
    before = asked(home)
    (home / "lessonry.toml").write_text('# ours\nhosts = ["a.example"] # us\nmodel="all-MiniLM-L6-v2"\nport = 9000\n')
    code, _, line = run("model", "use", "other")
    assert (code, line.count("\n"), "lessonry model try other" in line) == (2, 1, True)
    run("model", "try", "other")
    with Lessonry(load(home=home)) as lessonry:  # between the two something comes in
        stored(lessonry, "Late", "Of the router.")
    code, _, line = run("model", "use", "other")
    assert code == 0
    assert "back: lessonry model use all-MiniLM-L6-v2" in line
    text = (home / "lessonry.toml").read_text()
    assert text == 'model = "other"\n# ours\nhosts = ["a.example"] # us\nport = 9000\n'
    assert asked(home) == asked(home, "other") != before
    assert "Late" in asked(home)
    encoded = {name: one.encoded for name, one in models.items()}
    assert run("model", "use", "all-MiniLM-L6-v2")[0] == 0
    with Lessonry(load(home=home)) as lessonry:
        assert lessonry.settings.model == "all-MiniLM-L6-v2"
        assert lessonry.settings.port == 9000
        lessonry.corpus.documents.remove(lessonry.corpus.documents.ids()[-1])
    late = asked(home)
    assert {title: found for title, found in late.items() if title in before}.keys() <= before.keys() | {"Late"}
    assert {name: one.encoded for name, one in models.items()} == encoded


def test_readers_judgements_say_which_is_better(home: Path) -> None:
    with Lessonry(load(home=home)) as now, migration.beside(now.settings, "other") as then:
        titles = {now.corpus.documents.get(i).title: i for i in now.corpus.documents.ids()}
        for title in list(titles)[:6]:
            now.corpus.feedback.give(titles[title], "search", "useful", query=f"the {title}, again")
        migration.prepare(then)
        judged = migration.compare(now, then).judged
        assert judged
        assert judged.before > judged.after
        assert judged.difference.mean == pytest.approx(judged.after - judged.before, abs=2e-4)
        assert json.dumps(asdict(judged))


def test_a_model_that_the_environment_sets_is_changed_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESSONRY_MODEL", "all-MiniLM-L6-v2")
    with pytest.raises(SettingsError, match="LESSONRY_MODEL says"):
        keep_model(load(home=home), "other")
    monkeypatch.delenv("LESSONRY_MODEL")
    for text in ("port = [", 'redact = """\nmodel = 1\n"""'):
        (home / "lessonry.toml").write_text(text)
        with pytest.raises(SettingsError, match=r"lessonry\.toml"):
            keep_model(load(home=home.parent).model_copy(update={"home": home}), "other")
        assert (home / "lessonry.toml").read_text() == text


def test_names_are_kept_as_they_are(tmp_path: Path) -> None:
    for name in ('C:\\models\\"mine"', "/srv/modèles/ein", "o'ther"):
        keep_model(load(home=tmp_path), name)
        assert load(home=tmp_path).model == name
        assert (tmp_path / "lessonry.toml").read_text().count("\n") == 1
