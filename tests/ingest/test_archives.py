"""ZIP archives: what is harmless is read byte for byte, what is an attack ends in one clear line."""

import io
import random
import stat
import zipfile

import pytest

from corpus.errors import IngestError, TooLarge, Unreadable
from ingest.archives import Archive, documents_of, open_zip

MANY = 10_000_000


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return file.getvalue()


def opened(body: bytes, most_bytes: int = MANY, most_members: int = 1000) -> Archive:
    return open_zip(body, source="t.zip", most_bytes=most_bytes, most_members=most_members)


def test_members_come_out_byte_for_byte() -> None:
    noise = random.Random(7).randbytes(700_000)
    archive = opened(packed(("a/b.bin", noise), ("a/", b""), ("empty.md", b"")))
    assert list(archive.names()) == ["a/b.bin", "empty.md"]
    assert archive.read("a/b.bin") == noise
    assert archive.read("a/b.bin") == noise  # a second time costs nothing of the limit
    assert archive.read("empty.md") == b""
    assert archive.get("nowhere") is None


@pytest.mark.parametrize(
    "name", ["../x.html", "a/../../x.html", "/etc/x.html", "C:/x.html", "c:x.html", "a\\b.html", "..\\x", "a\x1bb.html"]
)
def test_a_name_that_leads_out_refuses_the_whole(name: str) -> None:
    entry = zipfile.ZipInfo("x")
    entry.filename = name
    with pytest.raises(Unreadable, match=r"t\.zip: a name in the archive is not safe") as error:
        opened(packed(("fine.html", b"x"), (entry, b"x")))
    assert "\n" not in str(error.value)
    assert "\x1b" not in str(error.value)


def test_dots_in_names_are_no_escape() -> None:
    assert list(opened(packed(("a..b/...c.md", b"x"))).names()) == ["a..b/...c.md"]


def test_a_link_is_an_error_of_its_own() -> None:
    link = zipfile.ZipInfo("link.html")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive = opened(packed((link, b"/etc/passwd"), ("page.html", b"text")))
    with pytest.raises(Unreadable, match="link"):
        archive.read("link.html")
    assert archive.get("link.html") is None
    assert archive.read("page.html") == b"text"


def locked(body: bytes, *names: bytes) -> bytes:
    """The archive with the mark of encryption set for the members."""
    changed = bytearray(body)
    for signature, flags, size in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = -1
        while (at := body.find(signature, at + 1)) >= 0:
            if body[at + size :].startswith(names):
                changed[at + flags] |= 1
    return bytes(changed)


def test_a_locked_member_is_told_and_the_rest_is_read() -> None:
    body = packed(("one.html", b"1"), ("two.html", b"2"))
    archive = opened(locked(body, b"one"))
    with pytest.raises(Unreadable, match=r"one\.html: it is locked with a password"):
        archive.read("one.html")
    assert archive.read("two.html") == b"2"
    with pytest.raises(Unreadable, match="the archive is locked with a password"):
        opened(locked(body, b"one", b"two"))


def test_what_states_that_it_is_too_large_is_not_opened() -> None:
    body = packed(("a", b"x" * 600), ("b", b"y" * 600))
    with pytest.raises(TooLarge):
        opened(body, most_bytes=1199)
    assert opened(body, most_bytes=1200).read("b") == b"y" * 600


def lying(body: bytes, size: int) -> bytes:
    """The archive with another size of all its members stated."""
    changed = bytearray(body)
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = -1
        while (at := body.find(signature, at + 1)) >= 0:
            changed[at + place : at + place + 4] = size.to_bytes(4, "little")
    return bytes(changed)


def test_a_size_that_is_a_lie_is_counted_as_it_is() -> None:
    body = lying(packed(("a.txt", random.Random(1).randbytes(500_000))), 10)
    with pytest.raises(TooLarge):
        opened(body, most_bytes=400_000).read("a.txt")


def test_all_members_together_are_counted() -> None:
    noise = random.Random(2).randbytes(300_000)
    archive = opened(lying(packed(("a.txt", noise), ("b.txt", noise)), 1), most_bytes=350_000)
    assert archive.read("a.txt") == noise
    with pytest.raises(TooLarge):
        archive.read("b.txt")


