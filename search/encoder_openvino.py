"""An exported model on OpenVINO: no torch, no transformers. The path of every query.

openvino is imported and the model compiled on the first text, so that reading an encoder's id is cheap. Each core
works on a batch of its own: that takes less time than all of them on one after the other.
"""

import hashlib
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from search.turns import TURNS
from search.types import Vectors

FILES = SimpleNamespace(
    model="model.xml",
    weights="model.bin",
    lighter="question.xml",
    lighter_weights="question.bin",
    tokenizer="tokenizer.json",
    manifest="encoder.json",
)
WHOLE = (FILES.model, FILES.weights, FILES.lighter, FILES.lighter_weights)
"""Files whose sizes the manifest tells, so that one that is cut off is seen."""

_BATCH_TOKENS = 1024
"""Word pieces per run: measured best on two cores; larger batches fall out of the processor's cache."""
_FIRST = threading.Lock()
"""For what is made once, of this process and of each encoder."""
_STEP = 16
"""Lengths are rounded up to a multiple of this: for each other shape than the last one OpenVINO makes ready anew."""
_QUESTIONS = (16, 32)
"""Lengths, in word pieces, that have a model of their own: nothing is made ready, which takes a fifth of the time. Its
weights have eight bits: one question takes as long as it takes to read them."""


def openvino() -> Any:
    """The library. It would tell its makers of each import, by a package that it does without if there is none."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None: it cannot be imported
    import openvino

    return openvino


def export_folder(name: str, models: Path) -> Path:
    """Where the export of a model stands: readable, and distinct for distinct names."""
    slug = re.sub(r"[^\w.-]+", "-", name).strip("-.")[-60:]
    return models / f"{slug}-{hashlib.sha256(name.encode()).hexdigest()[:8]}-openvino"


def open_exported(name: str, models: Path, made_from: str) -> "OpenVinoEncoder | None":
    """The encoder of an earlier export, None if there is none, it is incomplete, or of something else."""
    folder = export_folder(name, models)
    try:
        encoder = OpenVinoEncoder(folder)
        return encoder if encoder.made_from == made_from else None
    except (OSError, ValueError, KeyError):
        return None


class OpenVinoEncoder:
    """An Encoder over the files of an export."""

    def __init__(self, folder: Path) -> None:
        manifest = json.loads((folder / FILES.manifest).read_text())
        self._folder = folder
        self._pooling = str(manifest["pooling"])
        self._prompts = (str(manifest["query_prompt"]), str(manifest["passage_prompt"]))
        self.precision = str(manifest["precision"])
        self._own = threading.local()
        self._compilations: dict[int | None, Any] = {}
        self.id = str(manifest["id"])
        self.made_from = str(manifest["made_from"])
        self._special = int(manifest["special"])
        self._most = int(manifest["most"])
        self.limit = self._most - self._special
        self.dimension = int(manifest["dimension"])
        for name in WHOLE:
            if (folder / name).stat().st_size != manifest["bytes"][name]:
                raise ValueError(f"{folder / name} is cut off")

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_file(str(self._folder / FILES.tokenizer))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    def _compiled(self, length: int | None) -> Any:
        """The model for one text of a length, on the core that asks; None: for a batch of any shape on each core."""
        if length not in self._compilations:
            core, cores = openvino().Core(), 1 if length else _cores()
            model = core.read_model(str(self._folder / (FILES.lighter if length else FILES.model)))
            if length:
                model.reshape({one.any_name: [1, length] for one in model.inputs})
            settings = {
                "INFERENCE_PRECISION_HINT": "f32" if length else self.precision,
                "INFERENCE_NUM_THREADS": cores,
                "NUM_STREAMS": cores,
                "ENABLE_CPU_PINNING": False,  # other processes have these cores too
            }
            self._compilations[length] = core.compile_model(model, "CPU", settings)
        return self._compilations[length]

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_cores(), thread_name_prefix="encode")

    def _request(self, length: int | None) -> Any:
        """What this thread runs the model with. A thread's first run is nobody else's: two at once may wait forever."""
        held: dict[int | None, Any] = self._own.__dict__.setdefault("requests", {})
        if length not in held:
            with _FIRST:
                request = self._compiled(length).create_infer_request()
                least = np.ones((1, length or _STEP), dtype=np.int64)
                request.infer({"input_ids": least, "attention_mask": least})
            held[length] = request
        return held[length]

    def measure(self, texts: Sequence[str]) -> list[int]:
        """See Encoder."""
        return [len(encoding) for encoding in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        tokens = self._tokens([self._prompts[1] + text for text in texts])
        batches = _batches([len(ids) for ids in tokens])
        parts = [[tokens[row] for row in rows] for rows in batches]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        run = TURNS.polite(self._run)
        for rows, found in zip(batches, map(run, parts) if len(parts) < 2 else self._apart(run, parts), strict=True):
            vectors[rows] = found
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """See Encoder."""
        tokens = self._tokens([self._prompts[0] + text])
        fixed = next((one for one in _QUESTIONS if len(tokens[0]) <= one <= self._most), None)
        vector: Vectors = self._run(tokens, fixed)[0]
        return vector

    def _apart(self, run: Callable[..., Vectors], parts: list[list[list[int]]]) -> Iterator[Vectors]:
        """Each batch on a core of its own."""
        with _FIRST:
            workers = self._workers
        return workers.map(run, parts)

    def _tokens(self, texts: list[str]) -> list[list[int]]:
        """Word pieces of each text with the special ones, cut to the limit as the model's authors cut."""
        encoded = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts, add_special_tokens=True)]
        return [ids if len(ids) <= self._most else _cut(ids, self._most, self._special) for ids in encoded]

    def _run(self, tokens: list[list[int]], fixed: int | None = None) -> Vectors:
        """The vectors of texts; `fixed`: of one text, by the model for that length."""
        length = fixed or -(-max(len(ids) for ids in tokens) // _STEP) * _STEP
        ids = np.zeros((len(tokens), length), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, pieces in enumerate(tokens):
            ids[row, : len(pieces)] = pieces
            mask[row, : len(pieces)] = 1
        hidden = self._request(fixed).infer({"input_ids": ids, "attention_mask": mask})[0]
        if self._pooling == "cls":
            pooled = hidden[:, 0]
        else:
            weights = mask[:, :, None].astype(np.float32)
            pooled = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        normed: Vectors = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
        return normed


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cut(ids: list[int], most: int, special: int) -> list[int]:
    """The first `most` pieces; the closing special piece, where there is one, stays the last."""
    return [*ids[: most - 1], ids[-1]] if special > 1 else ids[:most]


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Row numbers grouped by similar length, so that little is padding, within the token budget."""
    batches: list[list[int]] = []
    held: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: (lengths[row], row)):
        if held and (len(held) + 1) * lengths[row] > _BATCH_TOKENS:
            batches.append(held)
            held = []
        held.append(row)
    return [*batches, held] if held else batches
