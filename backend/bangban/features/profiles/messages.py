"""Pydantic's findings as sentences that a district's own people understand, in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_core import PydanticCustomError
from strawberry.utils.str_converters import to_camel_case

from bangban.features.profiles.documents import Document, Loc
from bangban.features.profiles.faults import FaultList

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

BILINGUAL = "bilingual"
_SHORT = frozenset({"string_too_short", "too_short"})
SENTENCES = {
    "missing": ("缺少“{name}”。", "“{name}” is missing."),
    "extra_forbidden": ("不认识的项“{name}”。", "“{name}” is not a known key."),
    "enum": ("“{name}”应为以下之一:{expected_zh}。", "“{name}” must be one of: {expected}."),
    "literal_error": ("“{name}”应为以下之一:{expected_zh}。", "“{name}” must be one of: {expected}."),
    "string_type": (
        "“{name}”应为文字;数字编码请加引号。",
        "“{name}” must be text; put codes made of digits in quotes.",
    ),
    "string_unicode": (
        "“{name}”含有无法识别的字符。",
        "“{name}” holds characters that cannot be read.",
    ),
    "string_too_short": (
        "“{name}”至少应有 {min_length} 个字。",
        "“{name}” must have at least {min_length} characters.",
    ),
    "string_too_long": (
        "“{name}”不能超过 {max_length} 个字。",
        "“{name}” may have at most {max_length} characters.",
    ),
    "string_pattern_mismatch": ("“{name}”应写作{written_zh}。", "“{name}” must look like {written_en}."),
    **dict.fromkeys(
        ("int_type", "int_parsing", "int_from_float"),
        ("“{name}”应为整数。", "“{name}” must be a whole number."),
    ),
    "int_parsing_size": ("“{name}”数字过大。", "“{name}” is too large a number."),
    **dict.fromkeys(
        ("bool_type", "bool_parsing"),
        ("“{name}”应为 true 或 false。", "“{name}” must be true or false."),
    ),
    "greater_than_equal": ("“{name}”不能小于 {ge}。", "“{name}” must be at least {ge}."),
    "less_than_equal": ("“{name}”不能大于 {le}。", "“{name}” must be at most {le}."),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        ("“{name}”应为日期,如 2024-01-31。", "“{name}” must be a date such as 2024-01-31."),
    ),
    **dict.fromkeys(
        ("decimal_type", "decimal_parsing", "float_type", "float_parsing", "finite_number"),
        ("“{name}”应为数值。", "“{name}” must be a number."),
    ),
    **dict.fromkeys(("tuple_type", "list_type"), ("“{name}”应为列表。", "“{name}” must be a list.")),
    "too_short": (
        "“{name}”至少应有 {min_length} 项。",
        "“{name}” must have at least {min_length} entries.",
    ),
    "too_long": ("“{name}”不能超过 {max_length} 项。", "“{name}” may have at most {max_length} entries."),
    **dict.fromkeys(
        ("model_type", "dict_type"),
        ("“{name}”应为“键: 值”的映射。", "“{name}” must be a mapping of keys to values."),
    ),
}
"""A sentence for every kind of finding that a model can have. None repeats the validator's own words."""

OTHER = ("“{name}”不合要求。", "“{name}” is not acceptable.")
EMPTY = ("“{name}”不能为空。", "“{name}” must not be empty.")
NULL = ("“{name}”不能清空。", "“{name}” cannot be null.")
TEXT = ("“{name}”应为文字。", "“{name}” must be text.")

