"""What is wrong with a profile or a setting is said in the language of the message, and never by the validator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_core._pydantic_core import list_all_errors

from bangban.features.profiles.messages import SENTENCES, WRITTEN, sentences_of
from bangban.features.profiles.models_bundles import BundlesFile
from bangban.features.profiles.models_district import DistrictFile, TemplateFile
from bangban.features.profiles.models_people import PeopleFile
from bangban.features.profiles.models_places import PlacesFile
from bangban.features.profiles.models_sections import Sections
from bangban.features.profiles.models_services import ServicesFile
from bangban.features.profiles.settings import DistrictSettings, LevelSettings, settings_as_json

MODELS = (
    BundlesFile,
    DistrictFile,
    TemplateFile,
    PeopleFile,
    PlacesFile,
    ServicesFile,
    DistrictSettings,
    LevelSettings,
)
RAISES = {
    "bool": {"bool_type", "bool_parsing"},
    "date": {"date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"},
    "decimal": {"decimal_type", "decimal_parsing", "finite_number"},
    "dict": {"dict_type"},
    "enum": {"enum"},
    "float": {"float_type", "float_parsing", "finite_number"},
    "int": {"int_type", "int_parsing", "int_parsing_size", "int_from_float", "finite_number"},
    "literal": {"literal_error"},
    "model": {"model_type"},
    "model-fields": {"missing", "extra_forbidden"},
    "str": {"string_type", "string_unicode"},
    "tuple": {"tuple_type"},
    "typed-dict": {"dict_type", "missing", "extra_forbidden"},
}
RAISE_NOTHING = {
    *("default", "definition-ref", "definitions", "function-after", "function-before", "model-field"),
    *("no-info", "nullable", "typed-dict-field", "union"),
}
LIMITS = {
    ("str", "min_length"): "string_too_short",
    ("str", "max_length"): "string_too_long",
    ("str", "pattern"): "string_pattern_mismatch",
    ("tuple", "min_length"): "too_short",
    ("tuple", "max_length"): "too_long",
}


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema
        for name, each in schema.items():
            if name not in {"metadata", "serialization"}:
                yield from _nodes(each)
    elif isinstance(schema, list | tuple):
        for each in schema:
            yield from _nodes(each)


NODES = [node for model in MODELS for node in _nodes(model.__pydantic_core_schema__)]


def _can_be_raised() -> set[str]:
    found: set[str] = set()
    for node in NODES:
        kind = node["type"]
        assert kind in RAISES or kind in RAISE_NOTHING, f"say what {kind} raises"
        found |= RAISES.get(kind, set())
        found |= {error for (of, limit), error in LIMITS.items() if of == kind and limit in node}
        found |= {
            error
            for limit, error in (("ge", "greater_than_equal"), ("le", "less_than_equal"))
            if limit in node
        }
        assert not {"gt", "lt", "multiple_of", "max_digits", "decimal_places"} & set(node)
    return found


def _detail(kind: str, **context: Any) -> ErrorDetails:
    (known,) = (each for each in list_all_errors() if each["type"] == kind)
    return cast(
        "ErrorDetails",
        {
            "type": kind,
            "loc": ("hall", "target_minutes", 0),
            "msg": known["example_message_python"],
            "input": object(),
            "ctx": (known["example_context"] or {}) | context,
        },
    )


@pytest.mark.parametrize("kind", sorted(_can_be_raised()))
def test_everything_that_a_model_refuses_has_a_sentence_of_its_own(kind: str) -> None:
    assert kind in SENTENCES
    detail = _detail(kind)
    for sent, name in ((False, "hall.target_minutes.0"), (True, "hall.targetMinutes.0")):
        zh, en = sentences_of(detail, sent=sent)
        assert name in zh
        assert name in en
        assert detail["msg"] not in zh + en
        assert not re.search(r" (or|should|at most|characters) ", zh)


def test_every_pattern_is_told_by_an_example() -> None:
    for pattern in {node["pattern"] for node in NODES if node["type"] == "str" and "pattern" in node}:
        assert pattern in WRITTEN
        said = sentences_of(_detail("string_pattern_mismatch", pattern=pattern))
        assert all(pattern not in each for each in said)


def test_whatever_else_is_refused_does_not_pass_the_validators_words_on() -> None:
    detail = _detail("url_parsing")
    assert sentences_of(detail) == (
        "“hall.target_minutes.0”不合要求。",
        "“hall.target_minutes.0” is not acceptable.",
    )


def _faults(**given: Any) -> list[tuple[str, str]]:
    found = settings_as_json(DistrictSettings, given)
    assert isinstance(found, tuple)
    return [(each.zh, each.en) for each in found]


def test_a_list_with_a_faulty_member_is_not_said_to_be_empty() -> None:
    assert _faults(orders={"kinds": [{"kind": "NEED", "claim_minutes": 0}]}) == [
        ("“orders.kinds.0.claimMinutes”不能小于 1。", "“orders.kinds.0.claimMinutes” must be at least 1.")
    ]
    assert _faults(orders={"kinds": []}) == [
        ("“orders.kinds”不能为空。", "“orders.kinds” must not be empty.")
    ]


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        ({"name": None}, "“name”不能清空。", "“name” cannot be null."),
        ({"name": 5}, "“name”应为文字。", "“name” must be text."),
        ({"name": "长" * 200}, "“name”不能超过 100 个字。", "“name” may have at most 100 characters."),
        (
            {"assistance": {"office_hours": "9-17"}},
            "“assistance.officeHours”应写作“09:00-17:00”。",
            "“assistance.officeHours” must look like 09:00-17:00.",
        ),
    ],
)
def test_settings_are_refused_in_the_words_of_the_api(given: dict[str, Any], zh: str, en: str) -> None:
    assert _faults(**given) == [(zh, en)]


def test_a_role_that_nobody_holds_is_answered_with_those_that_are_held() -> None:
    role = {"role": "helpr", "at": "county"}
    with pytest.raises(ValidationError) as refused:
        PeopleFile.model_validate({"from": "2026-01-01", "staff": [{"key": "a", "assignments": [role]}]})
    (zh, en) = sentences_of(refused.value.errors()[0])
    assert "helper、" in zh
    assert "anonymous" not in zh + en
    assert "operator" not in zh + en
    assert en.endswith("volunteer or window-clerk.")


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (" ", "应有 1 至 500 字。", "it must have 1 to 500 characters."),
        (
            "{number!r}",
            "含有不可见字符,或花括号里不是占位符。",
            "it holds characters that cannot be seen, or braces around something else than a placeholder.",
        ),
        (
            "{brand}{item}{number}{code}{token}",
            "此消息没有占位符 {code}、{token}。",
            "the message has no placeholder {code}, {token}.",
        ),
        ("{brand}", "缺少占位符 {item}、{number}。", "it lacks the placeholder {item}, {number}."),
    ],
)
def test_what_is_wrong_with_a_message_is_said_in_either_language(text: str, zh: str, en: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Sections.model_validate({"wording": {"case_completed": {"en": text}}})
    assert sentences_of(refused.value.errors()[0]) == (
        f"消息“case_completed”的内容不可用:{zh}",
        f"The text for 'case_completed' cannot be used: {en}",
    )
