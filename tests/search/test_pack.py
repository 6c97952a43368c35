"""The pack: what it holds, how it matches, and that extension/pack.js does the same to the letter."""

import json
import random
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import PackUnusable
from corpus.fulltext import Weights, stemmed
from search import pack, pack_format, silence, static_model, whitening
from search.pack_matching import Numbers, Pack
from search.pack_page import familiar, telling, words_of
from search.pack_words import _in_halves, share
from search.static_model import StaticModel
from tests.fakes import VOCABULARY, Home

EXTENSION = Path(__file__).parents[2] / "extension"
PIECES = ("[PAD]", "[UNK]", *"the a of in and was to .".split(), *VOCABULARY, "##s", "##ed", "post", "##mortem", "日")
LESSONS = {
    "Certificates": "The certificate expired and the router refused all.\n\nAn alarm for the certificate was never made.",
    "Backups": "The backup was never restored, and the disk was full.\n\nWe restore a backup every week now.",
    "Leap": "A leap second stopped the clock of the queue.\n\nThe clock went back and the queue was stuck.",
    "Deploys": "A typo in the config was deployed at once.\n\nThe crew rolled the deploy back after the outage.",
}
PAGES = [
    {"url": "", "title": "Incident", "text": "Our certificate has expired. The router is down since noon."},
    {
        "url": "",
        "title": "",
        "text": "# Notes\n\n- the disk is full\n- no backup could be restored\n\nClocks are fine.",
    },
    {"url": "", "title": "Stew", "text": "Peel the onions. Simmer them for an hour, and serve with bread."},
    {
        "url": "https://www.example.org/leap/?utm_source=x",
        "title": "Leap",
        "text": "The clock and the queue, a leap second.",
    },
    {
        "url": "",
        "title": "Ünïcödé 日本 🎉",
        "text": "Ťhe ÇONFIG was depłoyed – “typo” … \u00a0in\tthe configs\u2028 ﬁn.\x07",
    },
    {"url": "", "title": "", "text": ""},
    {"url": "", "title": "deploy config typo outage", "text": ""},
    {
        "url": "",
        "title": "Long",
        "text": "\n\n".join(f"Paragraph {n} of the outage. The crew and the queue." for n in range(300)),
    },
]


@pytest.fixture
def built(home: Home, tmp_path: Path) -> bytes:
    for name, text in LESSONS.items():
        home.put(name, text, url=f"https://example.org/{name.lower()}")
    home.indexer.catch_up()
    base = static_model.distilled(home.encoder, PIECES, tmp_path / "models")
    return pack.build(home.corpus, home.indexer, base, 20, {"encoder": home.encoder.id})


@pytest.fixture
def crowded(home: Home, tmp_path: Path) -> bytes:
    """Sixty lessons of sentences drawn from those of the four."""
    draw = random.Random(3)
    sentences = [one for text in LESSONS.values() for line in text.split("\n\n") for one in line.split(", ")]
    for number in range(60):
        home.put(f"Lesson {number}", ". ".join(draw.sample(sentences, 3)), url=f"https://example.org/{number}")
    home.indexer.catch_up()
    base = static_model.distilled(home.encoder, PIECES, tmp_path / "models")
    return pack.build(home.corpus, home.indexer, base, 20, {})


def in_node(script: str, *files: Path) -> object:
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script, "--", *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_page_finds_the_lesson_that_shares_its_words(built):
    found = Pack(built).match(PAGES[0])
    assert [one.document["title"] for one in found][:1] == ["Certificates"]
    assert (found[0].yours, found[0].theirs) == (
        "Our certificate has expired.", "The certificate expired and the router refused all.",
    )  # fmt: skip


def test_the_page_itself_and_its_copies_are_left_out(built):
    held = Pack(built)
    assert "Leap" not in [one.document["title"] for one in held.match(PAGES[3])]
    copy = {"url": "https://elsewhere.example/", "title": "Backups", "text": LESSONS["Backups"] + "\n\nRead more."}
    assert "Backups" not in [one.document["title"] for one in held.match(copy)]


def test_a_page_about_other_things_finds_nothing(built):
    assert Pack(built).match(PAGES[2]) == []


def by_words(held: Pack, text: str) -> tuple[Numbers, int]:
    """What the words of a text weigh in each lesson, and how many are looked for."""
    counts = Counter(words_of(text))
    known = {word: stem for word, stem in telling(counts, held._ignored).items() if stem in held._postings}
    return held._by_words(counts, known)


