"""Pydantic's findings as sentences that a district's own people understand, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from bangban.features.profiles.documents import Document, Loc
from bangban.features.profiles.faults import FaultList

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

BILINGUAL = "bilingual"
SENTENCES = {
    "missing": ("缺少“{name}”。", "“{name}” is missing."),
    "extra_forbidden": ("不认识的项“{name}”。", "“{name}” is not a known key."),
    "enum": ("“{name}”应为以下之一:{expected}。", "“{name}” must be one of: {expected}."),
    "literal_error": ("“{name}”应为以下之一:{expected}。", "“{name}” must be one of: {expected}."),
    "string_type": (
        "“{name}”应为文字;数字编码请加引号。",
        "“{name}” must be text; put codes made of digits in quotes.",
    ),
    "string_too_short": ("“{name}”不能为空。", "“{name}” must not be empty."),
    "string_pattern_mismatch": (
        "“{name}”的写法应符合 {pattern}。",
        "“{name}” must look like {pattern}.",
    ),
    "int_type": ("“{name}”应为整数。", "“{name}” must be a whole number."),
    "int_parsing": ("“{name}”应为整数。", "“{name}” must be a whole number."),
    "int_from_float": ("“{name}”应为整数。", "“{name}” must be a whole number."),
    "bool_type": ("“{name}”应为 true 或 false。", "“{name}” must be true or false."),
    "bool_parsing": ("“{name}”应为 true 或 false。", "“{name}” must be true or false."),
    "greater_than_equal": ("“{name}”不能小于 {ge}。", "“{name}” must be at least {ge}."),
    "less_than_equal": ("“{name}”不能大于 {le}。", "“{name}” must be at most {le}."),
    "date_type": ("“{name}”应为日期,如 2024-01-31。", "“{name}” must be a date such as 2024-01-31."),
    "date_from_datetime_parsing": (
        "“{name}”应为日期,如 2024-01-31。",
        "“{name}” must be a date such as 2024-01-31.",
    ),
    "decimal_type": ("“{name}”应为数值。", "“{name}” must be a number."),
    "decimal_parsing": ("“{name}”应为数值。", "“{name}” must be a number."),
    "finite_number": ("“{name}”应为数值。", "“{name}” must be a number."),
    "tuple_type": ("“{name}”应为列表。", "“{name}” must be a list."),
    "list_type": ("“{name}”应为列表。", "“{name}” must be a list."),
    "too_short": ("“{name}”不能为空。", "“{name}” must not be empty."),
    "model_type": ("“{name}”应为“键: 值”的映射。", "“{name}” must be a mapping of keys to values."),
    "dict_type": ("“{name}”应为“键: 值”的映射。", "“{name}” must be a mapping of keys to values."),
}
FALLBACK = ("“{name}”不合要求({detail})。", "“{name}” is not acceptable: {detail}.")


def complaint(zh: str, en: str) -> PydanticCustomError:
    """An error for a validator to raise, carrying its own two sentences."""
    return PydanticCustomError(BILINGUAL, "{en}", {"zh": zh, "en": en})


def report(error: ValidationError, document: Document, faults: FaultList, base: Loc = ()) -> None:
    """Adds one fault for each finding, at the line of the value it is about."""
    for detail in error.errors(include_url=False, include_input=False):
        loc = (*base, *detail["loc"])
        zh, en = sentences_of(detail)
        faults.error(document.path, document.line(loc), zh, en)


def sentences_of(detail: ErrorDetails) -> tuple[str, str]:
    """One finding in Chinese and in English."""
    context = detail.get("ctx", {})
    if detail["type"] == BILINGUAL:
        return str(context["zh"]), str(context["en"])
    name = ".".join(str(step) for step in detail["loc"]) or "?"
    facts = {**context, "name": name, "detail": detail["msg"]}
    zh, en = SENTENCES.get(detail["type"], FALLBACK)
    return zh.format(**facts), en.format(**facts)
