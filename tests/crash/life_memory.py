"""How much memory a process takes, and whether that grows."""

import re
import threading
import time
from pathlib import Path

import numpy as np

_SECONDS = 1.0
_WARMING_UP = 0.25
"""The share of the time in which caches fill, which does not count."""


class Memory:
    """Resident memory of a process, sampled while the block lasts."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._samples: list[tuple[float, float]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def last(self) -> float:
        """Megabytes."""
        return self._samples[-1][1]

    def slope(self) -> float:
        """Megabytes a minute, by least squares over the time after warming up."""
        times, sizes = np.array(self._samples).T
        late = times >= times[0] + _WARMING_UP * (times[-1] - times[0])
        return float(np.polyfit(times[late] / 60, sizes[late], 1)[0]) if late.sum() > 2 else 0.0

    def _watch(self) -> None:
        while True:
            told = re.search(r"VmRSS:\s+(\d+) kB", self._status.read_text())
            assert told, "the server has ended"
            self._samples.append((time.monotonic(), int(told[1]) / 1000))
            if self._stop.wait(_SECONDS):
                return