def test_words_count_where_they_stand_together(home: Home, tmp_path: Path):
    rest = "and so it went on for them all " * 6
    home.put("Together", f"A valve, a typo. {rest}\n\n## Later\n\nThey slept. {rest}")
    home.put("Apart", f"A valve was new. {rest}\n\n## Later\n\nThe typo. {rest}")
    for name in LESSONS:
        home.put(name, f"{rest}\n\n## Later\n\n{rest}")
    home.indexer.catch_up()
    base = static_model.distilled(home.encoder, PIECES, tmp_path / "models")
    held = Pack(pack.build(home.corpus, home.indexer, base, 20, {}))
    scores, count = by_words(held, "A valve, a typo")
    found = dict(zip([one["title"] for one in held.lessons], scores.tolist(), strict=True))
    assert found["Together"] > 1.2 * found["Apart"] > 0
    assert [found[name] for name in LESSONS] == [0, 0, 0, 0]
    assert count == 2


def test_a_word_counts_twice_at_most_and_its_other_forms_besides(built):
    held = Pack(built)
    once, twice, often, other = (by_words(held, text)[0] for text in (
        "expired", "expired expired", "expired " * 9, "expired expires"))  # fmt: skip
    assert twice == pytest.approx(2 * once)
    assert often == pytest.approx(twice)
    assert other == pytest.approx(twice)


def test_words_weigh_what_they_weigh_in_full_text(home, crowded):
    """Up to half a step of the fifteen in which a weight is kept; a word of the title counts double."""
    held = Pack(crowded)
    for word in ("clock", "queue", "17"):
        matches = home.corpus.fulltext.match(f'"{word}"', limit=100, weights=Weights(title=2.0))
        scores = by_words(held, word)[0] * (1.2 + 1)
        found = {one["id"]: score for one, score in zip(held.lessons, scores.tolist(), strict=True) if score > 0}
        step = held._postings[word][0] * (1.2 + 1) / held.told["steps"]
        assert found == pytest.approx({document: bm25 for _, document, bm25 in matches}, abs=step / 2 + 1e-6)
        assert found


def test_a_page_of_words_that_no_lesson_has_is_told_nothing(built):
    """However near it comes: the same known words, and three of five that nobody here ever wrote."""
    known = "The certificate has expired on the router."
    assert [one.document["title"] for one in Pack(built).match({"text": known})] == ["Certificates"]
    assert Pack(built).match({"text": f"{known} Zwieback quince marzipan nutmeg saffron sourdough."}) == []


def test_words_are_familiar_by_their_stems():
    stems = telling(["clocks", "the", "quince", "clock"], {"the"})
    assert stems == {"clocks": "clock", "quince": "quinc", "clock": "clock"}
    assert familiar(stems.values(), {"clock"}) == pytest.approx((2 / 3) ** 0.8)
    assert familiar(stems.values(), {"clock", "quinc"}) == 1
    assert familiar([], {"clock"}) == 0


def test_two_weights_share_a_byte():
    assert [_in_halves(one).tolist() for one in ([1, 15, 7], [2, 3], [])] == [[0x1F, 0x70], [0x23], []]


def test_what_fits_in_is_shared_evenly():
    assert share([1, 5, 9], room=9, most=12) == 4
    assert share([1, 5, 9], room=100, most=12) == 12
    assert share([3, 3], room=1, most=12) == 1


def test_what_is_common_to_all_is_taken_out_as_by_the_server(home, crowded):
    held = Pack(crowded)
    ids = [passage.id for one in held.lessons for passage in home.corpus.documents.passages(one["id"])]
    vectors = np.stack([home.index.vectors(ids)[i] for i in ids])
    fitted = whitening.fit(vectors)
    assert fitted is not None
    assert held._whitened(held._units[0]) == pytest.approx(fitted.cosines(vectors, vectors[0]), abs=0.02)
    assert held._whitened(held._units[0])[0] == pytest.approx(1.0, abs=1e-6)


def test_a_small_corpus_has_nothing_taken_out(built):
    held = Pack(built)
    assert held._whitened(held._units[0]) == pytest.approx(held._units @ held._units[0], abs=1e-6)


def test_half_of_the_wrong_pages_are_let_through_by_the_nearest_and_half_by_the_five_nearest():
    near = np.random.default_rng(7).gumbel(0.5, 0.03, (20_000, 5))
    familiar = np.random.default_rng(8).uniform(0.99, 1, 20_000)
    floors = pack._floors(near, familiar, 20)
    assert (familiar * near[:, 0] >= floors["quiet"]).mean() == pytest.approx(1 / 40, abs=0.005)
    assert floors["quiet_together"] == silence.fit((familiar * near.mean(axis=1)).tolist()).at(1 - 1 / 40)
    assert (near[:, 0] >= floors["floor"]).mean() == pytest.approx(1 / 4, abs=0.001)


