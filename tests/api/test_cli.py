"""The command line: what it prints, where, and how it ends. In one process, over the fake encoder."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from api import cli
from search import encoders
from tests.fakes import FakeEncoder

Run = Callable[..., "Done"]


class Done:
    """How a call ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> dict:
        return json.loads(self.out)


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> FakeEncoder:
    fake = FakeEncoder()
    monkeypatch.setattr(encoders, "open_encoder", lambda name, models, download=False, device="cpu": fake)
    return fake


@pytest.fixture
def run(
    tmp_path: Path, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*words: object, home: object = "home") -> Done:
        monkeypatch.setattr("sys.argv", ["lessonry", "--home", str(home), *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code
        return Done(0 if code is None else int(code), *capsys.readouterr())

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "clock.md").write_text("# Clocks\n\nA leap second made the clock jump.\n")
    (docs / "disk.md").write_text("# Disks\n\nThe disk was full and the alarm silent.\n")
    (docs / "picture.png").write_bytes(b"\x89PNG\r\n")
    return docs


def test_add_counts_by_the_six_words_and_again_adds_nothing(run, folder, encoder):
    first = run("add", folder, "--json").json
    assert {name: first[name] for name in ("added", "changed", "unchanged", "duplicate", "skipped", "failed")} == {
        "added": 2, "changed": 0, "unchanged": 0, "duplicate": 0, "skipped": 1, "failed": 0,
    }  # fmt: skip
    assert {item["title"] for item in first["items"] if item["status"] == "added"} == {"Clocks", "Disks"}
    assert set(first["items"][0]) == {"source", "status", "id", "title", "error", "gone", "retry_after", "masked"}
    encoded = encoder.encoded
    again = run("add", folder, "--json").json
    assert (again["added"], again["unchanged"], encoder.encoded) == (0, 2, encoded)


def test_a_changed_document_keeps_its_id_and_encodes_only_what_changed(run, folder, encoder):
    (folder / "long.md").write_text(
        "# Long\n\n## One\n\n" + "The crew slept. " * 40 + "\n\n## Two\n\nA valve broke. " * 2
    )
    before = {item["title"]: item["id"] for item in run("add", folder, "--json").json["items"]}
    encoded = encoder.encoded
    (folder / "clock.md").write_text("# Clocks\n\nA leap second made the clock stop.\n")
    report = run("add", folder, "--json").json
    changed = [item for item in report["items"] if item["status"] == "changed"]
    assert [(item["title"], item["id"]) for item in changed] == [("Clocks", before["Clocks"])]
    assert encoder.encoded == encoded + 1


def test_one_bad_file_never_stops_the_rest(run, folder):
    (folder / "a-broken.pdf").write_bytes(b"%PDF-1.4 cut off")
    done = run("add", folder, "--json")
    assert done.code == 1
    assert (done.json["added"], done.json["failed"]) == (2, 1)
    failed = next(item for item in done.json["items"] if item["status"] == "failed")
    assert "\n" not in failed["error"]


def test_an_interrupted_run_says_how_to_go_on(run, folder, encoder):
    encoder.broken = KeyboardInterrupt()
    done = run("add", folder)
    assert (done.code, "run the same command again" in done.err) == (130, True)
    encoder.broken = None
    assert run("add", folder, "--json").json["failed"] == 0
    assert run("doctor", "--json").json["healthy"]


def test_what_is_skipped_is_named(run, folder):
    assert "picture.png" in run("add", folder).err


def test_export_leaves_what_others_put_there(run, folder, tmp_path):
    run("add", folder)
    run("export", tmp_path / "one")
    (tmp_path / "one" / "documents" / "mine.md").write_text("mine")
    for item in run("list", "--json").json["items"]:
        run("remove", item["id"])
    run("export", tmp_path / "one")
    assert [path.name for path in (tmp_path / "one" / "documents").iterdir()] == ["mine.md"]


def test_dry_run_says_what_would_be_done_and_does_nothing(run, folder):
    assert run("add", folder, "--dry-run", "--json").json["added"] == 2
    assert run("list", "--json").json["items"] == []


def test_options_of_add(run, folder):
    table = folder / "table.csv"
    table.write_text("Name,Story\nThe valve,A valve stuck open.\n")
    run(
        "add",
        table,
        "--map",
        "title=Name",
        "--map",
        "text=Story",
        "--kind",
        "lesson",
        "--tag",
        "Pumps",
        "--collection",
        "Plant",
    )
    items = run("list", "--collection", "plant", "--json").json["items"]
    assert [(item["title"], item["kind"], item["tags"]) for item in items] == [("The valve", "lesson", ["pumps"])]


def test_add_says_who_may_see_the_documents_and_again_unsays_nothing(run, folder):
    run("add", folder, "--visibility", "members")
    run("add", folder)
    (first, *_) = run("list", "--json").json["items"]
    assert run("show", first["id"], "--json").json["visibility"] == "members"
    run("add", folder, "--visibility", "public")
    assert run("show", first["id"], "--json").json["visibility"] == "public"
    wrong = run("add", folder, "--visibility", "all")
    assert (wrong.code, "--visibility" in wrong.err) == (2, True)


def test_search_prints_the_right_document_first_and_why(run, folder):
    run("add", folder)
    done = run("search", "leap second", "--explain")
    assert done.code == 0
    assert done.out.index("Clocks") < done.out.index("Disks") if "Disks" in done.out else "Clocks" in done.out
    assert "score 1.000 = words" in done.out
    answer = run("search", "leap second", "--json").json
    assert answer["hits"][0]["document"]["title"] == "Clocks"
    assert {"query", "mode", "took_ms", "degraded", "total", "next", "facets", "hits"} <= set(answer)


def test_search_understands_the_language_of_queries_and_mends_slips(run, folder):
    run("add", folder)
    assert run("search", '"leap second"', "--json").json["total"] == 1
    assert run("search", '"second leap"', "--json").json["total"] == 0
    assert run("search", "leap -second", "--mode", "keyword", "--json").json["total"] == 0
    assert "did you mean: leap second" in run("search", "leap secnod").err
    assert "there is no field 'knd:'" in run("search", "knd:lesson leap").err
    assert run("search", "leap kind:bug").code == 2
    assert "kind:bug is none of post-mortem" in run("search", "leap kind:bug").err


def test_a_list_that_is_merely_nearest_in_meaning_says_so(run, folder):
    run("add", folder)
    assert "none of these words occurs" in run("search", "qwertz").err
    assert "none of these words" not in run("search", "leap").err
    listed = run("search", "--explain", "--", "-zzz")
    assert "none of these words" not in listed.err
    assert listed.out.count("listed: nothing but filters was asked for") == 2


def test_standard_input(run, folder, monkeypatch):
    import io

    run("add", folder)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"leap second")))
    assert run("search", "-", "--json").json["query"].strip() == "leap second"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"# Piped\n\nThe router had a typo.\n")))
    assert run("add", "-", "--json").json["items"][0]["title"] == "Piped"


