"""Export of a sentence-transformers model to OpenVINO: done once, on set-up or first use.

Only models of the common shape (transformer, mean or first-token pooling, perhaps
normalisation) are exported, and only if the export gives the same vectors on probe texts.
"""

import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from search.encoder_openvino import FILES, WHOLE, OpenVinoEncoder, export_folder, open_exported, openvino
from search.encoder_torch import TorchEncoder, prompts, settings_digest, weights_digest

_PROBES = (
    "The certificate expired and every client refused to connect.",
    "x509: certificate has expired or is not yet valid",
    "A valve stuck open; the panel showed it closed. " * 40,
)
_TOLERANCE = {"f32": 1e-4, "bf16": 5e-3}
"""How far a component of a vector may be off. In half the bits a vector is turned by a cosine of 0.99998."""
_LEAST_COSINE = 0.99
"""Of the vector of a question to the original; 0.999 is usual (docs/scale.md)."""


def export(model: Any, name: str, models: Path, made_from: str) -> bool:
    """Write the exported model under `models`; False if it has no such shape or nowhere to stand.

    `made_from` is kept beside it: an export of something else is made anew.
    """
    pooling = _pooling(model)
    if pooling is None:
        return False
    folder = export_folder(name, models)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if open_exported(name, models, made_from) is not None:  # another process was quicker
                return True
            shutil.rmtree(folder, ignore_errors=True)  # an export that was cut off, or of another model
            with tempfile.TemporaryDirectory(dir=folder.parent) as partial:
                _write(model, name, pooling, Path(partial), made_from)
                if not _agrees(model, name, Path(partial)):
                    return False
                os.replace(_settled(Path(partial)), folder)
    except OSError:  # a folder that cannot be written, a full disk: the model still runs, slower
        return False
    return True


def _pooling(model: Any) -> str | None:
    modules = list(model)
    names = [type(module).__name__ for module in modules]
    if names not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return None
    mode = modules[1].get_config_dict().get("pooling_mode")
    fast = getattr(model.tokenizer, "is_fast", False)
    return str(mode) if fast and mode in ("mean", "cls") else None


def _write(model: Any, name: str, pooling: str, folder: Path, made_from: str) -> None:
    raw = folder / "raw.onnx"
    _trace(model, raw)
    precision = _convert(raw, folder / FILES.model)
    raw.unlink()
    model.tokenizer.backend_tokenizer.save(str(folder / FILES.tokenizer))
    query_prompt, passage_prompt = prompts(model)
    most, dimension = int(model.max_seq_length or 512), int(model.get_embedding_dimension())
    digests = f"{weights_digest(model)[:12]}+{settings_digest(model)[:8]}"
    manifest = {
        "made_from": made_from,
        "id": f"{name}@{digests}/openvino-{precision}/{pooling}/{most}/{dimension}",
        "precision": precision,
        "pooling": pooling,
        "most": most,
        "special": model.tokenizer.num_special_tokens_to_add(),
        "dimension": dimension,
        "query_prompt": query_prompt,
        "passage_prompt": passage_prompt,
        "bytes": {name: (folder / name).stat().st_size for name in WHOLE},
    }
    (folder / FILES.manifest).write_text(json.dumps(manifest, indent=2, ensure_ascii=False))


def _trace(model: Any, path: Path) -> None:
    import torch

    class LastHidden(torch.nn.Module):
        """The transformer with just the inputs and the output that we use."""

        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.inner(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    ids = torch.ones((2, 16), dtype=torch.int64)
    axes = {name: {0: "batch", 1: "length"} for name in ("input_ids", "attention_mask", "hidden")}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer warns about shapes; `_agrees` is the check
        torch.onnx.export(
            LastHidden(model[0].auto_model), (ids, torch.ones_like(ids)), str(path),
            input_names=["input_ids", "attention_mask"], output_names=["hidden"], dynamic_axes=axes, dynamo=False,
        )  # fmt: skip


def _convert(raw: Path, path: Path) -> str:
    """Write what OpenVINO reads quickest; the precision that this processor computes in at its best."""
    library = openvino()
    core = library.Core()
    read = core.read_model(str(raw))
    library.save_model(read, str(path), compress_to_fp16=False)
    _lighten(read)
    library.save_model(read, str(path.with_name(FILES.lighter)), compress_to_fp16=False)
    return "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def _lighten(model: Any) -> None:
    """Give the matrices of an OpenVINO model eight bits a weight, and a scale to each row of outputs."""
    from openvino import opset13

    for product in [one for one in model.get_ops() if one.get_type_name() == "MatMul"]:
        weights = product.input_value(1).get_node()
        if weights.get_type_name() == "Constant":
            values = weights.get_data()
            inputs = -1 if product.get_attributes()["transpose_b"] else -2
            scales = np.maximum(np.abs(values).max(axis=inputs, keepdims=True), 1e-12) / 127
            lighter = opset13.convert(opset13.constant(np.round(values / scales).astype(np.int8)), "f32")
            product.input(1).replace_source_output(opset13.multiply(lighter, scales.astype(np.float32)).output(0))


def _agrees(model: Any, name: str, folder: Path) -> bool:
    exported, original = OpenVinoEncoder(folder), TorchEncoder(name, model)
    off = np.abs(exported.encode(_PROBES) - original.encode(_PROBES)).max()
    cosine = min(float(exported.encode_query(text) @ original.encode_query(text)) for text in _PROBES)
    return bool(off < _TOLERANCE[exported.precision] and cosine >= _LEAST_COSINE)


def _settled(folder: Path) -> Path:
    """Move the files into a folder of their own beside the temporary one, ready to be renamed."""
    settled = folder.with_name(folder.name + ".settled")
    settled.mkdir()
    for path in list(folder.iterdir()):
        path.replace(settled / path.name)
    return settled
