"""The few words a report adds of its own, in English and Chinese: labels, the footer, the band over simulated data."""

from __future__ import annotations

from dataclasses import dataclass, fields

from labkit.edition import SIMULATED


@dataclass(frozen=True)
class Words:
    """The words of one language; `{n}` is filled by the renderer."""

    lang: str  # the language tag of the page
    contents: str
    figure: str
    table: str
    note: str
    finding: str
    warning: str
    know: str
    taken: str
    period: str
    data: str
    version: str
    page: str
    simulated: str

    def all(self) -> str:
        """Return every word, one after the other."""
        return SIMULATED + "".join(str(getattr(self, one.name)) for one in fields(self))


WORDS = {
    "en": Words(
        lang="en",
        contents="Contents",
        figure="Figure {n}.",
        table="Table {n}.",
        note="Note",
        finding="What we found",
        warning="Take care",
        know="What to know about this report",
        taken="How the files were taken",
        period="Period",
        data="Data",
        version="labkit {version} · commit {commit}",
        page="Page {n} of {total}",
        simulated="The data behind every number here were simulated; no real place is described.",
    ),
    "zh": Words(
        lang="zh-CN",
        contents="目录",
        figure="图 {n}",
        table="表 {n}",
        note="说明",
        finding="主要发现",
        warning="请注意",
        know="阅读须知",
        taken="文件如何读入",
        period="时段",
        data="数据",
        version="labkit {version} · 提交 {commit}",
        page="第 {n} 页，共 {total} 页",
        simulated="本报告的所有数字均来自模拟数据，不描述任何真实地点。",
    ),
}


def stamp(caption: str, simulated: bool) -> tuple[str, str]:
    """Return the stamp of a caption (empty for real data) and the caption without it; a stamp is never shown twice.

    >>> stamp("SIMULATED / 模拟数据 – Load by week", True)
    ('SIMULATED / 模拟数据', 'Load by week')
    """
    if not simulated and not caption.startswith(SIMULATED):
        return "", caption
    return SIMULATED, caption.removeprefix(SIMULATED).lstrip(" –")
