import base64
import struct
import zlib

import pytest

from labkit.errors import NotebookFailed
from labkit.report.blocks import Code, Figure, Formula, Heading, ListBlock, Paragraph, Quote, Run, Statement, Table
from labkit.report.document import Document, compose, read_document
from labkit.report.outputs import SENTENCES, TABLE


def png(width=4, height=2):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress(b"".join(b"\x00" + b"\x80" * width for _ in range(height)))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


ABOUT = {"name": "load", "number": 1, "caption": "Load by week", "alt": "A rising line."}


def shown(data, metadata=None):
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def figure(**changes):
    about = {key: value for key, value in {**ABOUT, **changes}.items() if value is not None}
    data = {"image/png": base64.b64encode(png()).decode(), "text/plain": "Load by week"}
    return shown(data, {"image/png": {"labkit": about, "alt": "A rising line."}})


def table(**changes):
    payload = {"name": "data", "number": 2, "caption": "What came in", "note": ""}
    payload |= {"columns": [{"title": "Site", "align": "left"}, {"title": "n", "align": "right"}], "rows": [["A", "<2.6"]]}
    return shown({TABLE: {**payload, **changes}, "text/html": "<table></table>", "text/plain": "x"})


def notebook(*cells):
    made = []
    for cell in cells:
        if isinstance(cell, str):
            made.append({"cell_type": "markdown", "source": cell})
        else:
            made.append({"cell_type": "code", "source": "hidden()", "outputs": cell})
    return {"cells": made}


def blocks(*cells):
    return read_document(notebook(*cells), "load").blocks


def test_prose_becomes_blocks():
    listed = "3. a\n4. b\n   - c\n\n> q\n\n```formula\na × b\n```\n\n    run\n\n---\n"
    read = blocks(f"# Q\n\nOne **two** *three* `<2.6`.\n\n{listed}")
    assert read == (
        Heading(1, "Q"),
        Paragraph(
            (
                Run("One "),
                Run("two", strong=True),
                Run(" "),
                Run("three", emphasis=True),
                Run(" "),
                Run("<2.6", code=True),
                Run("."),
            )
        ),
        ListBlock(
            True,
            ((Paragraph((Run("a"),)),), (Paragraph((Run("b"),)), ListBlock(False, ((Paragraph((Run("c"),)),),)))),
            start=3,
        ),
        Quote((Paragraph((Run("q"),)),)),
        Formula("a × b"),
        Code("run"),
    )


def test_a_line_end_is_a_space_between_words_and_nothing_between_chinese_characters():
    assert blocks("one\ntwo") == (Paragraph((Run("one two"),)),)
    assert blocks("一行\n二行") == (Paragraph((Run("一行二行"),)),)
    assert blocks("一行\\\n二行") == (Paragraph((Run("一行\n二行"),)),)


def test_raw_html_is_text_and_a_link_shows_its_address():
    assert blocks("<b onclick=x>a</b>") == (Paragraph((Run("<b onclick=x>a</b>"),)),)
    assert blocks("<script>\nx\n</script>") == (Paragraph((Run("<script> x </script>"),)),)
    assert blocks("[method](https://example.org/a)") == (Paragraph((Run("method (https://example.org/a)"),)),)
    assert blocks("[below](#part)") == (Paragraph((Run("below"),)),)
    assert blocks("[x](javascript:alert(1))") == (Paragraph((Run("[x](javascript:alert(1))"),)),)


def test_a_table_of_the_prose_has_no_number():
    (read,) = blocks("| a | b |\n|---|---:|\n| 1 | `<2` |")
    assert isinstance(read, Table)
    assert read.number is None
    assert [column.align for column in read.columns] == ["left", "right"]
    assert read.rows == (("1", "<2"),)


@pytest.mark.parametrize(
    ("prose", "word"), [("![a](a.png)", "picture"), ("![](https://x.org/a.png)", "picture"), ("[a](ftp://x.org/)", "ftp:")]
)
def test_prose_that_a_report_does_not_take_is_refused_with_its_cell(prose, word):
    with pytest.raises(NotebookFailed, match=word) as caught:
        blocks("fine", prose)
    assert "Markdown cell 2" in str(caught.value)


