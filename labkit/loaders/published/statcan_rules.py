"""The conventions of the Canadian Wastewater Survey, each said with the number of cells it was taken in.

Two things people confuse: an *interval* that stops at 0 because a load cannot be negative, and a load that was not detected:
the survey publishes no limit and no load of 0.
"""

from __future__ import annotations

from labkit.errors import Rule

CAUTION = Rule(
    "PUB-NOTED-CAUTION",
    en=("{n} numbers with the status E: “use with caution”", "taken, each with its flag", "say so wherever they are shown"),
    zh=("{n} 个数值带状态 E（“谨慎使用”）", "照样读取，各附标记", "展示时请一并说明"),
    example=("0.04 E", "0.04"),
    noted=True,
)
PERCENT = Rule(
    "PUB-NOTED-PERCENT",
    en=(
        "{n} imputation rates whose unit column says mg/1000 people/day",
        "read as per cent (one imputed day of seven is 14.30)",
        "nothing to do",
    ),
    zh=("{n} 个插补率的单位列写作 mg/1000 people/day", "按百分比读取（七日中插补一日为 14.30）", "无须处理"),
    example=("14.30 mg/1000 people/day", "14.30 %"),
    noted=True,
)
AVERAGE = Rule(
    "PUB-NOTED-AVERAGE",
    en=(
        "{n} numbers are of the weighted average of the cities, not of a city",
        "rows of their own, average = true",
        "leave them out of sums over cities",
    ),
    zh=("{n} 个数值为各城市的加权平均，而非某一城市", "单独成行，average 为 true", "对城市求和时不予计入"),
    example=("Weighted average, cities measured", "Toronto, Ontario"),
    noted=True,
)
AT_ZERO = Rule(
    "PUB-NOTED-FLOOR",
    en=("{n} lower ends of intervals at 0", "as published: cut off at 0, not measured as 0", "nothing to do"),
    zh=("{n} 个区间下限为 0", "按发布值保留：在 0 处截断，并非测得 0", "无须处理"),
    example=("0.00–0.12", "0.01–0.12"),
    noted=True,
)
NO_ERROR = Rule(
    "PUB-NOTED-NO-ERROR",
    en=("{n} standard errors printed as 0.00", "smaller than the two decimals show, not zero", "never divide by them"),
    zh=("{n} 个标准误印作 0.00", "小于两位小数所能显示，并非零", "切勿用作除数"),
    example=("0.00", "<0.005"),
    noted=True,
)
STEPS = Rule(
    "PUB-NOTED-STEPS",
    en=("{n} numbers with two decimals, the last of them always even", "as printed: in steps of 0.02", "nothing to do"),
    zh=("{n} 个数值有两位小数，末位均为偶数", "按所印数值读取：步长为 0.02", "无须处理"),
    example=("14.30", "14.29"),
    noted=True,
)
