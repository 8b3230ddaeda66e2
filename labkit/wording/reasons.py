"""Why something is refused, in both languages: the one sentence of a model, told again in Chinese phrase by phrase.

Two things people confuse: to tell a reason again and to judge anew. The models say it in English, once, with its numbers; a
phrase that no list here knows stays as it is rather than being left out.
"""

from __future__ import annotations

import re

from labkit.edition import Edition

_WHAT = {
    "a change": "变化",
    "a decomposition": "分解",
    "the effect": "效果",
    "the level": "水平",
    "the variances": "方差",
    "an association": "关联",
    "the approximation": "近似结果",
    "the joint answer": "联合结果",
    "a lag profile": "滞后剖面",
    "the loadings": "载荷",
    "a conflict": "不一致",
    "profiles": "区域分组",
    "the probability of the limits": "限值的概率",
}
_PHRASES = tuple(
    (re.compile(english), chinese)
    for english, chinese in (
        (r"(\d+) results in the earlier part", r"前期有 \1 个结果"),
        (r"(\d+) results in the later part", r"后期有 \1 个结果"),
        (r"(\d+) results", r"\1 个结果"),
        (r"results in (\d+) of (\d+) quarters", r"\2 个季度中有 \1 个有结果"),
        (r"results in half of them or more", "半数或以上季度有结果"),
        (r"a gap of (\d+) weeks in the earlier part", r"前期有 \1 周的空缺"),
        (r"a gap of (\d+) weeks in the later part", r"后期有 \1 周的空缺"),
        (r"no whole week in one of the two parts", "两段之一没有完整的周"),
        (r"no result at (.+)", r"\1 没有结果"),
        (r"(\d+%) of the treated weeks lie below a limit", r"行动采样点 \1 的周低于限值"),
        (r"(\d+) comparison areas with enough results", r"结果足够的对照采样点有 \1 个"),
        (r"(\d+) weeks before the operation", r"行动前有 \1 周"),
        (r"(\d+) weeks after its start", r"开始后有 \1 周"),
        (r"every value is censored on one side", "所有数值都只知一侧"),
        (r"(\d+) values are known from both sides", r"两侧均已知的数值有 \1 个"),
        (r"all known values are equal \(constant series\)", "已知数值全部相等"),
        (r"the covariance is not positive definite", "协方差不是正定的"),
        (r"no week has a baseline of twelve weeks known from below: too short, or mostly below limits",
         "没有一周具备十二周已知下界的基线：序列过短，或多数低于限值"),
        (r"(\d+) with fewer than ([\d,]+) people are not named", r"人口少于 \2 的 \1 个不点名"),
        (r"(\d+) areas and (\d+) months with both", r"两者兼有的区域 \1 个、月份 \2 个"),
        (r"(\d+) areas and (\d+) months", r"\1 个区域和 \2 个月份"),
        (r"(?:the first|the second|one) matrix shows nothing beyond its sampling noise", "其中一种基质除抽样噪声外别无变化"),
        (r"more samples or persons", "更多样品或受检者"),
        (r"([\d.]+) positives expected in the median cell of (.+)", r"中位单元的预期阳性数为 \1"),
        (r"a Heywood case: no one factor gives these correlations", "Heywood 情形：没有单一因子能给出这些相关"),
        (r"the pairs as they are", "各对的相关本身"),
        (r"(\d+) areas, (\d+) drugs known in all", r"\1 个区域，\2 种毒品在各处均已知"),
        (r"(\d+) areas and two drugs", r"\1 个区域与两种毒品"),
        (r"Pareto k is ([\d.]+), and ([\d.]+) is the limit", r"Pareto k 为 \1，限值为 \2"),
        (r"the sampler \(sample_joint\)", "采样器"),
        (r"not known behind any site", "各采样点人口均未知"),
        (r"a population in the study", "研究中须给出人口"),
        (r"no mode was found", "未找到众数"),
        (r"(\d+)", r"\1"),
        (r"four or more in each part", "每段四个或以上"),
        (r"a shorter gap", "更短的空缺"),
        (r"a longer series", "更长的序列"),
        (r"the sites of the operation among those sampled", "行动采样点须在采样之列"),
        (r"the share of positive samples", "阳性样品占比"),
        (r"three or more", "三个或以上"),
        (r"three or more; one site is compared with its own past by the trend notebook",
         "三个或以上；单个采样点由趋势笔记本与自身过去比较"),
        (r"(\d+) or more(?: are needed)?", r"须 \1 个或以上"),
        (r"the share of values beyond each limit", "超出各限值的占比"),
        (r"that value", "该数值"),
    )
)  # fmt: skip
_NOT_ESTIMABLE = re.compile(r"(?P<what>.+?) is not estimable: (?P<why>.+?)(?:; instead: (?P<instead>.+))?")
_NOT_ALLOWED = re.compile(r"(?P<what>[^:]+): (?P<why>.+?); allowed: (?P<instead>.+)")


def say_reason(reason: str, edition: Edition) -> str:
    """Return a model's reason in the language of the edition.

    >>> say_reason("a change is not estimable: 3 results in the later part; instead: four or more in each part", Edition("zh"))
    '无法估计变化：后期有 3 个结果；所需：每段四个或以上'
    """
    if edition.language == "en":
        return reason
    if found := _NOT_ESTIMABLE.fullmatch(reason):
        told = f"无法估计{_WHAT.get(found['what'], found['what'])}：{_phrase(found['why'])}"
        return told + (f"；所需：{_phrase(found['instead'])}" if found["instead"] else "")
    if found := _NOT_ALLOWED.fullmatch(reason):
        what = {"sites": "采样点", "population": "人口"}.get(found["what"], found["what"])
        return f"{what}：{_phrase(found['why'])}；须为：{_phrase(found['instead'])}"
    return _phrase(reason)


def _phrase(text: str) -> str:
    for english, chinese in _PHRASES:
        if found := english.fullmatch(text):
            return found.expand(chinese)
    return text
