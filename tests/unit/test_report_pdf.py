import base64
import os
import re
import subprocess
import sys
import zlib

import numpy as np
import pytest

from labkit.errors import EnvironmentUnfit, Refusal
from labkit.report import pdf as room
from labkit.report.blocks import Code, Column, Figure, Formula, Heading, ListBlock, Paragraph, Quote, Run, Statement, Table
from labkit.report.document import Document, Meta
from labkit.report.pdf import column_widths, render_pdf, report_data

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
CODE = r"<2.6 #1 $x$ @a *b* _c_ \d `e` ~f ---- ... // [g](h) /*i*/ #eval(1) <label> 'q' "

ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def report(text="plain", language="en", simulated=True, rows=3, png=PIXEL):
    columns = (Column("Site", "left"), Column(text, "right"))
    table = Table("data", 1, f"T{text}", columns, tuple((f"S{i}", text) for i in range(rows)), text)
    document = Document(
        "load",
        (
            Heading(1, f"Q{text}"),
            Heading(2, f"H{text}"),
            Paragraph((Run(f"P{text}"), Run("strong", strong=True), Run("dots", emphasis=True), Run("raw", code=True))),
            ListBlock(True, ((Paragraph((Run(f"L{text}"),)), ListBlock(False, ((Paragraph((Run("in"),)),),))),), start=2),
            Quote((Paragraph((Run(f"C{text}"),)),)),
            Formula(f"F{text}"),
            Code(f"├─ {text}\n│  └─ {text}"),
            Heading(3, "Figures"),
            *(Figure(f"load{n}", n, f"G{text}", f"A{text}", png, 1080, 570) for n in (1, 2, 3, 4)),
            table,
            Table("", None, "", (Column("matrix", "left"),), (("hair",),)),
            *(Statement(kind, (f"S{kind}{text}",)) for kind in ("finding", "note", "warning")),
        ),
    )
    meta = Meta("first", f"Title {text}", language, simulated, "0.1.0", "3f9a1c2", (f"N{text}",), "2023 – 2025", f"D{text}")
    return [document], meta


def streams(pdf):
    for number, body in re.findall(rb"(\d+) 0 obj(.*?)endobj", pdf, re.S):
        inside = re.search(rb"stream\r?\n(.*)endstream", body, re.S)
        packed = inside is not None and b"FlateDecode" in body and b"/Subtype/Image" not in body
        yield int(number), body, zlib.decompressobj().decompress(inside[1]) if packed else b""


def pages(pdf):
    """The text of each page, read from the glyphs that are drawn."""
    objects = {number: (body, stream) for number, body, stream in streams(pdf)}
    found = []
    for body, _ in objects.values():
        if not re.search(rb"/Type/Page\b", body):
            continue
        resources = objects[int(re.search(rb"/Resources (\d+)", body)[1])][0]
        fonts = {}
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources):
            mapping = objects[int(re.search(rb"/ToUnicode (\d+)", objects[int(number)][0])[1])][1]
            pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", mapping.split(b"endcodespacerange")[1])
            fonts[name] = {int(glyph, 16): bytes.fromhex(code.decode()).decode("utf-16-be") for glyph, code in pairs}
        content = objects[int(re.search(rb"/Contents (\d+)", body)[1])][1]
        text, font = "", {}
        for name, glyphs in tokens(content):
            font = fonts[name] if name else font
            text += "".join(font.get(int.from_bytes(glyphs[i : i + 2]), "") for i in range(0, len(glyphs), 2))
        found.append(text)
    return found


def tokens(content):
    """Fonts chosen and strings drawn, in order; a string may hold pairs of brackets as they are."""
    place = 0
    while found := re.compile(rb"/(f\d+) [\d.]+ Tf|\(").search(content, place):
        place = found.end()
        if found[1]:
            yield found[1], b""
            continue
        depth, drawn = 1, b""
        while depth:
            piece = re.compile(rb"\\([0-7]{3}|.)|(.)", re.S).match(content, place)
            place = piece.end()
            if piece[1]:
                drawn += bytes([int(piece[1], 8)]) if len(piece[1]) == 3 else ESCAPES.get(piece[1], piece[1])
            else:
                depth += {b"(": 1, b")": -1}.get(piece[2], 0)
                drawn += piece[2] if depth else b""
        yield b"", drawn


def squeezed(text):
    return re.sub(r"\s", "", text)


def test_what_typst_would_read_as_code_stays_what_it_is():
    drawn = squeezed("".join(pages(render_pdf(*report(CODE)))))
    wanted = squeezed(CODE)
    for begin in ("Title", "Q", "H", "P", "L", "C", "F", "├─", "│└─", "G", "T", "N", "D", "Sfinding", "Snote", "Swarning"):
        assert begin + wanted in drawn, begin


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_tagged_titled_and_in_its_language(language):
    made = render_pdf(*report("负荷 load", language))
    assert b"/MarkInfo<</Marked true" in made
    assert (b"/Lang(en)" if language == "en" else b"/Lang(zh-CN)") in made
    assert made.count(b"/Alt(") + made.count(b"/Alt<") >= 4
    assert re.search(rb"pdfuaid:part>1<", made)
    assert {b"/S/Figure", b"/S/Table", b"/S/TH", b"/S/Caption", b"/S/H1", b"/S/H2"} <= set(re.findall(rb"/S/\w+", made))
    assert b"/JavaScript" not in made
    assert b"CreationDate" not in made


