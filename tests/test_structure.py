"""The house keeps its shape: the arrows between the rooms, who owns which technology, the drawing in the docs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ARROWS = {
    "corpus": set(),
    "ingest": {"corpus"},
    "search": {"corpus"},
    "api": {"corpus", "ingest", "search"},
}
OWNERS = {
    "sqlite3": {"corpus"},
    "sqlite_utils": {"corpus"},
    "httpx": {"ingest"},
    "bs4": {"ingest"},
    "trafilatura": {"ingest"},
    "protego": {"ingest"},
    "brotli": {"ingest"},
    "feedparser": {"ingest"},
    "datasketch": {"ingest"},
    "lxml": {"ingest"},
    "pypdfium2": {"ingest"},
    "docx": {"ingest"},
    "docutils": {"ingest"},
    "faiss": {"search"},
    "sentence_transformers": {"search"},
    "transformers": {"search"},
    "torch": {"search"},
    "openvino": {"search"},
    "tokenizers": {"search"},
    "tantivy": {"search"},
    "ir_measures": {"search"},
    "fastapi": {"api"},
    "starlette": {"api"},
    "uvicorn": {"api"},
    "typer": {"api"},
    "rich": {"api"},
    "jinja2": {"api"},
    "pydantic_settings": {"api"},
    "huey": {"api"},
    "mcp": {"api"},
    "limits": {"api"},
}
SQL = re.compile(r"\b(SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE)\b")


def modules(room: str) -> Iterator[Path]:
    return (ROOT / room).rglob("*.py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("room", ARROWS)
def test_imports_point_downward(room):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(room)
        for name in imported(path)
        if name.split(".")[0] in ARROWS.keys() - {room} - ARROWS[room]
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ARROWS)
def test_each_technology_has_its_room(room):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(room)
        for name in imported(path)
        if room not in OWNERS.get(name.split(".")[0], {room})
    ]
    assert wrong == []


@pytest.mark.parametrize("room", sorted(ARROWS.keys() - {"corpus"}))
def test_sql_stays_in_the_corpus(room):
    strings = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules(room)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
    ]
    assert strings == []


def test_only_settings_read_the_environment():
    readers = {
        str(path.relative_to(ROOT))
        for room in ARROWS
        for path in modules(room)
        if re.search(r"\b(os\.(environ|getenv)|BaseSettings)\b", path.read_text())
    }
    assert readers == {"api/settings.py"}


def test_no_import_circles():
    graph = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): {
            name for name in top_level_imports(path) if name.split(".")[0] in ARROWS
        }
        for room in ARROWS
        for path in modules(room)
    }
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way, module))
        if module in done:
            return
        for name in graph.get(module, ()):
            visit(name, (*way, module))
        done.add(module)

    for module in graph:
        visit(module, ())


def top_level_imports(path: Path) -> Iterator[str]:
    """Full names of what a module imports when it is imported; `from package import module` names the module."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_drawing_names_every_file_and_no_other():
    drawing = (ROOT / "docs" / "architecture.md").read_text().split("## Where things are")[1]
    for room in ARROWS:
        block = re.search(rf"^{room}/.*?(?=^\w+/|^```)", drawing, re.MULTILINE | re.DOTALL)
        assert block, f"docs/architecture.md does not draw {room}/"
        drawn = set(re.findall(r"^(?:\w+/)?\s+(\w+)  ", block[0], re.MULTILINE))
        files = {path.stem for path in (ROOT / room).glob("*.py")} - {"__init__"}
        assert drawn == files, f"{room}/"


def test_every_error_has_a_status():
    from api.problems import STATUS
    from corpus.errors import LessonryError

    def classes(cls: type) -> Iterator[type]:
        yield cls
        for below in cls.__subclasses__():
            yield from classes(below)

    public = {
        cls for cls in classes(LessonryError) if cls.__module__.split(".")[0] in ARROWS and cls.__name__[0] != "_"
    }
    assert public == STATUS.keys()
