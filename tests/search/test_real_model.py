"""The default model itself: its weights, its export, and what a search with it imports."""

import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from api.settings import load
from api.wiring import Lessonry
from corpus.errors import EncoderMissing
from search import encoder_torch
from search.encoder_openvino import FILES, OpenVinoEncoder, export_folder, open_exported
from search.encoders import DEFAULT_MODEL, DEFAULT_SHA256, model_source, open_encoder

pytestmark = pytest.mark.slow

SENTENCE = "A valve stuck open while the panel showed it closed."
TEXTS = [
    "",
    "x",
    "x509: certificate has expired or is not yet valid",
    "Ünïcödé, 漢字 and \U0001f9ef",
    "UPPER and lower",
    "line\nbreaks\n\nand\ttabs",
    *(" ".join([SENTENCE] * times) for times in (1, 2, 3, 5, 8, 13, 21, 22, 23, 40, 100)),
    "a" * 5_000,
    "http://example.com/a?b=c&d=e#f " * 30,
    "[CLS] [SEP] [MASK] ##ing",
]


@pytest.fixture(scope="module")
def models() -> Path:
    """The default folder of exported models, with the default one in it."""
    folder = load().models
    open_encoder(DEFAULT_MODEL, folder)
    return folder


def test_the_weights_are_the_expected_ones() -> None:
    assert encoder_torch.file_sha256(Path(model_source(DEFAULT_MODEL)) / "model.safetensors") == DEFAULT_SHA256


def test_weights_that_are_not_the_expected_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    for source in (tmp_path, tmp_path / "missing"):
        with pytest.raises(EncoderMissing, match="not the expected ones"):
            encoder_torch.load(DEFAULT_MODEL, str(source), DEFAULT_SHA256)


def test_the_export_gives_what_the_library_gives(models: Path) -> None:
    exported = open_exported(DEFAULT_MODEL, models, DEFAULT_SHA256)
    assert exported is not None
    model = encoder_torch.load(DEFAULT_MODEL, model_source(DEFAULT_MODEL), DEFAULT_SHA256)
    assert len(TEXTS) == 20
    expected = np.asarray(model.encode(TEXTS, normalize_embeddings=True))
    found = exported.encode(TEXTS)
    assert found.shape == (20, exported.dimension) == expected.shape
    off = {"f32": 1e-4, "bf16": 5e-3}[exported.precision]
    assert np.abs(found - expected).max() < off
    assert (found * expected).sum(axis=1).min() > {"f32": 0.999999, "bf16": 0.9999}[exported.precision]
    assert np.abs(np.linalg.norm(found, axis=1) - 1).max() < 1e-5
    for text, row in zip(TEXTS, expected, strict=True):  # whatever stands beside it in a batch
        assert np.abs(exported.encode([text])[0] - row).max() < off
        assert exported.encode_query(text) @ row > (0.998 if len(text.split()) > 3 else 0.99)  # eight bits a weight
    tokens = model.tokenizer(TEXTS, add_special_tokens=False, truncation=False, verbose=False)["input_ids"]
    assert exported.measure(TEXTS) == [len(ids) for ids in tokens]
    assert exported.limit == model.max_seq_length - 2
    assert exported.encode([]).shape == (0, exported.dimension)
    size = {
        name: (export_folder(DEFAULT_MODEL, models) / name).stat().st_size
        for name in (FILES.weights, FILES.lighter_weights)
    }
    assert size[FILES.lighter_weights] < 0.7 * size[FILES.weights]  # half of it are the words, which stay as they are


def test_what_lies_beyond_the_limit_is_not_seen(models: Path) -> None:
    encoder = open_encoder(DEFAULT_MODEL, models)
    body = ["word"] * encoder.limit
    assert encoder.measure([" ".join(body)]) == [encoder.limit]
    one, other, shorter = encoder.encode([" ".join([*body, "tail"]), " ".join([*body, "another"]), " ".join(body[:-1])])
    assert np.array_equal(one, other)
    assert not np.array_equal(one, shorter)