def test_related_show_and_remove(run, folder):
    document_id = next(item["id"] for item in run("add", folder, "--json").json["items"] if item["title"] == "Clocks")
    found = run("related", "--text", "the clock of the router met a leap second", "--json").json["suggestions"]
    assert found[0]["document"]["id"] == document_id
    assert run("related", "--file", folder / "clock.md", "--json").json["suggestions"] == []  # itself
    assert "leap second" in run("show", document_id).out
    assert run("show", document_id, "--json").json["passages"][0]["text"] == "A leap second made the clock jump."
    assert run("remove", document_id).code == 0
    assert run("show", document_id).code == 1
    assert run("search", "leap second", "--mode", "keyword", "--json").json["hits"] == []


def test_export_import_export_gives_equal_bytes(run, folder, tmp_path):
    run("add", folder, "--collection", "Mine")
    assert run("export", tmp_path / "one").code == 0
    assert run("import", tmp_path / "one", home="other").code == 0
    assert run("export", tmp_path / "two", home="other").code == 0
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) == 4
    assert files == sorted(
        path.relative_to(tmp_path / "two") for path in (tmp_path / "two").rglob("*") if path.is_file()
    )
    for path in files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()


def test_backup_and_restore(run, folder, tmp_path):
    run("add", folder)
    assert run("backup", tmp_path / "b.db").code == 0
    for item in run("list", "--json").json["items"]:
        run("remove", item["id"])
    assert run("restore", tmp_path / "b.db").code == 0
    assert run("search", "leap second", "--json").json["hits"][0]["document"]["title"] == "Clocks"
    (tmp_path / "not.db").write_bytes(b"not a database at all" * 100)
    refused = run("restore", tmp_path / "not.db")
    assert (refused.code, "nothing was changed" in refused.err) == (2, True)
    assert len(run("list", "--json").json["items"]) == 2


