"""The prose of a notebook (Markdown cells) as blocks.

Markup that could act is no markup here: raw HTML is shown as the characters it is typed with, a link as its text with its
address behind it, and a picture is refused, since every picture of a report is drawn from its data.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from labkit.report.blocks import Block, Code, Column, Formula, Heading, ListBlock, Paragraph, Quote, Run, Table

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_SOFT = None  # a line end in the source: a space between words, nothing between Chinese characters


class ProseRefused(ValueError):
    """Something in the prose that a report does not take; the message names it."""


def read_prose(text: str) -> tuple[Block, ...]:
    """Return the blocks of one Markdown cell.

    Raises
    ------
    ProseRefused
        If the cell holds a picture, or a link that is neither http, https nor relative.

    >>> read_prose("## Load below `<2.6`")
    (Heading(level=2, text='Load below <2.6'),)
    """
    return tuple(_blocks(SyntaxTreeNode(_MARKDOWN.parse(text))))


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    for child in node.children:
        if child.type == "heading":
            yield Heading(int(child.tag[1]), _plain(child))
        elif child.type == "paragraph":
            yield Paragraph(_runs(child))
        elif child.type in ("bullet_list", "ordered_list"):
            items = tuple(tuple(_blocks(item)) for item in child.children)
            yield ListBlock(child.type == "ordered_list", items, int(child.attrs.get("start", 1)))
        elif child.type == "blockquote":
            yield Quote(tuple(_blocks(child)))
        elif child.type in ("fence", "code_block"):
            body = child.content.rstrip("\n").expandtabs(4)
            yield Formula(body) if child.type == "fence" and child.info.strip() == "formula" else Code(body)
        elif child.type == "table":
            yield _table(child)
        elif child.type != "hr":
            raise ProseRefused(f"the prose holds {child.type}, which a report does not take")


def _table(node: SyntaxTreeNode) -> Table:
    head, *body = node.children
    columns = tuple(
        Column(_plain(cell), "right" if "right" in str(cell.attrs.get("style", "")) else "left")
        for cell in head.children[0].children
    )
    rows = tuple(tuple(_plain(cell) for cell in row.children) for part in body for row in part.children)
    return Table("", None, "", columns, rows)


def _plain(node: SyntaxTreeNode) -> str:
    return "".join(run.text for run in _runs(node)).replace("\n", " ")


def _runs(node: SyntaxTreeNode) -> tuple[Run, ...]:
    pieces: list[Run | None] = []
    for inline in node.children:
        pieces.extend(_inline(inline, strong=False, emphasis=False))
    runs: list[Run] = []
    for place, piece in enumerate(pieces):
        if piece is None:
            before = runs[-1].text[-1:] if runs else ""
            after = next((one.text[:1] for one in pieces[place + 1 :] if one is not None), "")
            piece = Run("" if _wide(before) or _wide(after) else " ")
        if runs and (runs[-1].strong, runs[-1].emphasis, runs[-1].code) == (piece.strong, piece.emphasis, piece.code):
            piece = Run(runs.pop().text + piece.text, piece.strong, piece.emphasis, piece.code)
        if piece.text:
            runs.append(piece)
    return tuple(runs)


def _inline(node: SyntaxTreeNode, strong: bool, emphasis: bool) -> Iterator[Run | None]:
    kind = node.type
    if kind in ("text", "text_special"):
        yield Run(node.content, strong, emphasis)
    elif kind == "code_inline":
        yield Run(node.content, strong, emphasis, code=True)
    elif kind == "softbreak":
        yield _SOFT
    elif kind == "hardbreak":
        yield Run("\n", strong, emphasis)
    elif kind in ("inline", "strong", "em", "link"):
        for child in node.children:
            yield from _inline(child, strong or kind == "strong", emphasis or kind == "em")
        if kind == "link":
            yield from _address(str(node.attrs["href"]), "".join(child.content for child in node.children))
    elif kind == "image":
        raise ProseRefused(f"the prose holds a picture ({node.attrs['src']}); a report shows only figures drawn from its data")
    else:
        raise ProseRefused(f"the prose holds {kind}, which a report does not take")


def _address(address: str, shown: str) -> Iterator[Run]:
    if urlsplit(address).scheme not in ("", "http", "https"):
        raise ProseRefused(f"the prose links to {address}; a report takes http, https and relative links")
    if not address.startswith("#") and address != shown:
        yield Run(f" ({address})")


def _wide(character: str) -> bool:
    return bool(character) and unicodedata.east_asian_width(character) in "WF"