@pytest.mark.parametrize("name", [FILES.model, FILES.weights, FILES.lighter, FILES.lighter_weights, FILES.manifest])
def test_an_export_that_was_cut_off_is_none(models: Path, tmp_path: Path, name: str) -> None:
    folder = export_folder(DEFAULT_MODEL, tmp_path)
    folder.mkdir()
    for path in export_folder(DEFAULT_MODEL, models).iterdir():
        (folder / path.name).symlink_to(path)
    assert OpenVinoEncoder(folder).id == open_encoder(DEFAULT_MODEL, models).id
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    (folder / name).write_bytes(content[: len(content) // 2])
    assert open_exported(DEFAULT_MODEL, tmp_path, DEFAULT_SHA256) is None


def test_an_export_of_another_model_is_none(models: Path) -> None:
    assert open_exported(DEFAULT_MODEL, models, "something else") is None


def test_a_folder_whose_model_is_replaced_is_another_model(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"one")
    before = encoder_torch.fingerprint(str(tmp_path))
    assert encoder_torch.fingerprint(str(tmp_path)) == before
    (tmp_path / "model.safetensors").write_bytes(b"another")
    assert encoder_torch.fingerprint(str(tmp_path)) != before
    assert encoder_torch.fingerprint("a-name-of-a-hub") == "a-name-of-a-hub"


def test_the_same_weights_pooled_otherwise_are_another_encoder(tmp_path: Path) -> None:
    """Maximum pooling cannot be exported, so this is also the way of all other models: through the library itself."""
    folder = tmp_path / "model"
    shutil.copytree(model_source(DEFAULT_MODEL), folder)
    mean = open_encoder(str(folder), tmp_path / "exports")
    settings = json.loads((folder / "1_Pooling" / "config.json").read_text())
    settings = {name: value for name, value in settings.items() if not name.startswith("pooling_mode")}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({**settings, "pooling_mode": "max"}))
    largest = open_encoder(str(folder), tmp_path / "exports")
    assert (type(mean).__name__, type(largest).__name__) == ("OpenVinoEncoder", "TorchEncoder")
    assert mean.id != largest.id
    assert largest.id.split("/torch/")[0].split("+")[0] == mean.id.split("/openvino")[0].split("+")[0]  # equal weights
    assert np.abs(mean.encode([SENTENCE]) - largest.encode([SENTENCE])).max() > 0.01
    assert largest.measure([SENTENCE]) == mean.measure([SENTENCE])


SEARCH = """
import sys
from pathlib import Path
from api.settings import load
from api.wiring import Lessonry
from search.types import Query
with Lessonry(load(home=Path(sys.argv[1]))) as lessonry:
    found = lessonry.searcher.search(Query(text="the clock went wrong"))
    assert found.degraded is None, found.degraded
    print(found.hits[0].document.title)
    unwanted = {"torch", "transformers", "sentence_transformers", "fastapi", "trafilatura", "openvino_telemetry.main"}
    print(sorted(unwanted & sys.modules.keys()))
"""


def test_a_search_imports_neither_torch_nor_transformers(models: Path, tmp_path: Path) -> None:
    from tests.fakes import draft

    with Lessonry(load(home=tmp_path)) as lessonry:
        for name, text in {"Leap": "A leap second confused every timer.", "Valve": SENTENCE}.items():
            lessonry.corpus.documents.put(draft(name, text), lessonry.split(name, text))
        lessonry.indexer.catch_up()
    done = subprocess.run(
        [sys.executable, "-c", SEARCH, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Leap", "[]"]


def test_lone_surrogates_in_a_query_are_no_fault(models: Path, tmp_path: Path) -> None:
    from search.types import Query

    with Lessonry(load(home=tmp_path)) as lessonry:
        assert lessonry.searcher.search(Query(text="a \ud800 clock")).hits == []
        assert lessonry.related.of_text("\udfff", "a \ud800 clock").items == []


def test_two_threads_never_run_for_the_first_time_at_once(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the library they may wait for each other forever: one of eight processes did."""
    encoder = OpenVinoEncoder(export_folder(DEFAULT_MODEL, models))
    first: list[object] = []
    most: list[int] = []
    lock = threading.Lock()

    class Request:
        fresh = True

        def infer(self, given: dict[str, np.ndarray]) -> list[np.ndarray]:
            if self.fresh:
                with lock:
                    first.append(self)
                    most.append(len(first))
                time.sleep(0.01)
                with lock:
                    first.remove(self)
                self.fresh = False
            return [np.ones((*given["input_ids"].shape, encoder.dimension), dtype=np.float32)]

    monkeypatch.setattr(encoder, "_compiled", lambda length: SimpleNamespace(create_infer_request=Request))
    threads = [threading.Thread(target=encoder.encode_query, args=("a",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8


def test_a_device_that_is_not_there_is_said_in_one_line(models: Path) -> None:
    with pytest.raises(EncoderMissing, match="torch cannot use the device 'no-such-device'") as raised:
        open_encoder(DEFAULT_MODEL, models, device="no-such-device")
    assert "setting device" in str(raised.value)
    assert "\n" not in str(raised.value)
