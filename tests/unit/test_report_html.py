import base64
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from fontTools.ttLib import TTFont

from labkit.errors import Refusal
from labkit.report.blocks import Code, Column, Figure, Formula, Heading, ListBlock, Paragraph, Quote, Run, Statement, Table
from labkit.report.document import Document, Meta
from labkit.report.fonts import pieces, subset_font
from labkit.report.html import render_html

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><img src=https://evil.example/x.png>',
    "' onmouseover='alert(1)",
    '" onfocus="alert(1)" autofocus="',
    "<svg onload=alert(1)>",
    "<svg><script href=https://evil.example/x.js></script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import url(https://evil.example/x.css)</style>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<object data=https://evil.example/x></object>",
    "<embed src=https://evil.example/x>",
    "<form action=https://evil.example/><input type=submit></form>",
    "<video src=https://evil.example/x onerror=alert(1)></video>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<!--><script>alert(1)</script>-->",
    "]]><script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "{% include 'x' %}",
    "{n}{commit}{version}",
    "${alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "＜script＞alert(1)＜/script＞",
    "expression(alert(1)); background: url(https://evil.example/x)",
    "<details open ontoggle=alert(1)>",
    "<2.6 #1 $x @a *b* _c_ \\d `e` ~f~ -- ... [g](h)",
]
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
VOID = {"meta", "img", "br"}