def test_a_bomb_of_zeros_is_an_attack_and_no_fault_of_one_member() -> None:
    archive = opened(packed(("zeros.html", bytes(60_000_000)), ("page.html", b"x")), most_bytes=100_000_000)
    for read in (archive.read, archive.get):
        with pytest.raises(Unreadable) as error:
            read("zeros.html")
        assert error.value.source == "t.zip"


def test_a_bomb_in_an_archive_is_never_opened() -> None:
    inside = packed(("zeros.html", bytes(60_000_000)))
    archive = opened(packed(("inner.zip", inside), ("page.html", b"x")))
    assert documents_of(archive) == ["page.html"]
    assert archive.read("inner.zip") == inside


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_cannot_be_counted_are_refused(method: int) -> None:
    with pytest.raises(Unreadable, match="packed in a way"):
        opened(packed(("a.txt", b"x" * 100), method=method)).read("a.txt")


def test_many_members_are_refused() -> None:
    body = packed(*((f"{number}.txt", b"") for number in range(50)))
    assert len(opened(body, most_members=50).names()) == 50
    with pytest.raises(Unreadable, match="more than 49 files"):
        opened(body, most_members=49)


def test_members_of_an_archive_inside_are_not_counted() -> None:
    inner = packed(*((f"{number}.txt", b"") for number in range(50)))
    body = packed(("inner.zip", inner), method=zipfile.ZIP_STORED)
    assert list(opened(body, most_members=5).names()) == ["inner.zip"]


def test_of_two_with_one_name_the_last_stands() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        body = packed(("a.html", b"first"), ("a.html", b"second"))
    archive = opened(body)
    assert list(archive.names()) == ["a.html"]
    assert archive.read("a.html") == b"second"


def test_names_are_utf8_whether_they_say_so_or_not() -> None:
    said = packed(("Übergabe/日本.html", b"x"))
    assert list(opened(said).names()) == ["Übergabe/日本.html"]
    flags = bytearray(said)
    for signature, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        flags[said.find(signature) + place] &= ~0x08
    archive = opened(bytes(flags))
    assert list(archive.names()) == ["Übergabe/日本.html"]
    assert archive.read("Übergabe/日本.html") == b"x"
    plain = bytes(flags).replace("Übergabe/日本.html".encode(), b"\x9abergabe/abcdefg.html")
    assert next(iter(opened(plain).names())).startswith("Übergabe/")  # cp437, as old tools write


@pytest.mark.parametrize("cut", [0, 3, 40, -1, -30])
def test_a_damaged_archive_is_unreadable(cut: int) -> None:
    body = packed(("a.html", b"hello" * 50), ("b.html", b"x"))
    with pytest.raises(Unreadable, match="damaged or cut off"):
        opened(body[:cut])


def test_a_damaged_member_is_an_error_of_its_own() -> None:
    body = bytearray(packed(("a.html", random.Random(3).randbytes(500)), ("b.html", b"x")))
    body[200] ^= 0xFF
    archive = opened(bytes(body))
    with pytest.raises(Unreadable, match=r"t\.zip, a\.html: it is damaged"):
        archive.read("a.html")
    assert archive.read("b.html") == b"x"


def test_any_damage_ends_in_an_error_that_a_person_can_read() -> None:
    body = packed(("a.html", b"hello world" * 20), ("docs/b.html", bytes(500)))
    chance = random.Random(4)
    said: list[str] = []
    for _ in range(1500):
        changed = bytearray(body)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(body))] = chance.randrange(256)
        try:
            archive = opened(bytes(changed))
            for name in archive.names():
                archive.get(name)
        except IngestError as error:  # anything else is a bug
            said.append(str(error))
    assert 100 < len(said) < 1500
    assert [one for one in said if "t.zip" not in one or "\n" in one or len(one) > 300] == []


def test_what_looks_like_a_document() -> None:
    names = ("a.html", "b/c.MD", "d.pdf", "__MACOSX/a.html", "b/.hidden.md", ".git/x.md", "img.png", "x.zip", "e.docx")
    assert documents_of(opened(packed(*((name, b"x") for name in names)))) == ["a.html", "b/c.MD", "d.pdf", "e.docx"]
