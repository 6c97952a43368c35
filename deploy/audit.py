"""Are faults known of the pinned dependencies? Asks by pip-audit; where nobody answers, one line says so.

python deploy/audit.py: 1 if there are any, else 0
"""

import json
import subprocess
import sys
from pathlib import Path

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
_ASK = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", "5", "--format", "json"]


def known_faults(answer: str) -> list[str]:
    """One line for each, of the JSON that pip-audit answers."""
    return [
        f"{one['name']} {one['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none yet'}"
        for one in json.loads(answer)["dependencies"]
        for fault in one.get("vulns", [])
    ]


def looked_up(answer: str) -> tuple[int, int]:
    """How many of how many the registry knew."""
    asked = json.loads(answer)["dependencies"]
    return sum("vulns" in one for one in asked), len(asked)


def main() -> int:
    """See the header."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(CONSTRAINTS), *_ASK]
    done = subprocess.run(command, capture_output=True, text=True)
    if not done.stdout.strip():
        said = done.stderr.strip().splitlines() or ["no answer"]
        print(f"the dependencies were not looked up among known faults: {said[-1]:.160}")
        return 0
    faults = known_faults(done.stdout)
    print(
        "\n".join([*faults, "{} of {} dependencies were looked up among known faults".format(*looked_up(done.stdout))])
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
