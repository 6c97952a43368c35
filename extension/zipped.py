"""The extension as two archives, for Chromium and for Firefox: the same files give the same bytes.

python extension/zipped.py FOLDER
"""

import json
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
MANIFESTS = {"chromium": "manifest.json", "firefox": "manifest.firefox.json"}
NOT_SHIPPED = {*MANIFESTS.values(), "zipped.py"}
THE_SAME_DAY = (1980, 1, 1, 0, 0, 0)


def files() -> list[Path]:
    """What is shipped beside the manifest."""
    found = (path for path in HERE.rglob("*") if path.is_file())
    return sorted(path for path in found if path.name not in NOT_SHIPPED and path.relative_to(HERE).parts[0] != "docs")


def write(browser: str, folder: Path) -> Path:
    """The archive for that browser, in that folder."""
    manifest = (HERE / MANIFESTS[browser]).read_bytes()
    target = folder / f"lessonry-{browser}-{json.loads(manifest)['version']}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in [
            ("manifest.json", manifest),
            *((str(path.relative_to(HERE)), path.read_bytes()) for path in files()),
        ]:
            archive.writestr(zipfile.ZipInfo(name, THE_SAME_DAY), content, zipfile.ZIP_DEFLATED)
    return target


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.writelines(f"{write(browser, folder)}\n" for browser in MANIFESTS)
