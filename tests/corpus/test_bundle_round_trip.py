"""Export, import, export: equal bytes; and a broken bundle changes nothing."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import frontmatter
from corpus.bundle import read_bundle, write_bundle
from corpus.collection_state import Living, changed, described, living, removed, sectioned
from corpus.errors import BundleError
from corpus.review_queue import Refusal
from corpus.store import Corpus
from tests.fakes import Home, draft, split

NASTY = {
    "Front matter in the text": "---\ntitle: Not the title\n---\n\nBody.",
    "Only a fence": "---\n",
    "Rules in the text": "a\n---\nb\n...\nc\n+++\nd",
    "Windows": "one\r\ntwo\r\n\r\n# three\r\n",
    "Old Mac": "one\rtwo\r",
    "Blanks at the ends": "\n\n  \t leading\nand trailing  \t\n\n\n",
    "Unicode": "Ünïcödé \u2028 line \u2029 paragraph \x85 next \ufeff bom \U0001f9ef 漢字 \u00a0 \u200b ́e",
    "\ufeffBom first": "\ufefftext",
    "Empty text": "",
    "Null and bells": "a\x00b\x07c\x1b[0m",
    "Yaml: [a, b] # {c}": "- 'x': \"y\"\n%TAG ! tag:\n",
    "2020-01-01": "a date for a title",
    "null": "~",
    "  padded  ": "x",
    "two\nlines\n---\nand a fence": "x",
    "<script>": "&amp; <b>",
}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def everything(corpus: Corpus) -> list[object]:
    return [
        *(
            (
                corpus.documents.get(i),
                corpus.documents.edits(i),
                [(p.heading, p.text) for p in corpus.documents.passages(i)],
            )
            for i in corpus.documents.ids()
        ),
        *(
            (one.slug, corpus.collections.state(one.slug), corpus.reviews.refused(one.slug))
            for one in corpus.collections.all()
        ),
    ]


@pytest.fixture
def stocked(home: Home) -> Home:
    ids = []
    for number, (title, text) in enumerate(NASTY.items()):
        url = f"https://example.com/{number}?q=ü&x=%20" if number % 2 else None
        ids.append(
            home.put(
                f"nasty{number}",
                text,
                title=title,
                url=url,
                organization="null" if number % 3 else None,
                published=("2020", "2020-02", "2020-02-30", None)[number % 4],
                tags=("2020-01-01", "yes", "a: b", "- c")[: number % 5],
                language="no" if number % 2 else None,
                kind=("lesson", "guidance", "post-mortem")[number % 3],
                visibility=(None, "members", "public")[number % 3],
            )
        )
    text = home.corpus.documents.get(ids[3]).text
    home.corpus.documents.edit(
        ids[3],
        {"title": "By hand: '\"", "tags": ["z", "1"], "published": None, "url": "https://b", "visibility": "members"},
        split("By hand: '\"", text),
    )
    home.corpus.collections.create("Ein Leser: für alle", description="  Ends in blanks \n\nand a line.  \n" * 9)
    home.corpus.collections.create("Empty")
    home.corpus.collections.create("漢字")
    home.corpus.collections.arrange("ein-leser-für-alle", [(ids[2], 'why: "it"\n- matters  '), (ids[0], "")])
    home.corpus.collections.add("漢字", ids[0])
    for edit in (
        described(visibility="public", curators=("Ada: L", "- Grace")),
        living(Living("disk full", (ids[1],), (ids[3],))),
        changed(ids[0], section="No: cases"),
        sectioned(["Empty one", "No: cases"], {}),
    ):
        home.corpus.collections.change("漢字", edit)
    home.corpus.reviews.refuse(
        "漢字", [Refusal(identity="https://b/?x=1", note="not: ours", who="Ada", decided="2026-01-02T03:04:05Z")]
    )
    return home


def test_export_import_export_gives_equal_bytes(stocked: Home, tmp_path: Path) -> None:
    assert write_bundle(stocked.corpus, tmp_path / "first") == len(NASTY)
    with Corpus(tmp_path / "other") as other:
        told = read_bundle(other, tmp_path / "first", split)
        assert (told.added, told.changed, told.unchanged, told.collections) == (len(NASTY), 0, 0, 3)
        write_bundle(other, tmp_path / "second")
        assert files(tmp_path / "second") == files(tmp_path / "first")
        assert everything(other) == everything(stocked.corpus)
        assert other.problems() == []


def test_importing_again_changes_nothing(stocked: Home, tmp_path: Path) -> None:
    write_bundle(stocked.corpus, tmp_path / "bundle")
    before = everything(stocked.corpus)
    told = read_bundle(stocked.corpus, tmp_path / "bundle", split)
    assert (told.added, told.changed, told.unchanged, told.collections) == (0, 0, len(NASTY), 0)
    assert everything(stocked.corpus) == before
    write_bundle(stocked.corpus, tmp_path / "bundle")


def test_an_export_forgets_what_was_removed_and_touches_no_other_folder(stocked: Home, tmp_path: Path) -> None:
    write_bundle(stocked.corpus, tmp_path / "bundle")
    gone = stocked.corpus.documents.ids()[0]
    stocked.corpus.documents.remove(gone)
    write_bundle(stocked.corpus, tmp_path / "bundle")
    assert f"documents/{gone}.md" not in files(tmp_path / "bundle")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "aunt.txt").write_text("Dear aunt")
    before = files(tmp_path / "letters")
    with pytest.raises(BundleError, match="no export of ours"):
        write_bundle(stocked.corpus, tmp_path / "letters")
    assert files(tmp_path / "letters") == before


def test_an_export_onto_a_file(stocked: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(BundleError) as raised:
            write_bundle(stocked.corpus, folder)
        assert raised.value.path == folder


def test_a_hand_written_bundle_and_what_people_set_since(home: Home, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    file = tmp_path / "documents" / "leap.md"
    file.write_text(
        "---\ntitle: Leap\nurl: http://www.example.com/leap/\npublished: 2012-07-01\ntags: [clock, 2012]\n---\n\n"
        "The clock.\n"
    )
    told = read_bundle(home.corpus, tmp_path, split)
    (document,) = home.corpus.documents.page(limit=9)
    assert (told.added, document.identity, document.published) == (1, "https://example.com/leap", "2012-07-01")
    assert (document.tags, document.kind, document.text) == (("clock", "2012"), "post-mortem", "The clock.\n")
    home.corpus.documents.edit(document.id, {"title": "By hand"}, split("By hand", document.text))
    assert read_bundle(home.corpus, tmp_path, split).unchanged == 1
    file.write_text(file.read_text().replace("The clock.", "The clock ran ahead."))
    assert read_bundle(home.corpus, tmp_path, split).changed == 1
    held = home.corpus.documents.get(document.id)
    assert (held.title, held.text) == ("By hand", "The clock ran ahead.\n")


def test_a_collection_of_the_same_slug_takes_the_bundle_in_and_can_be_brought_back(home: Home, tmp_path: Path) -> None:
    ids = {name: home.put(name, "The valve.") for name in "abc"}
    collections = home.corpus.collections
    collections.create("Reader", who="Ada")
    collections.arrange("reader", [(ids["b"], "theirs"), (ids["a"], "")])
    write_bundle(home.corpus, tmp_path / "bundle")
    collections.change("reader", removed(ids["b"]))
    collections.change("reader", described(title="Ours", curators=("Grace",)))
    collections.add("reader", ids["c"], "ours", section="Cases")
    before = collections.state("reader")
    assert read_bundle(home.corpus, tmp_path / "bundle", split).collections == 1
    merged = collections.state("reader")
    assert (merged.title, merged.curators, merged.sections) == ("Reader", ("Ada", "Grace"), ("Cases",))
    assert [(place.document_id, place.note) for place in merged.places] == [
        (ids["b"], "theirs"), (ids["a"], ""), (ids["c"], "ours"),
    ]  # fmt: skip
    assert read_bundle(home.corpus, tmp_path / "bundle", split).collections == 0
    collections.restore("reader", collections.get("reader").version - 1)
    assert collections.state("reader") == before


@pytest.mark.slow
def test_a_thousand_documents_and_fifty_collections_come_back_byte_for_byte(home: Home, tmp_path: Path) -> None:
    with home.corpus.db.write():
        ids = [home.put(f"d{number}", f"The disk {number}.") for number in range(1000)]
        for number in range(50):
            home.corpus.collections.create(f"Collection {number}", slug=f"c{number}")
            held = [(ids[(number * 37 + step * 11) % 1000], f"why {step}") for step in range(40)]
            home.corpus.collections.arrange(f"c{number}", held)
            home.corpus.collections.change(f"c{number}", changed(held[number % 40][0], section=f"Part {number % 3}"))
    write_bundle(home.corpus, tmp_path / "first")
    with Corpus(tmp_path / "other") as other:
        told = read_bundle(other, tmp_path / "first", split)
        assert (told.added, told.collections) == (1000, 50)
        write_bundle(other, tmp_path / "second")
    assert files(tmp_path / "second") == files(tmp_path / "first")


GOOD = "---\ntitle: Good\n---\n\nText.\n"

BROKEN = {
    "no front matter": ("documents/bad.md", b"Text.\n", "bad.md"),
    "no title": ("documents/bad.md", b"---\nkind: lesson\n---\n\nText.\n", "no title"),
    "yaml that is none": ("documents/bad.md", b"---\ntitle: [a\n---\n\nText.\n", "bad.md"),
    "not utf-8": ("documents/bad.md", b"---\ntitle: \xff\n---\n", "UTF-8"),
    "kind": ("documents/bad.md", b"---\ntitle: a\nkind: novel\n---\n", "novel"),
    "kind that is a list": ("documents/bad.md", b"---\ntitle: a\nkind: [lesson]\n---\n", "lesson"),
    "date": ("documents/bad.md", b"---\ntitle: a\npublished: 2020-13\n---\n", "2020-13"),
    "tags": ("documents/bad.md", b"---\ntitle: a\ntags: clock\n---\n", "tags"),
    "edits": ("documents/bad.md", b"---\ntitle: a\nid: x\nedits: 3\n---\n", "edits"),
    "edits of what cannot be set": ("documents/bad.md", b"---\ntitle: a\nid: x\nedits: {text: b}\n---\n", "edits"),
    "the same twice": ("documents/bad.md", b"---\ntitle: a\nidentity: bundle:good\n---\n", "good.md"),
    "a folder for a file": ("documents/bad.md/x", b"", "bad.md"),
    "collection without title": ("collections/bad.yaml", b"items: []\n", "bad.yaml"),
    "collection of nothing": ("collections/bad.yaml", b"title: a\nitems: [{document: nothing}]\n", "nothing"),
    "collection that is no yaml": ("collections/bad.yaml", b"title: [a\n", "YAML"),
    "collection that names one twice": (
        "collections/bad.yaml",
        b"title: a\nitems: [{document: good}, {document: good}]\n",
        "bad.yaml",
    ),
    "collection of a list": ("collections/bad.yaml", b"title: a\nitems: [{document: [good]}]\n", "bad.yaml"),
    "collection of a number": ("collections/bad.yaml", b"title: a\nitems: 5\n", "bad.yaml"),
    "visibility of a document": ("documents/bad.md", b"---\ntitle: a\nvisibility: all\n---\n", "visibility"),
    "visibility": ("collections/bad.yaml", b"title: a\nvisibility: all\n", "visibility"),
    "living of a list": ("collections/bad.yaml", b"title: a\nliving: [x]\n", "living"),
    "living by nothing": ("collections/bad.yaml", b"title: a\nliving: {for: [nothing]}\n", "nothing"),
    "refused without identity": ("collections/bad.yaml", b"title: a\nrefused: [{note: x}]\n", "identity"),
    "sections of a text": ("collections/bad.yaml", b"title: a\nsections: x\n", "sections"),
    "a note too long": (
        "collections/bad.yaml",
        b"title: a\nitems: [{document: good, note: " + b"x" * 20_001 + b"}]\n",
        "20,000 is the most",
    ),
    "an id that leads out": ("documents/bad.md", b"---\ntitle: a\nid: ../../etc\n---\n", "letters, digits"),
    "an id that is no name": ("documents/bad.md", b"---\ntitle: a\nid: a b/c?d#e\n---\n", "letters, digits"),
    "an address that is none": ("documents/bad.md", b"---\ntitle: a\nurl: javascript:alert(1)\n---\n", "address"),
    "a title of a list": ("documents/bad.md", b"---\ntitle: [a]\n---\n", "title is no text"),
    "gone of a list": ("documents/bad.md", b"---\ntitle: a\ngone: [x]\n---\n", "gone is no text"),
    "a time that is none": ("documents/bad.md", b"---\ntitle: a\nid: x\nchanged: soon\n---\n", "changed is 'soon'"),
    "edits of bytes": (
        "documents/bad.md",
        b'---\ntitle: a\nedits: {title: !!binary "/w=="}\n---\n',
        "title is no text",
    ),
    "a character that is none": ("documents/bad.md", b'---\ntitle: "a \\ud800"\n---\n', "title has a character"),
    "a bomb of aliases": (
        "collections/bad.yaml",
        b"title: a\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "no YAML of fields",
    ),
    "nested for ever": ("collections/bad.yaml", b"title: " + b"[" * 100_000, "no YAML of fields"),
    "a day that is none": (
        "collections/bad.yaml",
        b"title: a\nitems: [{document: good, added: 2021-13-45}]\n",
        "added",
    ),
    "another format": ("bundle.json", b'{"format": "zip", "version": 1}', "'zip' of version 1"),
    "a later version": ("bundle.json", b'{"format": "lessonry-bundle", "version": 99}', "of version 99"),
    "a mark that is none": ("bundle.json", b"[" * 100_000, "does not tell the format"),
    "collection not utf-8": ("collections/bad.yaml", b"title: \xff\n", "UTF-8"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_bundle_names_the_file_and_changes_nothing(stocked: Home, tmp_path: Path, name: str) -> None:
    path, content, said = BROKEN[name]
    for folder in ("documents", "collections"):
        (tmp_path / "bundle" / folder).mkdir(parents=True)
    (tmp_path / "bundle" / "documents" / "good.md").write_text(GOOD)
    (tmp_path / "bundle" / "collections" / "a.yaml").write_text("title: a\nitems: [{document: good}]\n")
    (tmp_path / "bundle" / path).parent.mkdir(exist_ok=True)
    (tmp_path / "bundle" / path).write_bytes(content)
    before = everything(stocked.corpus)
    with pytest.raises(BundleError, match=said):
        read_bundle(stocked.corpus, tmp_path / "bundle", split)
    assert everything(stocked.corpus) == before


def test_only_plain_files_are_read(stocked: Home, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(GOOD)
    folder = tmp_path / "bundle" / "documents"
    for make in (lambda file: file.symlink_to(secret), os.mkfifo, Path.mkdir):
        folder.mkdir(parents=True)
        make(folder / "bad.md")
        with pytest.raises(BundleError, match="it is no plain file"):
            read_bundle(stocked.corpus, tmp_path / "bundle", split)
        shutil.rmtree(tmp_path / "bundle")


def test_an_export_writes_through_no_link(stocked: Home, tmp_path: Path) -> None:
    precious, folder = tmp_path / "precious", tmp_path / "bundle"
    precious.write_text("mine")
    write_bundle(stocked.corpus, folder)
    name = next((folder / "documents").iterdir()).name
    (folder / "documents" / name).unlink()
    (folder / "documents" / name).symlink_to(precious)
    write_bundle(stocked.corpus, folder)
    assert precious.read_text() == "mine"
    assert not (folder / "documents" / name).is_symlink()
    (folder / "collections").rename(tmp_path / "elsewhere")
    (folder / "collections").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BundleError, match="collections: it is a link"):
        write_bundle(stocked.corpus, folder)


def test_what_is_no_bundle(home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "missing", tmp_path, tmp_path / "file"):
        with pytest.raises(BundleError, match="no bundle"):
            read_bundle(home.corpus, folder, split)


def test_a_fault_of_ours_half_way_leaves_nothing(home: Home, tmp_path: Path, stocked: Home) -> None:
    write_bundle(stocked.corpus, tmp_path / "bundle")
    with Corpus(tmp_path / "other") as other:
        seen = []

        def failing(title: str, text: str):  # type: ignore[no-untyped-def]
            seen.append(title)
            if len(seen) == 5:
                raise RuntimeError("half way")
            return split(title, text)

        with pytest.raises(RuntimeError):
            read_bundle(other, tmp_path / "bundle", failing)
        assert other.documents.count() == 0


values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**6), 10**6),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    ),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)
texts = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("-+\n\r:#. ")), max_size=60)


@given(st.dictionaries(st.sampled_from(["title", "tags", "edits"]), st.one_of(values, texts)), texts)
def test_front_matter_gives_back_what_was_put_in(fields: dict[str, object], body: str) -> None:
    assert frontmatter.parse(frontmatter.dump(fields, body)) == (fields, body)


@given(texts)
def test_front_matter_of_any_text_never_fails(text: str) -> None:
    fields, body = frontmatter.parse(text)
    assert text.endswith(body)
    assert fields or body == text or text.lstrip("\ufeff").startswith(("---", "+++"))


def test_a_document_without_a_source_or_title_survives(home: Home, tmp_path: Path) -> None:
    for one in (draft("Leap", "The clock.", source=""), draft("other", "The valve.", title="")):
        home.corpus.documents.put(one, split(one.title, one.text))
    before = {document.id: document for document in home.corpus.documents.page(limit=9)}
    write_bundle(home.corpus, tmp_path / "bundle")
    with Corpus(tmp_path / "other") as other:
        read_bundle(other, tmp_path / "bundle", split)
        assert {document.id: document for document in other.documents.page(limit=9)} == before
