"""What must be said beside a consumption figure of certain analytes, whatever the study: the load alone can be trusted more.

The reasons are those of the rows of the parameter library; here they stand in both languages, for readers.
"""

from __future__ import annotations

from labkit.errors import Note

CAUTIONS = {
    "amphetamine": Note(
        "Amphetamine in water is mostly a metabolite of methamphetamine: its consumption is an upper end.",
        "水中的苯丙胺大多是甲基苯丙胺的代谢物：其消耗量只是上限。",
    ),
    "THC-COOH": Note(
        "Much THC-COOH is bound to solids, which is not corrected: read its load as a trend, and do not quote its consumption.",
        "四氢大麻酸大量附着于固体且此处未校正：其负荷宜看趋势，消耗量不宜引用。",
    ),
    "methcathinone": Note(
        "Methcathinone also forms from ephedrine in the sewer: without their ratio its consumption says little of use.",
        "甲卡西酮也会在下水道中由麻黄碱生成：缺少与麻黄碱之比时，其消耗量难以说明使用情况。",
    ),
    "6-acetylmorphine": Note(
        "6-acetylmorphine is not stable in the sewer, which is not corrected: heroin is more than what is given here.",
        "6-单乙酰吗啡在下水道中不稳定且此处未校正：海洛因的实际用量高于此处数字。",
    ),
}