class Parsed(HTMLParser):
    """Every element with its attributes, every text with the elements it stands in."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.open = [], [], []
        self.feed(page)
        self.close()
        assert self.open == [], "an element is left open"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((data, tuple(self.open)))

    def text(self, *tags):
        return "".join(text for text, inside in self.texts if set(tags) <= set(inside))


def report(text="plain", language="en", simulated=True, png=PIXEL):
    about = {"number": 1, "caption": text, "alt": text, "png": png, "width": 1080, "height": 570}
    document = Document(
        "load",
        (
            Heading(1, text),
            Heading(2, text),
            Paragraph((Run(text), Run(text, strong=True), Run(text, emphasis=True), Run(text, code=True))),
            ListBlock(True, ((Paragraph((Run(text),)), ListBlock(False, ((Paragraph((Run(text),)),),))),), start=2),
            Heading(2, "Data"),
            Quote((Paragraph((Run(text),)),)),
            Formula(text),
            Code(text),
            Heading(2, "Results"),
            *(Figure(f"load{number}", **about) for number in range(4)),
            Table("data", 1, text, (Column(text, "left"), Column(text, "right")), ((text, text), (text, text)), text),
            Table("", None, "", (Column(text, "left"),), ((text,),)),
            *(Statement(kind, (text, text)) for kind in ("finding", "note", "warning")),
        ),
    )
    meta = Meta(text, f"Title {text}", language, simulated, text, text, (text, text), text, text)
    return [document], meta


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_of_a_report_becomes_markup(payload, monkeypatch):
    monkeypatch.setattr("labkit.report.html.font_faces", lambda documents, meta: ())  # slow, and not what is tested here
    page = render_html(*report(payload))
    plain, parsed = Parsed(render_html(*report())), Parsed(page)
    assert [tag for tag, _ in parsed.elements] == [tag for tag, _ in plain.elements]
    assert "script" not in {tag for tag, _ in parsed.elements}
    for tag, attributes in parsed.elements:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("src", "href", "action", "data", "srcset"):
                assert re.match(r"data:image/png;base64,|#part-\d+$", value), (tag, name)
    for tag in "h2 strong em code li blockquote pre th td caption figcaption aside footer".split():
        assert payload in parsed.text("main", tag) + parsed.text("footer", tag), tag
    assert payload in parsed.text("title")
    assert payload in [attributes["alt"] for tag, attributes in parsed.elements if tag == "img"]
    assert "evil" not in parsed.text("style")


def test_nothing_is_loaded_from_anywhere():
    page = render_html(*report())
    parsed = Parsed(page)
    style = parsed.text("style")
    assert set(re.findall(r"url\((.{0,15})", style)) == {"data:font/woff;"}
    assert "@import" not in style
    policy = [one["content"] for tag, one in parsed.elements if one.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"]
    assert not re.search(r"https?://", page)
    assert page.index('<meta charset="utf-8">') < 200


def test_a_reader_who_listens_is_told_everything():
    parsed = Parsed(render_html(*report("words")))
    tags = [tag for tag, _ in parsed.elements]
    assert tags.count("h1") == 1
    assert tags.count("main") == 1
    assert all(one.get("alt") for tag, one in parsed.elements if tag == "img")
    assert all(one.get("scope") == "col" for tag, one in parsed.elements if tag == "th")
    assert parsed.text("figcaption").count("Figure 1.") == 4
    assert parsed.text("caption").startswith("Table 1.")
    ids = [one["id"] for _, one in parsed.elements if "id" in one]
    assert len(ids) == len(set(ids))
    links = {one["href"][1:] for tag, one in parsed.elements if tag == "a"}
    assert links
    assert links <= set(ids)
    numbers = [one.get("class") for tag, one in parsed.elements if tag == "td"]
    assert numbers == [None, "number", None, "number", None]


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh", "zh-CN")])
def test_simulated_is_said_on_the_page_in_its_title_and_in_every_caption(language, tag):
    parsed = Parsed(render_html(*report("words", language)))
    assert parsed.elements[0] == ("html", {"lang": tag})
    word = "SIMULATED / 模拟数据"
    assert word in parsed.text("title")
    assert word in parsed.text("p", "strong")
    assert parsed.text("figcaption", "span").count(word) == 4
    assert parsed.text("caption", "span").count(word) == 1
    real = Parsed(render_html(*report("words", language, simulated=False)))
    assert all(word not in text for text, inside in real.texts)


def test_a_stamp_that_is_there_already_is_not_shown_twice():
    parsed = Parsed(render_html(*report("SIMULATED / 模拟数据 – Load by week")))
    assert parsed.text("figcaption").count("SIMULATED") == 4
    assert "– Load" not in parsed.text("figcaption")


def test_a_character_without_a_glyph_is_named_with_its_place():
    document = Document("load", (Paragraph((Run("Peaks are marked ✗ and ✗"),)), Code("bad \u202e sign")))
    meta = Meta("first", "Title", "en", False, "0.1.0", "abc", notes=("One ► note",))
    with pytest.raises(Refusal) as caught:
        render_html([document], meta)
    found = [(one.rule.id, one.file, one.fields["code"], one.fields["kind"]) for one in caught.value.problems]
    assert found == [
        ("TXT-GLYPH", "first", "U+25BA", "note"),
        ("TXT-GLYPH", "load", "U+2717", "paragraph"),
        ("TXT-GLYPH", "load", "U+202E", "code"),
    ]
    assert "✗ (U+2717), in the paragraph that begins “Peaks are marked ✗ and ✗”" in caught.value.report()
    assert "无法显示 ✗（U+2717）" in caught.value.report("zh")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_text_finds_its_characters_in_the_fonts_of_its_weight(language):
    documents, meta = report("Load <2.6 负荷 “České” 10⁵ …", language)
    meta = replace(meta, study="qxyz 研究")  # the study's name is set bold, and here alone
    parsed = Parsed(render_html(documents, meta))
    held = {400: set(), 700: set()}
    for weight, font in re.findall(r"font-weight: (\d+); src: url\(data:font/woff;base64,([^)]+)\)", parsed.text("style")):
        with TTFont(io.BytesIO(base64.b64decode(font))) as read:
            held[int(weight)] |= set(read.getBestCmap())
            assert re.search(r"Copyright|\(c\)", read["name"].getDebugName(0)), "the copyright stays with the font"
    bold = {"h1", "h2", "h3", "strong", "b", "th"}
    for text, inside in parsed.texts:
        if "style" in inside or "title" in inside:
            continue
        weight = 700 if bold & set(inside) or text == meta.study else 400
        assert set(map(ord, text)) - {10} <= held[weight], (text, inside)
    assert all(piece.text for piece in pieces(documents, meta) if piece.kind == "frame")


def test_a_subset_is_small_and_made_once():
    wanted = frozenset(range(0x4E00, 0x4E00 + 200))
    font = subset_font("Noto Sans SC", 400, wanted)
    assert len(font) < 60_000
    assert subset_font("Noto Sans SC", 400, wanted) is font


def noisy_png(size=90_000):
    noise = np.random.default_rng(1).integers(0, 256, size, dtype=np.uint8).tobytes()
    return PIXEL[:33] + noise


def test_a_page_with_four_figures_of_90_kb_is_under_one_megabyte():
    hanzi = "".join(map(chr, range(0x4E00, 0x4E00 + 700)))
    documents, meta = report("words", "zh", png=noisy_png())
    documents = [Document("load", (*documents[0].blocks, Paragraph((Run(hanzi),))))]
    assert 480_000 < len(render_html(documents, meta).encode()) < 1_000_000


PROGRAM = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from test_report_html import report
from labkit.report.html import render_html
print(hashlib.sha256(render_html(*report("Load <2.6 负荷 “x”", "zh")).encode()).hexdigest())
"""


def test_the_same_report_is_the_same_bytes_in_any_process(tmp_path):
    seen = set()
    for zone, seed, locale in (("UTC", "0", "C"), ("Asia/Shanghai", "77", "C.UTF-8")):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONDONTWRITEBYTECODE": "1"}
        folder = tmp_path / seed
        folder.mkdir()
        command = [sys.executable, "-c", PROGRAM, os.path.dirname(__file__)]
        seen.add(subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True).stdout)
    assert len(seen) == 1