def test_doctor_finds_and_repairs_what_is_derived(run, folder, tmp_path):
    run("add", folder)
    assert run("doctor", "--json").json == {"healthy": True, "problems": [], "repaired": []}
    vectors = next((tmp_path / "home" / "index").glob("*/vectors.faiss"))
    vectors.write_bytes(vectors.read_bytes()[:-7])
    with sqlite3.connect(tmp_path / "home" / "lessonry.db") as db:
        db.execute("INSERT INTO passages_fts (passages_fts) VALUES ('delete-all')")
    sick = run("doctor", "--json")
    assert sick.code == 1
    assert {line.split(":")[0] for line in sick.json["problems"]} >= {"full text", "vector index"}
    assert run("search", "leap second", "--json").json["hits"], "a damaged index must not end search"
    mended = run("doctor", "--repair", "--json")
    assert (mended.code, mended.json["healthy"]) == (0, True)
    assert list((tmp_path / "home").glob("before-repair-*.db"))
    assert run("search", "leap second", "--mode", "keyword", "--json").json["hits"][0]["document"]["title"] == "Clocks"


def test_reindex_and_stats(run, folder, encoder):
    run("add", folder)
    encoded = encoder.encoded
    assert run("reindex").code == 0
    assert encoder.encoded == encoded
    assert run("stats", "--json").json["documents"] == 2


