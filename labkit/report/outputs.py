"""The outputs of a notebook's code cells as blocks, by an allow-list: what is not on it is refused by name.

On the list are labkit's own figure, table and sentences, plain text, and what a cell printed. HTML, scripts, drawings with
their data inside and widgets are not: they can act, or carry more than they show.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from labkit.report.blocks import Block, Code, Column, Figure, Statement, Table

PNG = "image/png"
TABLE = "application/vnd.labkit.table+json"
SENTENCES = "application/vnd.labkit.text+json"
PLAIN = "text/plain"
# What may stand beside one of ours for a reader of the notebook; the report does not look at it.
_BESIDE = {PNG: {PLAIN}, TABLE: {PLAIN, "text/html"}, SENTENCES: {PLAIN, "text/html", "text/markdown"}}
_KINDS = ("finding", "note", "warning")
_PERCENT = re.compile(r"(?<=\d) (?=%)")  # a percent sign is never alone at the start of a line


class OutputRefused(ValueError):
    """An output that a report does not take; the message names its MIME type."""


def read_output(output: Mapping[str, Any]) -> Block | None:
    r"""Return the block of one cell output, or None for printed nothing.

    Raises
    ------
    OutputRefused
        If the output is not on the allow-list, or is one of ours and incomplete.

    >>> read_output({"output_type": "stream", "name": "stdout", "text": "12 samples\n"})
    Code(text='12 samples')
    """
    kind = output.get("output_type")
    if kind == "stream":
        if output.get("name") != "stdout":
            raise OutputRefused(f"text on {output.get('name')}; a report takes what is printed on stdout")
        return _code(output.get("text", ""))
    if kind == "error":
        raise OutputRefused(f"an error output ({output.get('ename')})")
    if kind not in ("display_data", "execute_result"):
        raise OutputRefused(f"an output of type {kind}")
    data = output.get("data", {})
    ours = [mime for mime in _BESIDE if mime in data]
    if set(data) == {PLAIN}:
        return _code(data[PLAIN])
    allowed = {ours[0]} | _BESIDE[ours[0]] if ours else {PLAIN}
    strange = sorted(set(data) - allowed)
    if strange or not ours:
        raise OutputRefused(f"an output of MIME type {', '.join(strange) or 'nothing'}, which a report does not take")
    if ours[0] == PNG:
        return _figure(data[PNG], output.get("metadata", {}))
    payload = _mapping(ours[0], data[ours[0]])
    return _table(payload) if ours[0] == TABLE else _statement(payload)


def _code(text: str | Sequence[str]) -> Code | None:
    body = _text(text).replace("\r\n", "\n").expandtabs(4).rstrip()
    return Code(body) if body.strip() else None


def _figure(encoded: str | Sequence[str], metadata: Mapping[str, Any]) -> Figure:
    about = metadata.get(PNG, {}).get("labkit")
    if not isinstance(about, Mapping):
        raise OutputRefused(f"an {PNG} that is not a labkit figure: it has no name, caption and alt text")
    for wanted in ("name", "caption", "alt"):
        if not _filled(about.get(wanted)):
            raise OutputRefused(f"an {PNG} without {wanted}")
    name, caption, alt = str(about["name"]), str(about["caption"]), str(about["alt"])
    try:
        png = base64.b64decode("".join(_text(encoded).split()), validate=True)
    except binascii.Error as error:
        raise OutputRefused(f"an {PNG} ({name}) that is not base64") from error
    if not png.startswith(b"\x89PNG\r\n\x1a\n") or png[12:16] != b"IHDR" or len(png) < 33:
        raise OutputRefused(f"an {PNG} ({name}) that is not a PNG file")
    width, height = struct.unpack(">II", png[16:24])
    return Figure(name, _number(PNG, about), caption, alt, png, width, height)


def _table(payload: Mapping[str, Any]) -> Table:
    name, caption = payload.get("name"), payload.get("caption")
    if not _filled(name) or not _filled(caption):
        raise OutputRefused(f"a {TABLE} without name or caption")
    columns = tuple(Column(str(one.get("title", "")), str(one.get("align", "left"))) for one in payload.get("columns", ()))
    if not columns or any(column.align not in ("left", "right") for column in columns):
        raise OutputRefused(f"a {TABLE} ({name}) without columns, or with a column aligned neither left nor right")
    rows = tuple(tuple(row) for row in payload.get("rows", ()))
    if any(len(row) != len(columns) or not all(isinstance(cell, str) for cell in row) for row in rows):
        raise OutputRefused(f"a {TABLE} ({name}) with a row that is not {len(columns)} cells of text")
    return Table(str(name), _number(TABLE, payload), str(caption), columns, rows, str(payload.get("note") or ""))


def _statement(payload: Mapping[str, Any]) -> Statement:
    paragraphs = payload.get("paragraphs")
    if payload.get("kind") not in _KINDS or not isinstance(paragraphs, list) or not all(map(_filled, paragraphs)):
        raise OutputRefused(f"a {SENTENCES} that is not a finding, note or warning with paragraphs of text")
    return Statement(str(payload["kind"]), tuple(_PERCENT.sub("\u00a0", paragraph) for paragraph in paragraphs))


def _mapping(mime: str, payload: object) -> Mapping[str, Any]:
    if isinstance(payload, str):
        try:
            payload = json.loads(payload)
        except json.JSONDecodeError:
            payload = None
    if not isinstance(payload, Mapping):
        raise OutputRefused(f"a {mime} that is not a mapping")
    return payload


def _number(mime: str, about: Mapping[str, Any]) -> int:
    number = about.get("number")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise OutputRefused(f"a {mime} ({about.get('name')}) without a number")
    return number


def _filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _text(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
