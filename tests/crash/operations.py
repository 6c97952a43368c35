"""What is done to a home that may die at any moment: each operation as it is carried out, and as it should turn out.

A state is a JSON value: documents {name: text}, collections {slug: [[name, note], ...]}, standings {name: state},
useful {name: count}. `outcomes` is pure: the states that may be found after an operation that was cut off, the
untouched one first and the finished one last.
"""

import random
from copy import deepcopy
from pathlib import Path
from typing import Any

from api.refreshing import Refresher, subscribe
from api.wiring import Lessonry
from corpus.bundle import read_bundle, write_bundle
from corpus.collection_state import Place, arranged, removed
from corpus.feedback import VERDICTS
from corpus.store import restore_backup
from ingest.types import Options
from tests.fakes import VOCABULARY, draft

State = dict[str, Any]
Operation = list[Any]
EMPTY: State = {"documents": {}, "collections": {}, "standings": {}, "useful": {}}

_NAMES = [f"lesson {number}" for number in range(12)]
_SLUGS = ["first", "second"]
_IMPORTED = ["imported 0", "imported 1", "imported 2"]
_WEIGHTS = {
    "put": 30, "remove": 8, "index": 10, "compact": 6, "migrate": 3, "backup": 4, "restore": 3, "export": 3,
    "import": 4, "folder": 2, "refresh": 3, "collect": 8, "uncollect": 3, "arrange": 4, "stand": 6, "useful": 6, "repair": 2,
}  # fmt: skip


def choose(chance: random.Random, state: State, backups: list[str]) -> Operation:
    """An operation that makes sense in this state."""
    kind = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    stored = sorted(name for name in state["documents"] if "page" not in name)  # a refresh would not bring it back
    slug = chance.choice(_SLUGS)
    held = state["collections"].get(slug, [])
    if kind in ("folder", "refresh"):
        name = "file" if kind == "folder" else "page"
        return [kind, {f"{name} {number}": _text(chance) for number in range(3)}]
    if kind == "backup":
        return ["backup", f"backup-{chance.randrange(10**9)}.db"]
    if kind == "restore" and backups:
        return ["restore", chance.choice(backups)]
    if kind in ("remove", "stand", "useful", "collect") and stored:
        name = chance.choice(stored)
        more = {"stand": [chance.choice(["reviewed", "verified", "obsolete"])], "collect": [slug, _text(chance)]}
        return [kind, name, *more.get(kind, [])]
    if kind in ("uncollect", "arrange") and held:
        return ["uncollect", slug, held[0][0]] if kind == "uncollect" else ["arrange", slug, _shuffled(chance, held)]
    if kind in ("index", "compact", "migrate", "export", "import", "repair"):
        return [kind]
    return ["put", chance.choice(_NAMES), _text(chance)]


def outcomes(state: State, operation: Operation, backups: dict[str, State]) -> list[State]:
    """See the header."""
    kind, *given = operation
    after = deepcopy(state)
    if kind == "put":
        after["documents"][given[0]] = given[1]
    elif kind == "import":
        after["documents"].update(_bundle())
    elif kind in ("folder", "refresh"):  # a transaction a document, in the order of their names
        steps = [state]
        for name, text in sorted(given[0].items()):
            steps.append(deepcopy(steps[-1]))
            steps[-1]["documents"][name] = text
        return steps
    elif kind == "remove":
        for part in ("documents", "standings", "useful"):
            after[part].pop(given[0], None)
        for slug, held in after["collections"].items():
            after["collections"][slug] = [pair for pair in held if pair[0] != given[0]]
    elif kind == "restore":
        after = deepcopy(backups[given[0]])
    elif kind == "stand":
        after["standings"][given[0]] = given[1]
    elif kind == "useful":
        after["useful"][given[0]] = after["useful"].get(given[0], 0) + 1
    elif kind == "collect":
        name, slug, note = given
        made = deepcopy(after)
        held = made["collections"].setdefault(slug, [])
        after = deepcopy(made)
        if all(pair[0] != name for pair in held):
            after["collections"][slug].append([name, note])
        return [state, made, after]
    elif kind == "uncollect":
        after["collections"][given[0]] = [pair for pair in after["collections"][given[0]] if pair[0] != given[1]]
    elif kind == "arrange":
        after["collections"][given[0]] = given[1]
    return [state, after]


