"""The words and numbers that a profile may declare: analytes, columns, units, zones, rows.

Two things people confuse: the laboratory's *word* (any text: what it writes) and *our* name for the same thing (one of a closed
list). Only ours can be misspelt, so only ours is checked.
"""

from __future__ import annotations

from zoneinfo import available_timezones

from labkit import units
from labkit.errors import Rule
from labkit.params.scalars import Scalar, broken, shown, to_integer, to_text
from labkit.vocabulary import ANALYTES, nearest, to_analyte

COLUMNS = (
    *("site", "subject", "sample", "replicate", "date", "start", "end", "analysed", "sampling"),
    *("analyte", "concentration", "unit", "lod", "loq", "uloq", "cutoff", "method", "laboratory", "medium"),
    *("segment_from_cm", "segment_to_cm", "sex", "birth_year", "area", "reason"),
    *("flow", "population", "kind", "source", "name", "type", "area_share", "closed", "expected"),
)

PAR_LAB_ANALYTE = Rule(
    "PAR-LAB-ANALYTE",
    en=("{found} is not an analyte by our name", "{allowed}", "choose one of these{nearest}"),
    zh=("{found} 不是我们所用的检测物名称", "{allowed}", "请从中选择一个{nearest}"),
    example=("{analyte: METH}", "{analyte: methamphetamine}"),
)
PAR_LAB_COLUMN = Rule(
    "PAR-LAB-COLUMN",
    en=("{found} is not one of our columns", "our column: your header, with {allowed}", "correct the name{nearest}"),
    zh=("{found} 不是我们的列名", "我们的列名: 贵实验室的表头；列名有 {allowed}", "请改正列名{nearest}"),
    example=("{浓度: concentration}", "{concentration: 浓度}"),
)
PAR_LAB_UNIT = Rule(
    "PAR-LAB-UNIT",
    en=(
        "{found} is not a unit that can be converted",
        "{allowed}, or a unit of the same kind with another prefix, such as ug/L",
        "write it that way{nearest}",
    ),
    zh=("{found} 不是可换算的单位", "{allowed}，或词头不同的同类单位，如 ug/L", "请按此书写{nearest}"),
    example=("ppb", "ug/L"),
)
PAR_LAB_ZONE = Rule(
    "PAR-LAB-ZONE",
    en=(
        "{found} is not a time zone of the IANA list",
        "a name of area and place, such as Asia/Shanghai, or UTC",
        "write it that way{nearest}",
    ),
    zh=("{found} 不在 IANA 时区表中", "区域/地点形式的名称，如 Asia/Shanghai，或 UTC", "请按此书写{nearest}"),
    example=("Beijing", "Asia/Shanghai"),
)
PAR_LAB_ROW = Rule(
    "PAR-LAB-ROW",
    en=(
        "{found} cannot be the row of the column names",
        "a row number from 1 to {most}",
        "count the lines from the top of the file",
    ),
    zh=("表头不可能在第 {found} 行", "行号 1 至 {most}", "请从文件第一行数起"),
    example=("0", "1"),
)
PAR_LAB_SERIAL = Rule(
    "PAR-LAB-SERIAL",
    en=("{found} is not a system of day numbers", "1900 or 1904", "1900, unless the workbook was made for the 1904 system"),
    zh=("{found} 不是日期序列号的系统", "1900 或 1904", "一般为 1900，除非工作簿采用 1904 系统"),
    example=("1970", "1900"),
)
PAR_LAB_SWITCH = Rule(
    "PAR-LAB-SWITCH",
    en=("{found} is neither true nor false", "true or false, without quotes", "write true, or take the line out"),
    zh=("{found} 既不是 true 也不是 false", "true 或 false，不加引号", "请写 true，或删去这一行"),
    example=("yes", "true"),
)
LAST_HEADER_ROW = 1000


def _near(word: str, allowed: list[str]) -> str:
    close = nearest(word, allowed)
    return f" ({close}?)" if close else ""


def to_analyte_key(found: object) -> str:
    """Return our name of an analyte; another spelling is refused, and our name for it given."""
    word = to_text(found)
    if word in ANALYTES:
        return word
    meant = to_analyte(word)
    near = f" ({meant}?)" if meant else _near(word, list(ANALYTES))
    raise broken(PAR_LAB_ANALYTE, found=shown(word), allowed=" · ".join(ANALYTES), nearest=near)


def to_column(found: object) -> str:
    """Return the name of one of our columns."""
    word = to_text(found)
    if word not in COLUMNS:
        raise broken(PAR_LAB_COLUMN, found=shown(word), allowed=" ".join(COLUMNS), nearest=_near(word, list(COLUMNS)))
    return word


def quantities() -> list[str]:
    """Return the quantities whose units can be converted, each by its own unit."""
    return [unit for name, unit in vars(units).items() if name.isupper() and isinstance(unit, str)]


def all_units() -> list[str]:
    """Return every unit that can be converted, of whatever quantity."""
    return list(dict.fromkeys(unit for quantity in quantities() for unit in units.known_units(quantity)))


def to_unit(found: object) -> str:
    """Return a unit as it was written, if it can be converted."""
    word = to_text(found)
    if all(units.to_factor(word, quantity) is None for quantity in quantities()):
        raise broken(PAR_LAB_UNIT, found=shown(word), allowed=" · ".join(quantities()), nearest=_near(word, all_units()))
    return word


def to_zone(found: object) -> str:
    """Return the IANA name of a time zone."""
    word = to_text(found)
    if word not in (zones := available_timezones()):
        raise broken(PAR_LAB_ZONE, found=shown(word), nearest=_near(word, sorted(zones)))
    return word


def to_header_row(found: object) -> int:
    """Return a row number, counted from 1."""
    row = to_integer(found)
    if not 1 <= row <= LAST_HEADER_ROW:
        raise broken(PAR_LAB_ROW, found=shown(row), most=LAST_HEADER_ROW)
    return row


def to_serial_dates(found: object) -> int:
    """Return 1900 or 1904."""
    year = to_integer(found)
    if year not in (1900, 1904):
        raise broken(PAR_LAB_SERIAL, found=shown(year))
    return year


def to_switch(found: object) -> bool:
    """Return a plain `true` or `false`; `yes`, `on` and `"true"` are refused."""
    if isinstance(found, bool):
        return found
    if isinstance(found, Scalar) and not found.quoted and found.text in ("true", "false"):
        return found.text == "true"
    raise broken(PAR_LAB_SWITCH, found=shown(found))
