"""The server that `life` lives with: the real one over the fake encoder, whose index is compacted as after long years.

python -m tests.crash.life_server HOME
"""

import sys
from pathlib import Path

from api import server
from search import indexer
from tests.fakes import opened

if __name__ == "__main__":
    indexer._SMALL_TAIL = 20  # a new generation every few seconds, not every thousand passages
    with opened(Path(sys.argv[1]), port=0) as lessonry:
        server.run(lessonry, lambda: lessonry.settings)
