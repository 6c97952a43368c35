"""`make torture`: a thousand kills and more, over homes that live for a hundred kills each; prints what they met.

python -m tests.crash.torture [KILLS] [SEED]
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.crash.harness import Victim

_A_HOME = 100


def main(kills: int, seed: int) -> None:
    """Stops at the first loss, with an AssertionError that says what was lost."""
    done, acknowledged, by_point, slowest, cut_off = 0, 0, 0, 0.0, Counter[str]()
    while done < kills:
        with tempfile.TemporaryDirectory() as folder:
            victim = Victim(Path(folder), seed + done)
            for _ in range(min(_A_HOME, kills - done)):
                victim.kill_once()
        report = victim.report
        done += report.kills
        acknowledged += report.acknowledged
        by_point += report.by_point
        slowest = max(slowest, report.slowest)
        cut_off += report.cut_off
        print(f"{done} kills, {acknowledged} acknowledged operations, nothing lost", flush=True)
    print(f"{by_point} kills at a write point, the others at a random instant")
    print(f"cut off: {', '.join(f'{name} {count}' for name, count in cut_off.most_common())}")
    print(f"slowest reopening: {slowest:.1f} s")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [1000, 1][len(given) :]))