def carry_out(lessonry: Lessonry, operation: Operation, folder: Path) -> None:
    """Do it. `folder` is where backups, exports and the files that are taken in lie."""
    kind, *given = operation
    corpus = lessonry.corpus
    collections = corpus.collections
    if kind == "put":
        _put(lessonry, given[0], given[1])
    elif kind == "remove":
        corpus.documents.remove(id_of(lessonry, given[0]))
    elif kind == "index":
        lessonry.indexer.catch_up()
    elif kind == "compact":
        lessonry.indexer.catch_up()
        lessonry.indexer.index.compact()
    elif kind in ("migrate", "repair"):  # an encoder of another id is another model; the worker opens its index
        lessonry.indexer.rebuild()
    elif kind == "backup":
        corpus.backup(folder / given[0])
    elif kind == "restore":
        restore_backup(folder / given[0], lessonry.settings.home)
        lessonry.indexer.catch_up()
    elif kind == "export":
        write_bundle(corpus, folder / "export")
    elif kind == "import":
        read_bundle(corpus, folder / "bundle", lessonry.split)
    elif kind == "folder":
        _take_folder(lessonry, given[0], folder / "files")
    elif kind == "refresh":
        _refresh(lessonry, given[0], folder / "source")
    elif kind == "collect":
        name, slug, note = given
        if slug not in {one.slug for one in collections.all()}:
            collections.create(slug)
        collections.add(slug, id_of(lessonry, name), note)
    elif kind == "uncollect":
        collections.change(given[0], removed(id_of(lessonry, given[1])))
    elif kind == "arrange":
        collections.change(given[0], arranged([Place(id_of(lessonry, name), note) for name, note in given[1]]))
    elif kind == "stand":
        corpus.lifecycle.say(id_of(lessonry, given[0]), {"state": given[1]})
    elif kind == "useful":
        corpus.feedback.give(id_of(lessonry, given[0]), "search", VERDICTS[0], query="a query")


def found(lessonry: Lessonry) -> State:
    """The state that the store is in."""
    corpus = lessonry.corpus
    state = deepcopy(EMPTY)
    for document_id in corpus.documents.ids():
        document = corpus.documents.get(document_id)
        name = document.title
        state["documents"][name] = document.text
        if document.standing.state:
            state["standings"][name] = document.standing.state
        if count := corpus.feedback.counts(document_id)[VERDICTS[0]]:
            state["useful"][name] = count
    for collection in corpus.collections.all():
        items = corpus.collections.items(collection.slug)
        state["collections"][collection.slug] = [[item.document.title, item.note] for item in items]
    return state


def prepare(folder: Path) -> None:
    """Write the bundle that `import` takes in."""
    documents = folder / "bundle" / "documents"
    documents.mkdir(parents=True)
    for name, text in _bundle().items():
        front = f"---\ntitle: {name}\nkind: lesson\nidentity: test:{name}\n---\n\n"
        (documents / f"{name.replace(' ', '-')}.md").write_text(front + text)


def id_of(lessonry: Lessonry, name: str) -> str:
    """The id of the document of this name."""
    [document_id] = [one.id for one in lessonry.corpus.documents.page(limit=1000) if one.title == name]
    return document_id


def _put(lessonry: Lessonry, name: str, text: str) -> None:
    one = draft(name, text)
    lessonry.corpus.documents.put(one, lessonry.split(one.title, one.text))


def _take_folder(lessonry: Lessonry, files: dict[str, str], folder: Path) -> None:
    _write(files, folder)
    for outcome in lessonry.ingestor.add(str(folder), Options()):
        assert outcome.status in ("added", "changed", "unchanged"), outcome


def _refresh(lessonry: Lessonry, files: dict[str, str], folder: Path) -> None:
    _write(files, folder)
    outcome = Refresher(lessonry).refresh(subscribe(lessonry, str(folder), None, {}))
    assert outcome.error is None, outcome


def _write(files: dict[str, str], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.md").write_text(f"# {name}\n\n{text}\n")


def _bundle() -> dict[str, str]:
    return {name: f"The {VOCABULARY[place]} came with a bundle." for place, name in enumerate(_IMPORTED)}


def _text(chance: random.Random) -> str:
    return f"The {' '.join(chance.choices(VOCABULARY, k=6))} number {chance.randrange(10**9)}."


def _shuffled(chance: random.Random, held: list[list[str]]) -> list[list[str]]:
    order = list(held)
    chance.shuffle(order)
    return order
