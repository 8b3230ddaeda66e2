"""What leads back to a person is found however it is written, what does not passes, and nothing found is ever repeated."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from labkit.errors import Problem, Refusal, Shape
from labkit.loaders.people import rules
from labkit.loaders.people.columns import WITHHELD, check_person_header, looks_person_level, shown_header
from labkit.loaders.people.folder import check_folder, is_key
from labkit.loaders.people.identifiers import (
    CHUNK,
    Identifier,
    find_identifiers,
    finer_than_year,
    is_resident_id,
    worth_a_search,
)
from labkit.loaders.people.names import check_names, find_names, looks_like_name, masked
from labkit.loaders.people.pseudonyms import make_key
from labkit.loaders.people.subjects import differing_rows

ID = "990000199003070013"  # no such place: nobody's
PLANTED = {
    Identifier.RESIDENT_ID: [
        ID, "11010519491231002X", "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X",
        "110105-1949-1231-002X", f"ID{ID}", f"身份证号{ID}，男", f"A 12 {ID}", "110105491231002", "1101051949\u200b1231002X",
        f"line\n{ID}", f"{ID[:6]}_{ID[6:14]}_{ID[14:]}",
    ],
    Identifier.MOBILE: [
        "13800138000", "+86 138 0013 8000", "+8613800138000", "008613800138000", "138-0013-8000", "电话13800138000",
        "tel:13800138000",        "１３８００１３８０００", "13800138000.0", "138.0013.8000",
        "138 001 38000", "1380 013 8000", "1 3 8 0 0 1 3 8 0 0 0",
        "138\u00a00013\u20118000", "١٣٨٠٠١٣٨٠٠٠", "SZ-13800138000", "A 13800138000", "TEL13800138000",
    ],
    Identifier.EMAIL: ["li@example.org", "li＠example.cn", "write to li.ming+x@mail.example.org."],
    Identifier.PASSPORT: ["护照号：E00000000", "passport no. EA0000000", "港澳通行证 C00000000"],
    Identifier.BIRTH_DATE: ["1990年3月7日生", "出生日期：1990-03-07", "DOB 19900307", "born on 1990/3/7"],
    Identifier.ADDRESS: [
        "福田区园岭街道红荔路12号", "深南大道一号", "翠竹小区3栋2单元501室", "翠竹小区", "白石村三组", "南山区粤海街道长城社区",
        "长城社区", "No. 12 Lotus Road", "12 Lotus Road", "Lotus Street no. 5", "Room 501",
    ],
    Identifier.HASH: ["d41d8cd98f00b204e9800998ecf8427e", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", "e3b0c442" * 8],
}  # fmt: skip
CASES = [(kind, text) for kind, texts in PLANTED.items() for text in texts]
HARMLESS = [
    "", "S01", "NA", "0012", "12E3", "1.5", "0.138001380001234", "13812345678.5", "2024-03-05", "2024-03-05 08:30:00",
    "2024年3月5日", "110105194912310021", "110105202403050018", "913800138000", "138001380001", "1234567890123456789",
    "WW-138-2024-0305", "17-2024-03-05-1", "一号泵站", "深南路一号泵站", "地铁1号线", "福田区园岭街道", "花园街道", "新村街道",
    "白石洲", "社区戒毒", "深圳市社区康复", "中心实验室", "第3室", "ng/mg", "methamphetamine", "HPLC-MS/MS No. 12", "unit 2",
    "550e8400-e29b-41d4-a716-446655440000", "P-ABCDEFGHIJKLMNOP2345", "driving", "male",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_an_identifier_is_found_however_it_is_written(kind: Identifier, text: str) -> None:
    assert find_identifiers(["S01", text, "S02"]) == {1: kind}


def test_what_leads_to_nobody_passes() -> None:
    assert {HARMLESS[place]: kind for place, kind in find_identifiers(HARMLESS).items()} == {}


def test_texts_are_searched_by_the_thousand_and_each_keeps_its_place() -> None:
    texts = ["S01"] * (2 * CHUNK + 7)
    places = (0, CHUNK - 1, CHUNK, 2 * CHUNK + 6)
    for place in places:
        texts[place] = ID
    assert find_identifiers(texts) == dict.fromkeys(places, Identifier.RESIDENT_ID)
    assert find_identifiers([]) == {}


@pytest.mark.parametrize("place", range(18))
def test_one_wrong_digit_makes_an_identity_number_a_code(place: int) -> None:
    for digit in set("0123456789X" if place == 17 else string.digits) - {ID[place]}:
        assert not is_resident_id(ID[:place] + digit + ID[place + 1 :])


def test_in_a_file_about_water_a_station_has_an_address_and_a_code_may_hold_any_digits() -> None:
    texts = [
        "红荔路12号",
        "LIMS13800138000",
        "d41d8cd98f00b204e9800998ecf8427e",
        "12 Lotus Road",
        "13800138000",
        "tel13800138000",
        ID,
    ]
    assert list(find_identifiers(texts, person_level=False)) == [4, 5, 6]


def test_the_first_look_leaves_out_nothing_that_a_search_finds() -> None:
    texts = [text for _, text in CASES] + HARMLESS
    rest = pa.array(texts).filter(pa.compute.invert(worth_a_search(pa.array(texts)))).to_pylist()
    assert "WW-138-2024-0305" not in [text for _, text in CASES] and len(rest) > len(HARMLESS) / 2
    assert find_identifiers(rest, person_level=False) == {}


@pytest.mark.parametrize(
    ("make", "most"),
    [
        (lambda draw: draw.choice("ABHS") + _digits(draw, 8), 0),
        (lambda draw: f"WW-{_day(draw)}-{draw.randrange(1000):03}", 0),
        (lambda draw: f"{draw.randrange(100, 200)}-{_day(draw)[:4]}-{_day(draw)[4:]}", 0),
        (lambda draw: _digits(draw, 14), 0),
        (lambda draw: _day(draw) + _digits(draw, 3), 0),
        (lambda draw: _day(draw) + _digits(draw, 7), 0),
        (lambda draw: _digits(draw, 18), 10),
        (lambda draw: repr(draw.lognormvariate(3, 3)), 0),
        (lambda draw: "P-" + "".join(draw.choices(string.ascii_uppercase + "234567", k=20)), 0),
    ],
    ids=["letter-8", "WW-day", "number-day", "14", "day-3", "day-7", "18", "concentration", "pseudonym"],
)
def test_simulated_codes_are_rarely_taken_for_an_identifier(make: Callable[[random.Random], str], most: int) -> None:
    draw = random.Random(20240305)
    assert len(find_identifiers([make(draw) for _ in range(20_000)])) <= most


def _digits(draw: random.Random, n: int) -> str:
    return "".join(draw.choices(string.digits, k=n))


def _day(draw: random.Random) -> str:
    return f"20{draw.randrange(18, 25)}{draw.randrange(1, 13):02}{draw.randrange(1, 29):02}"


def test_a_year_of_birth_is_a_year() -> None:
    fine = ["1990", "1990.0", "1990年", "", "  1990 ", "NA", "99", "不详"]
    more = ["1990-03-07", "1990-03", "199003", "19900307", "1990年3月", "1990/3", "Mar 1990", "７/３/１９９０", "32938"]
    assert list(finer_than_year(fine + more)) == list(range(len(fine), len(fine + more)))


FORBIDDEN = (
    "姓名,name,Name,身份证,身份证号,身份证号码,ID card,idCard,电话,手机,手机号,phone,Phone Number,mobile,病历号,"
    "medical record number,住院号,地址,address,Home_Address,住址,出生日期,birth date,birthDate,DOB,date of birth,"
    "邮箱,e-mail,微信,备注,note,Remarks,"
    "comment,照片,photo,联系电话（手机）,患者姓名"
).split(",")


@pytest.mark.parametrize("header", FORBIDDEN)
def test_a_forbidden_column_is_refused_even_if_a_profile_calls_it_ours(header: str) -> None:
    assert check_person_header(["subject", header], ["subject"]) == {1: rules.COLUMN}
    if header not in ("联系电话（手机）", "患者姓名"):  # a part of a header is no word of the list
        assert check_person_header(["subject", header], ["subject", header]) == {1: rules.COLUMN}
        assert shown_header(header, []) == header


def test_columns_of_the_kind_pass_and_others_do_not() -> None:
    known = ["subject", "受试者", "birth_year", "出生年份", "送检原因", "检测单位", "Sample ID", "浓度（ng/mg）"]
    assert check_person_header(known, known) == {}
    assert check_person_header([*known, "王小明", ""], known) == {8: rules.COLUMN_UNKNOWN, 9: rules.COLUMN_UNKNOWN}
    assert shown_header("王小明", known) == shown_header("王小明的电话", known) == WITHHELD
    assert shown_header("受试者", known) == "受试者"


def test_a_header_of_persons_is_known_at_the_other_doors() -> None:
    assert all(
        looks_person_level([one, "date"]) for one in ("subject", "受试者", "性别", "SEX", "birth_year", "病历号", "身份证号码")
    )
    water = (
        "site,name,采样点,地址,电话,备注,note,sample,laboratory,population,area,type,closed,样品编号,检测结果,contact".split(
            ","
        )
    )
    assert not looks_person_level(water)


NAMES = (
    "张三_hair 张三 李小明毛发检测结果 王海 2024-欧阳娜娜-血 张三的毛发 Zhang_San San-Zhang Wang_Xiaoming hair-陈静-2024"
    " （刘洋）"
).split()
NO_NAMES = (
    "白石洲_hair 高新区 毛发检测结果 hair_2024 罗湖 龙岗 福田区毛发 污水厂 Hair_Data Lab_Results Shen_Zhen Wu_Han Lin_Data"
    " 检测结果 Sheet1 工作表1 戒毒所 深圳市 第一批 血液_2024 武汉 全市毛发 高风险人群 原始数据"
    " 广东省 冰毒 汇总 常规检测 Blood_March S01"
    " P-7KQ2"
).split()


def test_names_in_names_of_files_and_sheets() -> None:
    assert [one for one in NAMES if not looks_like_name(one)] == []
    assert [one for one in NO_NAMES if looks_like_name(one)] == []
    assert find_names(["S01", "张三", "张 三", "高新区"]) == [1, 2]


def test_a_file_named_after_a_person_is_not_named() -> None:
    problems = check_names("data/张三_hair.xlsx", ["hair", "李四", "说明"])
    assert [problem.rule.id for problem in problems] == ["PER-NAME-FILE", "PER-NAME-SHEET"]
    assert problems[0].place == "(file name withheld).xlsx:1" and problems[1].fields == {"number": 2}
    assert masked("张三.李四") == "(file name withheld)"
    assert check_names("home/张三/hair.csv") == [] and check_names("hair.xlsx", ["hair"]) == []


def test_a_subject_is_one_person() -> None:
    subjects = pa.array(["S2", "S1", "S1", "S2", "S1", "S3"])
    years = pa.array(["1985", "", "1990", "1986", "1991", None])
    assert [one.tolist() for one in differing_rows(subjects, years)] == [[3, 4], [0, 2]]
    assert [one.size for one in differing_rows(subjects, pa.nulls(6, pa.string()))] == [0, 0]


def test_a_key_beside_the_data_is_found_under_any_name(tmp_path: Path) -> None:
    deep = tmp_path / "data" / "2024" / "march"
    deep.mkdir(parents=True)
    file = deep / "hair.csv"
    file.write_text("subject\n", encoding="utf-8")
    (tmp_path / "pseudonym.key").touch()  # beside the data folder: allowed
    assert check_folder("hair.csv", file) == check_folder("hair.csv", file, tmp_path / "data") == []
    make_key(tmp_path / "data" / "notes.txt")
    assert check_folder("hair.csv", file) == [] and len(check_folder("hair.csv", file, tmp_path / "data")) == 1
    for name in (
        "pseudonym.key",
        "subject_key.csv",
        "ID-key.xlsx",
        "姓名编号对照表.xlsx",
        "化名密钥.txt",
        "patient mapping.csv",
    ):
        other = tmp_path / name.replace(".", "-")
        other.mkdir()
        (other / name).touch()
        assert [one.rule.id for one in check_folder("hair.csv", other / "hair.csv")] == ["PER-KEY-BESIDE"], name
    for name in ("key_results.csv", "subjects.csv", "monkey.csv", "site_map.csv", "id.csv"):
        other = tmp_path / f"fine-{name}"
        other.mkdir()
        (other / name).write_bytes(b"labkit\n")
        assert check_folder("hair.csv", other / "hair.csv") == [], name
    assert is_key(b"\xef\xbb\xbflabkit pseudonym key 2\n") and is_key("labkit pseudonym key 1".encode("utf-16"))


def test_nothing_planted_is_repeated_anywhere() -> None:
    secrets = [text for _, text in CASES] + ["张三", "李四", "王小明的电话"]
    said: list[Problem] = [kind.rule.at("f.csv", 2, "sample", "B", value=Shape(text)) for kind, text in CASES]
    said += [rules.NAME.at("f.csv", 2, "subject", "A", value=Shape("张三"))]
    said += check_names("张三_hair.csv", ["李四"]) + check_folder("f.csv", Path("/nowhere/张三/f.csv"))
    header = ["subject", "王小明的电话", "张三"]
    said += [
        rule.at("f.csv", 1, shown_header(header[i], ["subject"]), "B")
        for i, rule in check_person_header(header, ["subject"]).items()
    ]
    texts = [Refusal(said).report(language) for language in ("en", "zh")] + [str(check_person_header(header, []))]
    texts += [str(find_identifiers([text for _, text in CASES])), str(find_names(["张三"]))]
    for text in texts:
        assert [secret for secret in secrets if secret in text] == []


def test_every_rule_about_persons_has_both_languages_and_an_example() -> None:
    for rule in (rule for name, rule in vars(rules).items() if name.isupper()):
        assert rule.id.startswith("PER-") and all(rule.example) and len(rule.en) == len(rule.zh) == 3
        assert not any("\u4e00" <= one <= "\u9fff" for one in "".join(rule.en))