WRITTEN = {
    r"^(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d$": ("“09:00-17:00”", "09:00-17:00"),
    r"^https://[^\s{}]+\{code\}[^\s{}]*$": (
        "“https://www.example.gov.cn/{code}”:以 https:// 开头,{code} 代表编码",
        "https://www.example.gov.cn/{code}: it begins with https://, and {code} stands for the code",
    ),
    r"^https?://": (
        "“https://www.example.gov.cn/”:以 http:// 或 https:// 开头",
        "https://www.example.gov.cn/: it begins with http:// or https://",
    ),
    r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$": (
        "“https://www.example.gov.cn”:网站地址,后面不带路径",
        "https://www.example.gov.cn: the address of a site, with no path behind it",
    ),
    r"^[^\d\s]{2,20}$": ("2 至 20 个字,不含数字和空格", "2 to 20 letters, with no digits or blanks"),
    r"^[0-9+() -]{3,20}$": (
        "“0543-1234567”:3 至 20 位数字、空格、括号、加号或连字符",
        "0543-1234567: 3 to 20 digits, blanks, brackets, plus signs and hyphens",
    ),
    r"^[a-z0-9][a-z0-9-]{0,59}$": (
        "“centre-hall-1”:小写字母、数字和连字符,不超过 60 位",
        "centre-hall-1: small letters, digits and hyphens, 60 at most",
    ),
    r"^[A-Z0-9][A-Z0-9_]{0,39}$": (
        "“FIVE_STARS”:大写字母、数字和下划线,不超过 40 位",
        "FIVE_STARS: capital letters, digits and underscores, 40 at most",
    ),
    r"^[a-z][a-z0-9-]{1,29}$": (
        "“nanjing-pukou”:2 至 30 个小写字母、数字和连字符,以字母开头",
        "nanjing-pukou: 2 to 30 small letters, digits and hyphens, a letter first",
    ),
    r"^[0-9]{6}$": ("“370000”:6 位数字", "370000: six digits"),
    r"^[A-Z]{2,6}$": ("“ABC”:2 至 6 个大写字母", "ABC: 2 to 6 capital letters"),
    r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,59}$": (
        "“zhang.san-01”:字母、数字和 . _ @ -,不超过 60 位",
        "zhang.san-01: letters, digits and . _ @ -, 60 at most",
    ),
    r"^([^{}]|\{parent\}|\{[ni](:0[1-6])?\})+$": (
        "“{parent}第{n:03}网格”:花括号内只能是 parent、n 或 i",
        "{parent}第{n:03}网格: in braces only parent, n or i",
    ),
}
"""How what has a pattern is written, with an example: nobody is shown a regular expression."""
_IN_A_LIST = re.compile(r"'(, | or )'")


def complaint(zh: str, en: str, *, part: int | None = None) -> PydanticCustomError:
    """An error for a validator to raise, carrying its own two sentences; of a list, about the ``part`` at fault."""
    return PydanticCustomError(BILINGUAL, "{en}", {"zh": zh, "en": en, "part": part})


def report(error: ValidationError, document: Document, faults: FaultList, base: Loc = ()) -> None:
    """Adds one fault for each finding, at the line of the value it is about."""
    for detail in findings(error):
        loc = (*base, *detail["loc"])
        zh, en = sentences_of(detail)
        faults.error(document.path, document.line(loc), zh, en)


def findings(error: ValidationError) -> list[ErrorDetails]:
    """What is wrong. A list is not said to be short of members that are named as faulty themselves."""
    found = error.errors(include_url=False)
    for each in found:
        if (part := each.get("ctx", {}).get("part")) is not None:
            each["loc"] = (*each["loc"], part)
    return [
        each
        for each in found
        if each["type"] != "too_short"
        or not any(
            len(other["loc"]) > len(each["loc"]) and other["loc"][: len(each["loc"])] == each["loc"]
            for other in found
        )
    ]


def sentences_of(detail: ErrorDetails, *, sent: bool = False) -> tuple[str, str]:
    """One finding in Chinese and in English. ``sent``: over the API, which has keys, null and texts of its own."""
    context = detail.get("ctx", {})
    if detail["type"] == BILINGUAL:
        return str(context["zh"]), str(context["en"])
    steps = [to_camel_case(step) if sent and isinstance(step, str) else str(step) for step in detail["loc"]]
    expected = str(context.get("expected", ""))
    written = WRITTEN.get(str(context.get("pattern")), ("其他样式", "something else"))
    facts = {
        **context,
        "name": ".".join(steps) or "?",
        "expected_zh": _IN_A_LIST.sub("'、'", expected),
        "written_zh": written[0],
        "written_en": written[1],
    }
    zh, en = _template(detail, sent=sent)
    return zh.format(**facts), en.format(**facts)


def _template(detail: ErrorDetails, *, sent: bool) -> tuple[str, str]:
    kind = detail["type"]
    if kind in _SHORT and detail["ctx"]["min_length"] == 1:
        return EMPTY
    if sent and kind.endswith("_type") and detail["input"] is None:
        return NULL
    if sent and kind == "string_type":
        return TEXT
    return SENTENCES.get(kind, OTHER)
