"""Texts that PostgreSQL cannot keep are found wherever they are, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from bangban.web.limits import MOST_NESTING, TooLarge
from bangban.web.texts import UnstorableText, check_document, check_literals, check_variables, is_storable

BAD = ["\x00", "a\x00b", "\ud800", "邹\udfff", "\udc00\ud800"]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(
    ("wrap", "field"),
    [
        (lambda bad: {"s": bad}, "s"),
        (lambda bad: {"i": {"applicant": {"name": bad}}}, "i.applicant.name"),
        (lambda bad: {"i": {"supplied": ["a", bad]}}, "i.supplied"),
        (lambda bad: {"i": {bad: 1}}, "i"),
        (lambda bad: {"x": [[{"y": [bad]}]]}, "x.y"),
    ],
)
def test_a_variable_is_refused_by_its_name(bad: str, wrap: Any, field: str) -> None:
    with pytest.raises(UnstorableText) as refused:
        check_variables({"fine": "邹平", "also": 3, "nothing": None, **wrap(bad)})
    assert refused.value.fields == (field,)


def test_a_name_that_cannot_be_sent_back_is_not() -> None:
    with pytest.raises(UnstorableText) as refused:
        check_variables({"\ud800": "x\x00"})
    assert all(is_storable(field) for field in refused.value.fields)


def test_variables_nested_beyond_reason_are_refused_without_recursion() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(TooLarge):
        check_variables({"deep": deep})
    shallow: Any = "x"
    for _ in range(MOST_NESTING - 1):
        shallow = [shallow]
    check_variables({"shallow": shallow})


@pytest.mark.parametrize("literal", [r'"\u0000"', r'"a\u{0}b"', r'"\u{000000}"'])
def test_escapes_of_a_document_are_looked_at(literal: str) -> None:
    text = f"{{case(number:{literal}){{id}}}}"
    with pytest.raises(UnstorableText):
        check_literals(parse(text), text)


@pytest.mark.parametrize("literal", [r'"\u90b9平"', r'"\\u0000"', r'"""\u0000"""', r'"\uD83D\uDE00"', '"😀"'])
def test_what_only_looks_like_one_is_let_through(literal: str) -> None:
    text = f"{{case(number:{literal}){{id}}}}"
    check_document(text)
    check_literals(parse(text), text)


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",))))
def test_every_other_text_is_fine(text: str) -> None:
    check_variables({"s": text})
    check_document(text)