def test_eval_measures_every_mode(run, tmp_path):
    judged = tmp_path / "judged"
    judged.mkdir()
    (judged / "corpus.jsonl").write_text(
        '{"_id": "a", "title": "", "text": "a leap second"}\n{"_id": "b", "title": "", "text": "the disk was full"}\n'
    )
    (judged / "queries.jsonl").write_text(
        '{"_id": "1", "text": "leap second"}\n{"_id": "a", "text": "a leap second"}\n'
    )
    (judged / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t1\na\tb\t1\n")
    report = run("eval", judged, "--json").json
    assert (report["documents"], report["queries"]) == (2, 2)
    assert set(report["modes"]) == {"hybrid", "semantic", "keyword"}
    assert report["modes"]["hybrid"]["ndcg@10"] == 1.0  # query a is not answered by itself
    assert report["modes"]["keyword"]["recall@10"] == 0.5
    assert {"ndcg@10", "recall@10", "recall@100", "mrr@10", "p50_ms", "p99_ms"} == set(report["modes"]["keyword"])
    assert report["intervals"]["hybrid"]["ndcg@10"] == [1.0, 1.0]
    assert report["per_query"]["keyword"] == {"1": 1.0, "a": 0.0}
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps(report))
    compared = run("eval", judged, "--json", "--compare", "keyword", earlier).json["compared"]
    assert (compared["mean"], compared["better"], compared["worse"], compared["queries"]) == (0.5, 1, 0, 2)
    assert "hybrid against keyword: nDCG@10 +0.5000" in " ".join(
        run("eval", judged, "--compare", "keyword", "hybrid").out.split()
    )
    for given in (["keyword", "missing.json"], ["keyword", str(judged / "corpus.jsonl")]):
        assert "is no mode and no report" in run("eval", judged, "--compare", *given).err
    assert "was not measured" in run("eval", judged, "--mode", "hybrid", "--compare", "keyword", "hybrid").err
    earlier.write_text(json.dumps({"per_query": {"hybrid": {"1": 1.0}}}))
    assert "judged on one side only" in run("eval", judged, "--compare", "hybrid", earlier).err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["add", "missing.md"], 2, "no such file"),
        (["add", "empty.md"], 2, "empty"),
        (["add", "binary.md"], 2, "binary"),
        (["add", "cut.json"], 2, "ends too early"),
        (["add", "table.csv", "--map", "text=Nope"], 2, "Nope"),
        (["add", "table.csv", "--map", "text"], 2, "field=column"),
        (["add", "http://10.0.0.1/"], 2, "private"),
        (["add", "empty.md", "--kind", "poem"], 2, "poem"),
        (["search", ""], 2, "empty"),
        (["search", "x" * 100_000], 2, "100000 characters"),
        (["search", "a", "--limit", "0"], 2, "limit"),
        (["search", "a", "--limit", "-1"], 2, "limit"),
        (["search", "a", "--limit", "1000000000"], 2, "limit"),
        (["search", "a", "--mode", "psychic"], 2, "psychic"),
        (["search", "a", "--since", "yesterday"], 2, "yesterday"),
        (["show", "\udcff\udcfe"], 2, "UTF-8"),
        (["search"], 2, "argument 'query'"),
        (["search", "a", "b"], 2, "--help"),
        (["search", "a", "--bogus"], 2, "--bogus"),
        (["list", "--limit", "0"], 2, "--limit"),
        (["search", "a", "--collection", "nope"], 1, "nope"),
        (["related", "--text", " "], 2, "empty"),
        (["nonsense"], 2, "nonsense"),
        (["show", "nothing"], 1, "nothing"),
        (["remove", "nothing"], 1, "nothing"),
        (["related", "nothing"], 1, "nothing"),
        (["related"], 2, "--text"),
        (["related", "x", "--title", "y"], 2, "--title goes with --text or --file"),
        (["related", "--file", "missing.md"], 2, "no such file"),
        (["import", "missing"], 2, "no bundle"),
        (["restore", "missing.db"], 2, "no such file"),
        (["eval", "missing"], 2, "corpus.jsonl"),
    ],
)
def test_bad_input_gets_one_clear_line(run, tmp_path, words, code, says):
    (tmp_path / "empty.md").write_bytes(b"")
    (tmp_path / "binary.md").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "cut.json").write_text('[{"title": "A", "text": "b"},\n{"title": ')
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    done = run(*words)
    assert done.code == code
    line = done.err.strip()
    assert says in line
    assert "\n" not in line
    assert "Traceback" not in line


def test_a_home_that_cannot_be_used_gets_one_clear_line(run, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert run("list", home=tmp_path / "file" / "home").code == 2
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "lessonry.db").write_bytes(b"something else " * 500)
    done = run("list", home=tmp_path / "foreign")
    assert (done.code, "not a database" in done.err) == (2, True)


def test_a_home_of_a_newer_version_is_left_untouched(run, folder, tmp_path):
    run("add", folder)
    with sqlite3.connect(tmp_path / "home" / "lessonry.db") as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('lessonry', 'm999_future', '')"
        )
    db.close()
    before = (tmp_path / "home" / "lessonry.db").read_bytes()
    done = run("add", folder)
    assert (done.code, "newer" in done.err, "m999_future" in done.err) == (2, True, True)
    assert (tmp_path / "home" / "lessonry.db").read_bytes() == before


def test_settings_files_and_environment(run, folder, tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "lessonry.toml").write_text("max_bytes = 10\n")
    assert "larger than the limit" in run("add", folder / "clock.md").err
    monkeypatch.setenv("LESSONRY_MAX_BYTES", "1000")
    assert run("add", folder / "clock.md").code == 0
    (tmp_path / "home" / "lessonry.toml").write_text("max_bite = 10\n")
    done = run("list")
    assert (done.code, "max_bite" in done.err) == (2, True)


def test_version_and_help(run):
    assert run("--version").out.startswith("lessonry ")
    assert run("search", "--help").code == 0
    assert run().code == 2
    assert "Commands" in run().out
