"""Find what looks like a person's name in the name of a file or a sheet, or in a column of codes.

Two things people confuse: this is a *heuristic*, not a register of names. Found is a token that is a common surname and one or
two further characters (张三_hair.xlsx) and no word of the field, no place; or a surname and a given name in pinyin, both with a
capital (Zhang_San.csv). Missed are rare surnames, nicknames, names of one character, names without capitals or glued to words
that the list of field words does not hold, and foreign names. A place may be taken for a name (钟楼); renaming the file helps.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePath

from labkit.errors import Problem
from labkit.loaders.people.rules import NAME_OF_FILE, NAME_OF_SHEET

NAME_WITHHELD = "(file name withheld)"
_KEPT_SUFFIXES = frozenset(".csv .tsv .txt .xlsx .xlsm .xls .xlsb .parquet .pq .db .sqlite .zip .gz .yml .yaml".split())

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤康常温牛樊葛邢安齐易乔伍庞颜倪庄聂"
    "章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟"
    "艾尤时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛"
)
_COMPOUND = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "司徒",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "长孙",
    "夏侯",
    "轩辕",
    "端木",
)
# Words that stand beside a name (张三毛发检测): they part tokens and are none.
_FIELD_WORDS = re.compile(
    "毛发|头发|血液|全血|血样|血浆|血清|尿液|唾液|污水|废水|环境|检测|检验|化验|测定|分析|结果|报告|样本|样品|数据|原始|汇总|明细|记录"
    "|名单|登记|统计|导出|上传|提交|送检|复检|初检|阳性|阴性|模板|新建|工作表|工作簿|文件|副本|最终|修改|更新|版本|毒品|药物|冰毒|氯胺酮"
    "|甲基苯丙胺|海洛因|吗啡|大麻|可卡因|批次|季度|年度|月份|上半年|下半年|个案|病例|人员|人群|对象|受试者|对照|质控|空白|平行|标准|曲线"
    "|实验室|吸毒|戒毒|康复|司法|鉴定|公安|分段|第[一二三四五六七八九十]+[批次期季组轮]|[年月日的之与和及]"
)
_PLACE = re.compile(
    ".*(?:区|市|县|省|州|街道|镇|乡|村|路|街|站|厂|院|所|室|中心|岗|湾|局|队|处|科|坊|里|屯|寨)"
)  # 江, 海 end names too
# Words and places that begin with the character of a surname.
_NO_NAMES = frozenset(
    """
    安徽 云南 江苏 江西 甘肃 宁夏 吉林 黎族 白族 蒙古 高新 高校 高危 高浓度 高风险 高中 高中生 高峰 高值 马桶 常规 常见
    任务 方法 方案 金属 白天 白班 夏季 夏天
    单位 单样 单次 温度 安检 时间 时段 应急 应用 全部 全年 全市 全省 全国 全体 关于 成年 成人 简表 简报 解读 和值 车间 车辆 包装
    项目 连续 常住 向量 关联 易制毒 成瘾 成分 管理 管控 管网 武汉 广东 龙华 罗湖 黄埔 白云 石家庄 马鞍山 包头 汕头 时效 司机
    华南 华东 华北 华中 全文 全量 全表 景点 宁波 南宁 万达 方向 石岩 白石 白石洲 麦地 沙井 沙头 田贝 田面 黄贝 莲塘
    梅林 福田 温泉 边检 边防 龙口 江门 连云港 齐齐哈尔
""".split()
)
_HAN = re.compile(r"[\u4e00-\u9fff·]+")

_PINYIN_SURNAMES = frozenset(
    "wang li zhang liu chen yang huang zhao wu zhou xu sun zhu hu guo lin luo zheng liang xie tang deng feng cao peng zeng"
    " xiao tian dong pan jiang cai yu du ye cheng su wei lu ding ren shen yao cui zhong tan liao jia xia qin qiu hou meng xiong"
    " ouyang shangguan situ zhuge".split()
)
_SYLLABLE = (
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue|[aeiou])"
)
_GIVEN_NAME = re.compile(f"(?:{_SYLLABLE}){{1,2}}")
_NO_GIVEN_NAMES = frozenset(
    "data date file line lane male name note page site time use wave code size mode base case rate cube".split()
)
_NO_PAIRS = frozenset(
    "wuhan shenzhen xiamen chengdu suzhou xuzhou hunan henan hubei hebei luohu yunnan xian dongguan huizhou caoxian".split()
)
_PAIR = re.compile(r"(?<![A-Za-z])([A-Z][a-z]{1,9})[ _.-]+([A-Z][a-z]{1,9})(?![A-Za-z])")


def looks_like_name(text: str) -> bool:
    """Return whether a token of the text looks like a person's name; a heuristic, see the module.

    >>> [looks_like_name(one) for one in ("张三_hair", "张三毛发检测", "高新区", "白石洲", "Zhang_San", "Hair_Data", "S01")]
    [True, True, False, False, True, False, False]
    """
    text = unicodedata.normalize("NFKC", text)
    if any(_is_pinyin_pair(*pair) for pair in _PAIR.findall(text)):
        return True
    return not text.isascii() and any(_is_han_name(token) for part in _HAN.findall(text) for token in _FIELD_WORDS.split(part))


def find_names(texts: Sequence[str]) -> list[int]:
    """Return the positions of the texts that look like a person's name; for the codes of subjects and samples, not for places.

    Spaces between the characters of a name (张 三) hide nothing here.

    >>> find_names(["S01", "张三", "张 三", "P-7KQ2"])
    [1, 2]
    """
    return [index for index, text in enumerate(texts) if looks_like_name(text) or _is_han_name("".join(text.split()))]


def masked(file: str) -> str:
    """Return what a message calls a file whose name it must not show: the suffix stays.

    >>> masked("data/张三_hair.xlsx"), masked("张三")
    ('(file name withheld).xlsx', '(file name withheld)')
    """
    suffix = PurePath(file).suffix.casefold()
    return NAME_WITHHELD + (suffix if suffix in _KEPT_SUFFIXES else "")


def check_names(file: str, sheets: Sequence[str] = ()) -> list[Problem]:
    """Return a problem for the name of the file, and for each sheet, in which something looks like a person's name.

    The problems call the file `masked(file)` if its own name is at fault, and the sheets by their number. The folders above are
    not looked at: that of a user's home is named after the user.
    """
    named = looks_like_name(PurePath(file).stem)
    shown = masked(file) if named else file
    problems = [NAME_OF_FILE.at(shown, 1)] if named else []
    numbers = [number for number, sheet in enumerate(sheets, 1) if looks_like_name(sheet)]
    return problems + [NAME_OF_SHEET.at(shown, 1, number=number) for number in numbers]


def _is_han_name(token: str) -> bool:
    token = token.strip("·")
    if not 2 <= len(token) <= 4 or not _HAN.fullmatch(token) or token in _NO_NAMES or _PLACE.fullmatch(token):
        return False
    return (token.startswith(_COMPOUND) and len(token) >= 3) or (token[0] in _SURNAMES and len(token) <= 3)


def _is_pinyin_pair(first: str, second: str) -> bool:
    first, second = first.casefold(), second.casefold()
    pairs = () if first + second in _NO_PAIRS else ((first, second), (second, first))
    return any(
        surname in _PINYIN_SURNAMES and given not in _NO_GIVEN_NAMES and _GIVEN_NAME.fullmatch(given)
        for surname, given in pairs
    )
