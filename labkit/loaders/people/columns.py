"""Which columns a file about persons may have, and which headers show that a file is about persons.

Two things people confuse: a column that is *forbidden* (a name, a telephone number, free text) stays forbidden though a profile
calls it one of ours; a column that is merely *unknown* is refused too, since what is not needed about persons is not taken in.
The header itself is shown only if it is on a list of this file: an unknown one may be a person's name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

from labkit.errors import Rule
from labkit.loaders.people.rules import COLUMN, COLUMN_UNKNOWN

WITHHELD = "…"  # stands in a message for a header or a name that is not shown


def _list(words: str) -> frozenset[str]:
    return frozenset(word.strip() for word in re.split(r"[|\n]", words)) - {""}


_FORBIDDEN_ENGLISH = _list("""
    name|full name|first name|last name|surname|family name|given name|patient|patient name|subject name|person name|donor name
    id card|id card number|id card no|id number|id no|identity card|identity number|national id|resident id|citizen id
    passport|passport number|passport no|ssn|social security number|driving licence|driver license|licence plate|license plate
    phone|phone number|telephone|telephone number|tel|mobile|mobile number|mobile phone|cell|cell phone|cellphone|contact
    email|e mail|mail|email address|wechat|weixin|wechat id|qq|whatsapp|ip address|account|bank account
    medical record|medical record number|medical record no|mrn|admission number|admission no|hospital number|hospital no
    inpatient number|outpatient number|case number|insurance number|address|home address|residence|street|postcode|zip|zip code
    domicile|birth place|place of birth|latitude|longitude|lat|lon|gps|birth date|birthdate|date of birth|dob|birthday|born
    birth month|note|notes|remark|remarks|comment|comments|free text|description|memo|text|history|diagnosis
    photo|picture|image|portrait|signature|fingerprint|face|next of kin|guardian|employer|workplace|school|spouse|father|mother
""")
# A part of a header is enough: nobody writes 手机 into the header of a measurement.
_FORBIDDEN_CHINESE = _list("""
    姓名|名字|曾用名|被检人|被检者|患者|病人|身份证|证件|护照|通行证|社保|医保卡|驾驶证|驾照|车牌|电话|手机|联系方式|联系人
    邮箱|邮件|微信|账号|账户|银行卡|病历|病案|住院号|门诊号|就诊号|就诊卡|案号|案件编号|地址|住址|居住地|户籍|籍贯|出生地
    家庭|社区|小区|邮编|邮政编码|经度|纬度|坐标|出生日期|出生年月|出生时间|出生日|生日|备注|说明|附注|描述|病史|诊断
    照片|相片|图片|头像|签名|签字|指纹|人脸|监护人|单位名称|工作单位|学校|配偶|父亲|母亲|亲属
""")
# Headers of persons that no other kind of file has. A site has a name and an address, so these two do not count.
_OF_PERSONS = _list("""
    subject|subject id|subject code|person id|person code|patient|patient id|patient name|donor|donor id|sex|gender|age
    birth year|year of birth|date of birth|birth date|birthdate|dob|birthday|id card|id card number|id card no|id number
    national id|medical record number|mrn|segment from cm|segment to cm|segment from|segment to|passport number
    受试者|受试者编号|受检者|被检人|被检者|患者|姓名|性别|年龄|出生年份|出生年|出生日期|出生年月|生日|身份证|证件
    病历|住院|人员编号|对象编号|段起|段止
""")


def check_person_header(names: Sequence[str], known: Collection[str]) -> dict[int, Rule]:
    """Say which columns of a file about persons are refused, by position, and by which rule (neither rule has a field).

    Parameters
    ----------
    names : sequence of str
        The header as written.
    known : collection of str
        Those of it that have been recognised as columns of the kind.

    >>> {place: rule.id for place, rule in check_person_header(["subject", "姓名", "hobby"], ["subject"]).items()}
    {1: 'PER-COLUMN', 2: 'PER-COLUMN-UNKNOWN'}
    """
    ours = {_fold(one) for one in known}
    found: dict[int, Rule] = {}
    for place, name in enumerate(names):
        folded = _fold(name)
        if _is_listed(name) or (folded not in ours and any(word in folded for word in _FORBIDDEN_CHINESE)):
            found[place] = COLUMN
        elif folded not in ours:
            found[place] = COLUMN_UNKNOWN
    return found


def shown_header(name: str, known: Collection[str]) -> str:
    """Return a header as a message about a file about persons may show it: as it stands if it is on a list, else `…`.

    >>> shown_header("姓名", []), shown_header("张三的电话", []), shown_header("subject", ["subject"])
    ('姓名', '…', 'subject')
    """
    ours = {_fold(one) for one in known} | _OF_PERSONS
    return name if _is_listed(name) or _fold(name) in ours else WITHHELD


def looks_person_level(names: Sequence[str]) -> bool:
    """Return whether a header belongs to a file about persons: subjects, sex, year of birth, hair segments, patients' numbers.

    >>> looks_person_level(["Subject ID", "date"]), looks_person_level(["site", "name", "地址"])
    (True, False)
    """
    return any(form in _OF_PERSONS for name in names for form in _forms(name))


def _fold(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))  # fullName
    return re.sub(r"[\W_]+", " ", spaced).strip().casefold()


def _forms(name: str) -> tuple[str, ...]:
    """Return a header in the ways it may be on a list: whole, without brackets behind it, and without 号 at its end."""
    bare = re.sub(r"[(（\[【].*$", "", name)
    numbered = re.sub(r"(?:号码?|编号)$", "", _fold(bare))
    return (_fold(name), _fold(bare), _fold(name.casefold()), numbered)


def _is_listed(name: str) -> bool:
    return any(form in _FORBIDDEN_ENGLISH or form in _FORBIDDEN_CHINESE for form in _forms(name))
