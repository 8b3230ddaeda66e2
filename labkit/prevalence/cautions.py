"""What makes a number of users wrong, written as rules and not left to memory.

Two things people confuse: a caution and a refusal. A caution stands beside the number; what cannot be answered is refused
elsewhere.
"""

from __future__ import annotations

from labkit.prevalence.data import Sources
from labkit.prevalence.joint import Joint

CAUTIONS = {
    "window": (
        "the sources look through different windows: water a day, blood a day or two, hair months; the model's answer is for "
        "the {window}",
        "各来源的时间窗口不同：污水为一天，血液为一两天，毛发为数月；模型结果针对{window}",
    ),
    "ages": (
        "loads come from people of all ages and are divided here by those of {ages}: users outside that range count as inside",
        "负荷来自所有年龄的人，这里除以 {ages} 岁的人口：该年龄以外的使用者被算在其中",
    ),
    "commuters": (
        "people who come into the catchment for the day add to the load and are not among its people",
        "白天进入集水区的人增加负荷，却不在其人口之中",
    ),
    "route": (
        "one excretion fraction is taken for all routes of use; smoking and injection differ",
        "所有使用途径采用同一排泄率，而吸食与注射有所不同",
    ),
    "selection": (
        "those tested are suspects, drivers and patients, not the people; how much they exceed them is {told}",
        "受检者是嫌疑人、司机和患者，而不是全体人口；其超出程度{told}",
    ),
    "register": (
        "one register is used once; a second look at the same register would be no second source",
        "一个登记只用一次；对同一登记的再次使用不是第二个来源",
    ),
}


def cautions_of(joint: Joint) -> tuple[str, ...]:
    """Return the keys of the cautions that hold for a joint answer, in the order of the list."""
    sources: Sources = joint.sources
    found = []
    if len(sources.names) > 1:
        found.append("window")
    if "water" in sources.names:
        found += ["ages"] if sources.age_range != "all" else []
        found += ["commuters", "route"]
    if {"hair", "blood"} & set(sources.names):
        found.append("selection")
    if "register" in sources.names:
        found.append("register")
    return tuple(found)
