"""Find addresses finer than a sub-district: road and number, building, flat, residential compound, community, village group.

Two things people confuse: a *sub-district* (街道, 镇, 乡) may stand in a file about persons; a *community* (社区) below it may
not, and 社区戒毒 is no place but a measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HAN = r"[\u4e00-\u9fff]"
_NUMBER = r"(?:[0-9]{1,5}(?:-[0-9]{1,4})?|[一二三四五六七八九十百零〇]{1,5})"
# A pumping station, an underground line or a well has a number too, and nobody lives there.
_NO_HOME = r"(?!线|泵|井|站|闸|口|机|样|点|厂|污)"
_MEASURE = r"(?!戒毒|康复|矫正|服药|卫生|医院|医疗|服务|治疗|人群|居民|样本|监测|调查|来源)"
_COMPOUND = "小区|公寓|宿舍|家属院|花园|家园|大厦|山庄|新村|苑"

_CHINESE = re.compile(
    rf"{_HAN}(?:路|街|道|巷|弄|胡同|里|坊|村) ?{_NUMBER} ?(?:号{_NO_HOME}|弄)"
    rf"|(?:[0-9]{{1,4}}|[A-Z]|[一二三四五六七八九十]+) ?(?:栋|幢|单元|号楼|号院)"
    rf"|[0-9]{{3,4}} ?[室房](?!间)"
    rf"|(?<!验){_HAN}{{2}}(?:{_COMPOUND})(?!街道|路|社?区|镇|乡|医院|检测|站|污水|泵)"
    rf"|(?:街道|镇|乡|区|县|市){_HAN}{{1,6}}(?:社区{_MEASURE}|居委会?|村委会?)"
    rf"|(?:街道|镇|乡){_HAN}{{1,5}}村(?!镇)"
    rf"|村?{_HAN}村 ?{_NUMBER} ?[组队社]"
)
_ALONE = re.compile(rf"^(?!城市|农村|城乡|一般|普通){_HAN}{{2,6}}(?:社区|居委会|村委会)$", re.MULTILINE)
# Texts are folded to capitals before they come here.
_WAY = r"(?:ROAD|RD|STREET|ST|AVENUE|AVE|LANE|LN|BOULEVARD|BLVD|DRIVE|DR|CLOSE|COURT|ALLEY)\b"
_ENGLISH = re.compile(
    rf"\b(?:NO\.? ?|# ?|BUILDING |BLDG\.? )?[0-9]{{1,5}}[A-Z]?,? (?:[A-Z][A-Z'.]* ){{1,4}}{_WAY}"
    rf"|\b(?:[A-Z][A-Z']* ){{1,4}}{_WAY},? ?(?:NO\.? ?|# ?)[0-9]"
    rf"|\b(?:ROOM|RM|FLAT|APT|APARTMENT)\.? ?(?:NO\.? ?|# ?)?[0-9]{{1,4}}[A-Z]?\b"
)


def find_addresses(chunk: str) -> Iterator[int]:
    """Yield where in `chunk` (texts in capitals and half-width, one a line) an address stands.

    >>> list(find_addresses("福田区园岭街道")), list(find_addresses("一号泵站")), list(find_addresses("12 LOTUS ROAD"))
    ([], [], [0])
    """
    if not chunk.isascii():
        for pattern in (_CHINESE, _ALONE):
            yield from (match.start() for match in pattern.finditer(chunk))
    yield from (match.start() for match in _ENGLISH.finditer(chunk))
