"""A document of known text as DOCX, by python-docx: headings, lists, tables and listings in Word's own styles."""

import io
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from markdown_it.token import Token

from benchmarks.extraction.documents import Known, groups, plain


def docx(document: Known) -> bytes:
    """The bytes of the DOCX; its title is a paragraph of the style Title."""
    made = Document()
    made.styles.add_style("Source Code", WD_STYLE_TYPE.PARAGRAPH)
    made.add_paragraph(document.title, style="Title")
    for group in groups(document.tokens):
        _add(made, group)
    body = io.BytesIO()
    made.save(body)
    return body.getvalue()


def _add(made: Any, group: list[Token]) -> None:
    if group[0].type == "table_open":
        _add_table(made, group)
        return
    style = {"bullet_list_open": "List Bullet", "ordered_list_open": "List Number", "blockquote_open": "Quote"}
    for before, token in zip([None, *group], group, strict=False):
        if token.type in ("fence", "code_block"):
            for line in token.content.rstrip("\n").split("\n"):
                made.add_paragraph(line, style="Source Code")
        elif token.type == "inline" and before is not None and before.type == "heading_open":
            made.add_heading(plain(token), level=int(before.tag[1]))
        elif token.type == "inline":
            made.add_paragraph(plain(token), style=style.get(group[0].type))


def _add_table(made: Any, group: list[Token]) -> None:
    rows: list[list[str]] = []
    for token in group:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(plain(token))
    table = made.add_table(rows=len(rows), cols=max(map(len, rows)))
    for row, line in zip(rows, table.rows, strict=True):
        for text, cell in zip(row, line.cells, strict=False):
            cell.text = text