@pytest.mark.parametrize("crowd", [False, True], ids=["four lessons", "sixty"])
def test_the_browser_finds_the_same(built, crowded, tmp_path, crowd):
    pages = [*PAGES, *({"url": "", "title": "", "text": text} for text in LESSONS.values())]
    held = crowded if crowd else built
    (tmp_path / "pack").write_bytes(held)
    (tmp_path / "pages").write_text(json.dumps(pages))
    script = f"""
        import fs from "node:fs";
        import {{ openPack, match }} from {json.dumps((EXTENSION / "pack.js").as_uri())};
        const [file, pages] = process.argv.slice(1).map((path) => fs.readFileSync(path));
        const pack = await openPack(file);
        console.log(JSON.stringify(JSON.parse(pages).map((page) => match(pack, page).map(
          ({{ document, score, because: [{{ yours, theirs }}] }}) => [document.id, score, yours, theirs]))));
    """
    mine = [
        [[one.document["id"], one.score, one.yours, one.theirs] for one in Pack(held).match(page)] for page in pages
    ]
    assert in_node(script, tmp_path / "pack", tmp_path / "pages") == mine
    assert sum(map(len, mine)) >= 6


def test_the_browser_cuts_text_into_the_same_pieces_and_stems(tmp_path):
    model = StaticModel(static_model.vocabulary(), np.zeros((30522, 1), np.float32))
    texts = [page["text"] for page in PAGES] + [page["title"] for page in PAGES]
    texts += [
        " ".join(model.pieces),
        "naïve Straße ΣΊΣΥΦΟΣ İstanbul Ǆungla e\u0301te\u0301 x²",
        "a\u200bb\ufffdc\x00d \u3000 ¿qué?",
    ]
    texts += [
        "x" * 101,
        "kube-dns CVE-2024-3094 java.util",
        "한국어 русский العربية हिन्दी ไทย",
        "".join(map(chr, range(32, 0x250))),
    ]
    words = [word for text in texts for word in text.lower().split() if word.isascii() and word.isalpha()]
    (tmp_path / "told").write_text(json.dumps([texts, words, model.pieces]))
    script = f"""
        import fs from "node:fs";
        import {{ tokenizer }} from {json.dumps((EXTENSION / "wordpiece.js").as_uri())};
        import {{ stem, words as wordsOf }} from {json.dumps((EXTENSION / "stems.js").as_uri())};
        const [texts, words, pieces] = JSON.parse(fs.readFileSync(process.argv[1]));
        const cut = tokenizer(pieces);
        console.log(JSON.stringify([texts.map((text) => cut(text)), words.map(stem), texts.map(wordsOf)]));
    """
    pieces, stems, found = in_node(script, tmp_path / "told")
    assert pieces == [model.ids(text) for text in texts]
    assert found == [words_of(text) for text in texts]
    mine = stemmed(words)
    assert [word for word, stem in zip(words, stems, strict=True) if mine[word] != [stem]] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: b"<html>" + data, "no-pack"),
        (lambda data: b"", "no-pack"),
        (lambda data: data[:8] + (1).to_bytes(4, "little") + data[12:], "other-version"),
        (lambda data: data[:60], "damaged"),
        (lambda data: data[:-1], "damaged"),
        (lambda data: data[:13] + b"\xff\xff\xff" + data[16:], "damaged"),
        (lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:], "damaged"),
        (lambda data: data[:-9] + bytes([data[-9] ^ 128]) + data[-8:], "damaged"),
    ],
)
def test_what_is_no_whole_pack_is_told(built, tmp_path, change, code):
    (tmp_path / "pack").write_bytes(change(built))
    with pytest.raises(PackUnusable):
        Pack(change(built))
    script = f"""
        import fs from "node:fs";
        import {{ openPack, PackError }} from {json.dumps((EXTENSION / "pack.js").as_uri())};
        const told = await openPack(fs.readFileSync(process.argv[1])).catch((error) => [error instanceof PackError, error.code]);
        console.log(JSON.stringify(told));
    """
    assert in_node(script, tmp_path / "pack") == [True, code]


def test_arrays_come_back_as_they_went():
    sections = {"numbers": np.arange(5, dtype=np.uint32), "words": ["ü", None], "small": np.array([-3], np.int8)}
    told, held = pack_format.read(pack_format.write({"encoder": "e"}, sections))
    assert told["encoder"] == "e"
    assert (held["numbers"].tolist(), held["words"], held["small"].tolist()) == ([0, 1, 2, 3, 4], ["ü", None], [-3])