def test_our_outputs_become_blocks_and_code_is_hidden():
    words = shown({SENTENCES: {"kind": "finding", "paragraphs": ["It rose."]}, "text/plain": "x", "text/html": "<p>x</p>"})
    printed = {"output_type": "stream", "name": "stdout", "text": ["├─ flow\n", "│  └─ observe\n"]}
    plain = {"output_type": "execute_result", "data": {"text/plain": "12\tsamples"}, "metadata": {}}
    read = blocks([figure()], [table(), words], [printed, plain], [{"output_type": "stream", "name": "stdout", "text": "\n"}])
    assert read[0] == Figure("load", 1, "Load by week", "A rising line.", png(), 4, 2)
    assert isinstance(read[1], Table)
    assert read[1].rows == (("A", "<2.6"),)
    assert read[2:] == (Statement("finding", ("It rose.",)), Code("├─ flow\n│  └─ observe"), Code("12  samples"))
    assert "hidden" not in repr(read)


@pytest.mark.parametrize(
    "mime",
    [
        "text/html",
        "text/latex",
        "text/markdown",
        "text/vnd.mermaid",
        "image/svg+xml",
        "image/jpeg",
        "image/gif",
        "application/javascript",
        "application/json",
        "application/pdf",
        "application/vnd.jupyter.widget-view+json",
        "application/vnd.plotly.v1+json",
        "application/vnd.vegalite.v5+json",
        "application/vnd.bokehjs_exec.v0+json",
        "application/geo+json",
        "application/vnd.labkit.other+json",
    ],
)
@pytest.mark.parametrize("beside", [{}, {"text/plain": "x"}])
def test_every_other_mime_type_is_refused_with_notebook_cell_and_type(mime, beside):
    with pytest.raises(NotebookFailed) as caught:
        blocks("prose", [figure()], [shown({mime: "x", **beside})])
    assert (caught.value.notebook, caught.value.cell) == ("load", 2)
    assert mime in caught.value.reason


def test_a_script_beside_one_of_ours_is_refused_too():
    output = figure()
    output["data"]["application/javascript"] = "alert(1)"
    with pytest.raises(NotebookFailed, match="application/javascript"):
        blocks([output])
    both = table()
    both["data"]["image/png"] = "x"
    with pytest.raises(NotebookFailed, match=r"vnd\.labkit\.table"):
        blocks([both])


@pytest.mark.parametrize("lacking", ["name", "caption", "alt"])
def test_a_figure_without_its_words_is_refused(lacking):
    for value in (None, "", "  "):
        with pytest.raises(NotebookFailed, match=f"image/png without {lacking}"):
            blocks([figure(**{lacking: value})])


@pytest.mark.parametrize(
    ("output", "word"),
    [
        (shown({"image/png": "aGk="}), "not a labkit figure"),
        (shown({"image/png": "aGk="}, {"image/png": {"labkit": ABOUT}}), "not a PNG file"),
        (shown({"image/png": "!!"}, {"image/png": {"labkit": ABOUT}}), "not base64"),
        (figure(number=0), "without a number"),
        (figure(number="1"), "without a number"),
        (table(caption=""), "without name or caption"),
        (table(columns=[]), "without columns"),
        (table(columns=[{"title": "a", "align": "center"}, {"title": "b", "align": "left"}]), "neither left nor right"),
        (table(rows=[["A"]]), "2 cells of text"),
        (table(rows=[["A", 2.6]]), "2 cells of text"),
        (shown({TABLE: [1]}), "not a mapping"),
        (shown({SENTENCES: {"kind": "shout", "paragraphs": ["x"]}}), "not a finding"),
        (shown({SENTENCES: {"kind": "note", "paragraphs": "x"}}), "not a finding"),
        (shown({}), "nothing"),
        ({"output_type": "stream", "name": "stderr", "text": "x"}, "stderr"),
        ({"output_type": "error", "ename": "ValueError", "evalue": "x"}, "error output"),
        ({"output_type": "update_display_data", "data": {}}, "update_display_data"),
    ],
)
def test_an_incomplete_output_is_refused_with_the_reason(output, word):
    with pytest.raises(NotebookFailed, match=word) as caught:
        blocks([output])
    assert caught.value.cell == 1


def test_one_notebook_gives_its_question_to_the_title():
    read = Document("load", (Heading(1, "How much?"), Heading(2, "Results"), Heading(4, "By week")))
    page = compose([read], "First result")
    assert page.question == "How much?"
    assert page.blocks == (Heading(2, "Results"), Heading(3, "By week"))
    assert compose([read], "How much?").question == ""


def test_several_notebooks_are_chapters_and_no_level_is_skipped():
    read = Document("load", (Heading(1, "How much?"), Heading(2, "Results"), Heading(5, "Deep")))
    page = compose([read, read], "First result")
    assert page.question == ""
    assert [block.level for block in page.blocks] == [2, 3, 4, 2, 3, 4]
