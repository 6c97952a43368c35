"""Write what the starter corpus reaches today as the floors of the gate: `python -m tests.search.update_floors`.

Refuses to lower a floor unless told so (--allow-regression). A changed corpus has other figures:
then, too, a lower floor is a decision of a person, not of a script.
"""

import json
import sys
import tempfile
from pathlib import Path

from tests.search import starter


class Refused(Exception):
    """A floor would be lowered."""


def updated(
    measured: starter.Figures, corpus: str, kept: dict[str, object] | None, *, allow_regression: bool
) -> dict[str, object]:
    """The new content of the file; Refused names the floors that would sink."""
    if kept is not None and not allow_regression:
        floors: starter.Figures = kept["floors"]  # type: ignore[assignment]
        sinking = [
            f"{name} {floor} -> {measured.get(name)}" for name, floor in floors.items() if measured.get(name, 0) < floor
        ]
        if sinking:
            raise Refused("; ".join(sinking))
    return {"corpus": corpus, "floors": measured, "epsilon": starter.EPSILON}


def write(path: Path, content: dict[str, object]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(content, indent=2) + "\n")
    partial.replace(path)


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as home, starter.opened(Path(home)) as (lessonry, files):
        measured = starter.figures(lessonry, files)
    kept = starter.read_floors() if starter.FLOORS.exists() else None
    try:
        content = updated(measured, starter.digest(), kept, allow_regression="--allow-regression" in arguments)
    except Refused as error:
        sys.stderr.write(f"not written, a floor would sink: {error}\nuse --allow-regression if that is meant\n")
        return 1
    write(starter.FLOORS, content)
    sys.stdout.write(json.dumps(content, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
