"""sentence-transformers itself: loads any model; encodes those that cannot be exported.

Importing this file is cheap; torch is imported on first use.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import EncoderMissing
from search.types import Vectors

_BATCH, _BATCH_ELSEWHERE = 16, 128
"""Texts at once on processors, and on a device that has many more of them."""


def load(
    name: str, source: str, expected_sha256: str | None = None, *, download: bool = False, device: str = "cpu"
) -> Any:
    """The SentenceTransformer of a name or path. Weights whose digest is not the expected one are refused."""
    if expected_sha256 is not None:
        found = file_sha256(Path(source) / "model.safetensors")
        if found != expected_sha256:
            raise EncoderMissing(name, f"its weights are not the expected ones (sha256 {found[:12]}…)")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(source, device=device, local_files_only=not download)
    except (AssertionError, RuntimeError) as error:  # how torch says that it was built without, or finds none
        if device == "cpu":
            raise
        reason = f"torch cannot use the device {device!r} ({str(error).strip().splitlines()[0]:.200}; setting device)"
        raise EncoderMissing(name, reason) from error
    except (OSError, ValueError) as error:
        if not download and not Path(source).exists():
            raise EncoderMissing(name, "it is not on this machine; `lessonry reindex` fetches it") from error
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EncoderMissing(name, f"sentence-transformers cannot load it ({reason})") from error
    model.eval()
    return model


def file_sha256(path: Path) -> str:
    """Hex digest of a file, "missing" if there is none."""
    if not path.is_file():
        return "missing"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def weights_digest(model: Any) -> str:
    """Digest of all parameters of a loaded model: equal weights, equal digest, whatever the file."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def settings_digest(model: Any) -> str:
    """Digest of what changes a vector beside the weights: the modules, how they are set, and the prompts."""
    modules = [
        (type(module).__name__, module.get_config_dict() if hasattr(module, "get_config_dict") else {})
        for module in model
    ]
    said = json.dumps([modules, prompts(model), int(model.max_seq_length or 0)], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def fingerprint(source: str) -> str:
    """What a model's folder holds, told by names, sizes and times: cheap, and another once a model is replaced.

    A name that is no folder is its own fingerprint.
    """
    folder = Path(source)
    if not folder.is_dir():
        return source
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    stats = [(str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(repr(stats).encode()).hexdigest()[:16]


def prompts(model: Any) -> tuple[str, str]:
    """(before a query, before a passage), as the model's authors configured them; often both empty."""
    known: dict[str, str] = getattr(model, "prompts", None) or {}
    return known.get("query") or "", known.get("document") or known.get("passage") or ""


class TorchEncoder:
    """An Encoder over a loaded SentenceTransformer."""

    def __init__(self, name: str, model: Any) -> None:
        self._model = model
        self._query_prompt, self._passage_prompt = prompts(model)
        self.dimension = int(model.get_embedding_dimension())
        most = int(model.max_seq_length or 512)
        self.limit = most - model.tokenizer.num_special_tokens_to_add()
        digests = f"{weights_digest(model)[:12]}+{settings_digest(model)[:8]}"
        self.id = f"{name}@{digests}/torch/{most}/{self.dimension}"

    def measure(self, texts: Sequence[str]) -> list[int]:
        """See Encoder."""
        tokens = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in tokens["input_ids"]]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return self._encode([self._passage_prompt + text for text in texts])

    def encode_query(self, text: str) -> Vectors:
        """See Encoder."""
        vector: Vectors = self._encode([self._query_prompt + text])[0]
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        size = _BATCH if self._model.device.type == "cpu" else _BATCH_ELSEWHERE
        vectors = self._model.encode(texts, batch_size=size, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)
