"""Writes docs/licences.md: every pinned dependency, its licence as it states it, and whether it is only for tests.

python deploy/licences.py > docs/licences.md
"""

from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
_UNSTATED = {"huey": "MIT", "atheris": "Apache-2.0"}
"""As their licence files say: of one that states nothing, and of one that only `make fuzz` installs."""
_HEAD = """# Licences

Lessonry is under the Apache License 2.0 ([LICENSE](../LICENSE)). It is built and tested with the packages below, in the
versions of `constraints.txt`; each is installed from its registry, none is part of this repository. `make licences`
writes this page anew from what the packages state, and `make sbom` a bill of materials (CycloneDX).

| package | version | licence | for |
|---|---|---|---|
"""


def pinned() -> dict[str, str]:
    """Names and versions of constraints.txt."""
    lines = CONSTRAINTS.read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def licence(name: str) -> str:
    """As the package states it: by expression, by classifier, or in its own words if they are short."""
    try:
        told = distribution(name).metadata
    except PackageNotFoundError:
        return _UNSTATED.get(name, "not installed here")
    if expression := told.get("License-Expression"):
        return expression
    classified = [one for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    names = [one.split(" :: ")[-1] for one in classified]
    words = (told.get("License") or "").strip()
    short = words if len(words) < 80 and "\n" not in words else ""
    return ", ".join(names) or short or _UNSTATED.get(name, "see the package")


def needed(root: str) -> set[str]:
    """Canonical names of what a package needs to run here, itself included."""
    seen: set[tuple[str, str]] = set()
    todo = [(canonicalize_name(root), "")]
    while todo:
        if (one := todo.pop()) not in seen:
            seen.add(one)
            for wanted in _requirements(*one):
                name = canonicalize_name(wanted.name)
                todo += [(name, extra) for extra in ("", *wanted.extras)]
    return {name for name, _ in seen}


def _requirements(name: str, extra: str) -> list[Requirement]:
    try:
        stated = [Requirement(line) for line in requires(name) or []]
    except PackageNotFoundError:
        return []
    return [one for one in stated if one.marker is None or one.marker.evaluate({"extra": extra})]


def page() -> str:
    """The page, in Markdown."""
    runs = needed("lessonry")
    rows = [
        f"| {name} | {version} | {licence(name)} | {'running' if canonicalize_name(name) in runs else 'tests'} |"
        for name, version in pinned().items()
    ]
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(page(), end="")
