"""Files that have broken readers elsewhere, made here: what is deep, wide, cut off, lying, mixed or explosive."""

import gzip
import io
import json
import zipfile

_DEEP = 20_000
_WIDE = 50_000


def zipped(members: dict[str, bytes]) -> bytes:
    """A ZIP archive of these members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return held.getvalue()


def docx(document: bytes) -> bytes:
    """The least Word document, around this `document.xml`."""
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return zipped({
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        b'<Override PartName="/word/document.xml" ContentType="' + kind + b'"/></Types>',
        "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r" Type="' + office + b'" Target="word/document.xml"/></Relationships>',
        "word/document.xml": document,
    })  # fmt: skip


def words(body: bytes) -> bytes:
    """A `document.xml` with this body."""
    space = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return b'<w:document xmlns:w="' + space + b'"><w:body>' + body + b"</w:body></w:document>"


PARAGRAPH = b"<w:p><w:r><w:t>The disk was full.</w:t></w:r></w:p>"
LAUGHS = b"<!DOCTYPE a [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(9)
)
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
HTML = b"<!doctype html><html><head><title>The disk</title></head><body><article>%s</article></body></html>"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
    b"4 0 obj<</Length 30>>stream\nBT /F1 12 Tf (The disk) Tj ET\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)
FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>%s</channel></rss>'
ITEM = b"<item><title>The disk</title><link>https://a.example/1</link><description>It was full.</description></item>"
ISSUE = {"number": 1, "title": "The disk", "body": "It was full.", "html_url": "https://a.example/1", "state": "closed"}

NASTY: dict[str, bytes] = {
    "nothing": b"",
    "one byte": b"\xff",
    "blanks": b" \t\r\n" * 999,
    "zeros": bytes(4096),
    "every byte": bytes(range(256)) * 9,
    "mark of UTF-8 alone": b"\xef\xbb\xbf",
    "UTF-16, cut in the middle of a letter": "# Ünïcode\n\nThe disk".encode("utf-16")[:-1],
    "UTF-32": "# The disk\n\nIt was full.".encode("utf-32"),
    "halves of letters": "# a \ud800 b \udfff".encode("utf-8", "surrogatepass"),
    "overlong UTF-8": b"# a \xc0\x80 \xf5\x90\x80\x80\n\ntext",
    "Latin letters that say they are UTF-8": b'<meta charset="utf-8"><p>na\xefve caf\xe9',
    "a charset that there is not": b'<meta charset="utf-0"><p>The disk was full.',
    "UTF-7": b'<meta charset="utf-7"><p>+ADw-script+AD4-',
    "control characters": b"# \x1b[31mred\x07\n\n\x00\x01\x02\x0b\x0c\x7f text",
    "right to left": "# \u202egnp.exe\u2066\u2069\n\n\u200b\u200d\ufeff text".encode(),
    "marks on one letter": ("# a" + "\u0301" * 5000 + "\n\ntext").encode(),
    "one line": b"a" * _WIDE,
    "one word a line": b"a\n" * _WIDE,
    "all ends of lines": b"a\rb\nc\r\nd\x0be\x0cf\x1cg\xc2\x85h\xe2\x80\xa8i",
    "deep HTML": HTML % (b"<div>" * _DEEP + b"The disk"),
    "deep tables": HTML % (b"<table><tr><td>" * 2000 + b"The disk"),
    "wide HTML": HTML % (b"<b>a" * _WIDE),
    "attributes": HTML % (b"<p " + b" ".join(b"a%d=1" % at for at in range(20_000)) + b">The disk"),
    "tag that never ends": HTML % (b"<a href='" + b"x" * _WIDE),
    "comment that never ends": HTML % (b"<!--" + b"-" * _WIDE),
    "closed before it opens": b"</p></div></html><html></body>The disk was full.</title>",
    "frames in frames": HTML % (b"<iframe srcdoc='" * 500),
    "lists in lists": HTML % (b"<ul><li>" * 3000 + b"The disk"),
    "a table of spans": HTML % b"<table><tr><td colspan=99999999 rowspan=99999999>The disk</table>",
    "entities that there are not": HTML % (b"&#x110000; &#0; &nosuch; &#xd800; &amp" * 999),
    "JSON-LD that lies": HTML % b'<script type="application/ld+json">{"@graph":[[[{"datePublished":{"a":[]}}]]]}</script>',
    "JSON-LD, deep": HTML % (b'<script type="application/ld+json">' + b"[" * _DEEP + b"</script><p>The disk"),
    "a date of no calendar": HTML % b'<meta property="article:published_time" content="2026-02-30T99:99"><p>The disk',
    "a date of another age": HTML % b'<time datetime="99999-12-31">then</time><time datetime="-0001-01-01">now</time>',
    "headings": b"#" * 99 + b" a\n" + b"# \n" * 999 + b"####### seven",
    "quotes in quotes": b">" * _DEEP + b" The disk",
    "lists in lists, Markdown": b"".join(b" " * (2 * at) + b"- a\n" for at in range(400)),
    "stars": b"*_" * 10_000 + b"a",
    "brackets": b"[" * 10_000 + b"a" + b"](" * 10_000,
    "links that never end": b"![a](" * 5_000,
    "backticks": b" ".join(b"`" * at for at in range(1, 300)),
    "a fence that never ends": b"# a\n\n```" + b"x\n" * 9999,
    "a table of bars": b"|" * 20_000 + b"\n" + b"|-" * 10_000,
    "references to themselves": b"[a]: a\n[a][a] [b]: <[a]>\n\n[^1]: [^1]",
    "front matter of aliases": b"---\na: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + at, 98 + at, b",".join([b"*%c" % (97 + at)] * 9)) for at in range(9))
    + b"---\n# a\n\ntext",
    "front matter, deep": b"---\ntags: " + b"[" * 5000 + b"\n---\n# a\n\ntext",
    "front matter of objects": b"---\ntitle: !!python/object/apply:os.system [id]\n---\n# a\n\ntext",
    "front matter of odd types": b"---\ntitle: {a: [1]}\ndate: 2026-13-45\ntags: !!binary '%%'\nid: .inf\n---\ntext",
    "front matter that never ends": b"---\ntitle: a\n" * 999,
    "TOML that is none": b"+++\ntitle = [[[\n+++\n# a\n\ntext",
    "rst, odd": b".. include:: /etc/hostname\n\n.. raw:: html\n   :file: /etc/hostname\n\n|a|\n\n.. |a| replace:: |a|\n",
    "rst, deep": b"\n".join(b" " * at + b"* a\n" for at in range(0, 600, 2)),
    "rst, underlines": b"a\n" + b"=" * _WIDE + b"\n" + b"\n-\n=\n~\n" * 200,
    "laughing XML": LAUGHS + b"]><a>&j;</a>",
    "XML from outside": OUTSIDE + b"<rss><channel><title>&x;</title></channel></rss>",
    "deep XML": b"<a>" * _DEEP,
    "XML in another coding than it says": b'<?xml version="1.0" encoding="utf-16"?><rss><channel/></rss>',
    "a feed": FEED % (ITEM * 300),
    "a feed without anything": FEED % b"<item/><item><link/></item><entry/>",
    "a feed in a feed": FEED % (b"<channel>" * 999 + ITEM),
    "a feed with an item in a link": FEED % b"<item><link>x<item/></link></item>",
    "a feed with odd dates": FEED % b"<item><title>a</title><pubDate>Mon, 99 Foo 99999 99:99:99 +9999</pubDate></item>",
    "a feed of addresses": FEED % b"<item><link>javascript:alert(1)</link></item><item><link>//[::1</link></item>",
    "JSON Feed, lying": b'{"version":"https://jsonfeed.org/version/1.1","items":[1,null,{"id":{},"url":[],"tags":"a"}]}',
    "a sitemap": b"<urlset>" + b"<url><loc>https://a.example/%s</loc></url>" % (b"a" * 9000) * 9 + b"</urlset>",
    "a sitemap of itself": b"<sitemapindex><sitemap><loc>https://fuzz.example/a</loc></sitemap></sitemapindex>",
    "gzip of zeros": gzip.compress(bytes(30_000_000)),
    "gzip, cut off": gzip.compress(b"<urlset/>" * 999)[:-9],
    "gzip in gzip": gzip.compress(gzip.compress(b"<urlset/>")),
    "zip of zeros": zipped({"a.html": bytes(30_000_000)}),
    "zip that climbs": zipped({"../../etc/a.html": b"<p>a", "/etc/b.html": b"<p>b", "c\\..\\d.html": b"<p>c"}),
    "zip, cut off": zipped({"a.html": b"<p>The disk"})[:-20],
    "zip of many": zipped({f"{at}.json": b"[]" for at in range(2000)}),
    "zip of a name that is none": zipped({"ab": b"<p>a"}).replace(b"ab", b"\0b"),
    "zip of Slack, lying": zipped({"channels.json": b'[{"name":[]},1,null]', "a/2026-01-01.json": b'[{"ts":{}},[]]'}),
    "zip of Confluence, lying": zipped({"a/index.html": b"<a href='b.html'>b</a>", "a/b.html": b"<div id=main-content>"}),
    "docx": docx(words(PARAGRAPH)),
    "docx, deep": docx(words(b"<w:tbl><w:tr><w:tc>" * 1500 + PARAGRAPH)),
    "docx that laughs": docx(LAUGHS + b"]>" + words(b"&j;")),
    "docx of zeros": docx(words(PARAGRAPH + b" " * 30_000_000)),
    "docx without words": zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}),
    "pdf": PDF,
    "pdf, cut off": PDF[:150],
    "pdf of itself": PDF.replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"),
    "pdf that promises much": PDF.replace(b"/Count 1", b"/Count 999999999").replace(b"/Length 30", b"/Length 99999999"),
    "pdf, locked": PDF.replace(b"trailer<<", b"trailer<</Encrypt<</Filter/Standard/V 9/R 9/O()/U()/P -1>>"),
    "pdf of a filter that there is not": PDF.replace(b"/Length 30", b"/Length 30/Filter[/FlateDecode/NoSuch]"),
    "deep JSON": b"[" * 100_000,
    "deep JSON, whole": b'{"a":' * 900 + b"1" + b"}" * 900,
    "numbers": b'[{"title": 1e999, "text": -0, "date": ' + b"9" * 5000 + b"}]",
    "not a number": b'[{"title": NaN, "text": Infinity}]',
    "halves of letters, JSON": b'[{"title": "\\ud800", "text": "\\udfff \\u0000"}]',
    "the same key twice": b'{"title": "a", "title": ["b"], "text": {"text": "c"}}',
    "JSON lines, one cut off": b'{"title":"a","text":"b"}\n{"title":\nnull\n[]\n"a"\n',
    "GitHub": json.dumps([ISSUE]).encode(),
    "GitHub, lying": json.dumps([{**ISSUE, "body": [], "labels": "a", "user": 1, "comments": {"a": [None]}}, 1]).encode(),
    "GitLab, lying": b'[{"iid": [], "title": {}, "web_url": 1, "description": null, "notes": [1, {"body": []}]}]',
    "PagerDuty, lying": b'{"incidents": [{"incident_number": [], "title": 1, "log_entries": 1, "created_at": "x"}]}',
    "Statuspage, lying": b'{"page": {"url": []}, "incidents": [{"shortlink": 1, "incident_updates": [1, {"body": {}}]}]}',
    "Alertmanager, lying": b'{"version": "4", "alerts": [1, {"labels": [], "annotations": {"summary": {}}}]}',
    "PagerDuty event, lying": b'{"event": {"event_type": "incident.triggered", "data": [1]}}',
    "Jira, lying": b"Issue key,Summary,Created\nA-1,,99/Xxx/99\n,,\nA-1," + b'"' * 999,
    "Jira of XML, lying": b"<rss><channel><item><key/><title/><created>never</created><comments/></item></channel></rss>",
    "csv of quotes": b'title,text\n"a,b\n"c""d,"\n' * 99,
    "csv of columns": b",".join(b"c%d" % at for at in range(20_000)) + b"\n" + b"," * 30_000,
    "csv of one cell": b"title,text\na," + b"x" * 500_000,
    "csv without a name": b"\n\n,,\n;;\n\t\t\n",
    "query of everything": b'-"a" kind:x tag: "b -c after:2026-13 before:: in:"" org:"\\" \xe2\x80\x9ca\xe2\x80\x9d ' * 9,
    "query of quotes": b'"' * 999 + b"-" * 999 + b":" * 999,
    "address, odd": b"http://web.archive.org/web/2026/http://web.archive.org/web/2026/HTTP://www.www.A.example.:0080//?#&=%zz",
    "address of brackets": b"http://[::1]:99999/[a]?[b]=%ff%fe&\xc3\xa9",
    "wiki markup": b"{code}{noformat}{quote}" * 500 + b"||a|b||\n|" * 500 + b"!a!" * 999,
    "bars of tables": b"+-" * 5000 + b"+\n|" + b" " * 9000 + b"|",
    "what looks like a secret": b"AKIA" + b"A" * _WIDE + b" ghp_" + b"a" * _WIDE + b" eyJ" + b"a." * 50_000,
    "what looks like an address": b"1.1.1." * 20_000 + b":" * 20_000 + b"a@" * 20_000 + b"+49 " * 20_000,
    "what looks like a person": b"Ann " * 20_000 + b"blamed by Ann Onymous, " * 5000,
    "what looks like an action": b"- [ ] @a (P1) due 2026-02-30 " * 3000 + b"| Action | Owner |\n|--|--|\n" * 500,
}  # fmt: skip
"""By what is nasty about each."""