def test_no_font_is_left_out_and_none_comes_from_the_machine():
    names = set(re.findall(rb"/BaseFont/[A-Z]{6}\+([\w-]+)", render_pdf(*report("负荷 load"))))
    assert names <= {b"NotoSans-Regular", b"NotoSans-Bold", b"NotoSansSC-Regular", b"NotoSansSC-Bold", b"DejaVuSansMono"}
    assert {b"NotoSans-Regular", b"NotoSansSC-Regular"} <= names


@pytest.mark.parametrize(("language", "page"), [("en", "Page {n} of {total}"), ("zh", "第 {n} 页，共 {total} 页")])
def test_each_page_says_simulated_version_commit_and_its_number(language, page):
    drawn = pages(render_pdf(*report("words", language, rows=120)))
    assert len(drawn) > 3
    for number, text in enumerate(drawn, start=1):
        assert "SIMULATED / 模拟数据" in text
        assert "labkit 0.1.0" in text
        assert "3f9a1c2" in text
        assert squeezed(page.format(n=number, total=len(drawn))) in squeezed(text)
    assert "SIMULATED" not in "".join(pages(render_pdf(*report("words", language, simulated=False))))


def test_a_long_table_repeats_its_head_on_every_page_it_reaches():
    drawn = pages(render_pdf(*report("unit", rows=120)))
    reached = [text for text in drawn if re.search(r"S\d+unit", text)]
    assert len(reached) > 2
    assert all("Siteunit" in text for text in reached)
    captioned = next(text for text in drawn if "Table 1." in text)
    assert re.search(r"Table 1\..*Siteunit.*S0unit", captioned, re.S), "the caption stands alone"


def test_the_report_reaches_typst_as_data_only(tmp_path):
    documents, meta = report(CODE)
    data = report_data(documents, meta, tmp_path)
    assert data["meta"]["title"] == f"Title {CODE}"
    assert data["blocks"][1]["runs"][0]["text"] == f"P{CODE}"
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"figure-{n}.png" for n in (1, 2, 3, 4)]
    assert "eval(" not in room.TEMPLATE.read_text(encoding="utf-8")


def test_columns_share_the_width_by_what_they_hold():
    columns = (Column("Site", "left"), Column("消耗量（mg/天/千人）", "right"), Column("Note", "left"))
    table = Table("t", 1, "c", columns, (("A", "<2.6", "x" * 90),))
    assert column_widths(table) == [7, 13, 38]


def test_a_character_without_a_glyph_is_refused():
    with pytest.raises(Refusal, match=r"TXT-GLYPH.*✗ \(U\+2717\)"):
        render_pdf(*report("✗"))


def test_missing_fonts_are_named_rather_than_text_left_out(monkeypatch, tmp_path):
    monkeypatch.setattr(room, "font_files", lambda: (tmp_path / "gone.ttf",))
    room._fonts.cache_clear()
    try:
        with pytest.raises(EnvironmentUnfit, match="Noto Sans, Noto Sans SC"):
            render_pdf(*report())
    finally:
        room._fonts.cache_clear()


def noisy_png(width=200, height=150):
    def chunk(name, body):
        return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)

    noise = np.random.default_rng(1).integers(0, 256, (height, width * 3), dtype=np.uint8)
    rows = zlib.compress(b"".join(b"\x00" + row.tobytes() for row in noise))
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_pdf_with_four_figures_of_90_kb_is_under_one_megabyte():
    png = noisy_png()
    assert 89_000 < len(png) < 92_000
    documents, meta = report("words", "zh", png=png)
    hanzi = "".join(map(chr, range(0x4E00, 0x4E00 + 700)))
    documents = [Document("load", (*documents[0].blocks, Paragraph((Run(hanzi),))))]
    assert len(render_pdf(documents, meta)) < 1_000_000


PROGRAM = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from test_report_pdf import report
from labkit.report.pdf import render_pdf
print(hashlib.sha256(render_pdf(*report("Load <2.6 负荷 “x”", "zh"))).hexdigest())
"""


def test_the_same_report_is_the_same_bytes_in_any_process(tmp_path):
    seen = set()
    for zone, seed, locale in (("UTC", "0", "C"), ("Asia/Shanghai", "77", "C.UTF-8")):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale, "TMPDIR": str(folder)}
        command = [sys.executable, "-c", PROGRAM, os.path.dirname(__file__)]
        seen.add(subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True).stdout)
        assert list(folder.iterdir()) == [], "something was left behind"
    assert len(seen) == 1
