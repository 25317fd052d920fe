"""Texts that PostgreSQL cannot keep are found wherever they are, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type, parse
from hypothesis import given
from hypothesis import strategies as st
from tests.api.odd_values import plain
from tests.api.placed_fields import is_place_in

from bangban.web.documents import Documents
from bangban.web.known import KnownOperation
from bangban.web.limits import MOST_NESTING, TooLarge
from bangban.web.schema import core_schema
from bangban.web.texts import UnstorableText, check_document, check_literals, check_variables, is_storable

BAD = ["\x00", "a\x00b", "\ud800", "邹\udfff", "\udc00\ud800"]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(
    ("wrap", "field"),
    [
        (lambda bad: {"s": bad}, "s"),
        (lambda bad: {"i": {"applicant": {"name": bad}}}, "i.applicant.name"),
        (lambda bad: {"i": {"supplied": ["a", bad]}}, "i.supplied.1"),
        (lambda bad: {"i": {bad: 1}}, "i"),
        (lambda bad: {"x": [[{"y": [bad]}]]}, "x.0.0.y.0"),
    ],
)
def test_a_variable_is_refused_by_its_name(bad: str, wrap: Any, field: str) -> None:
    with pytest.raises(UnstorableText) as refused:
        check_variables({"fine": "邹平", "also": 3, "nothing": None, **wrap(bad)})
    assert refused.value.fields == (field,)


def _texts(of: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """Where an input has texts of its own."""
    for name, member in of.fields.items():
        inner = get_named_type(member.type)
        if isinstance(inner, GraphQLInputObjectType):
            yield from _texts(inner, *path, name)
        elif inner.name == "String":
            yield (*path, name)


def _with(given: Any, path: tuple[str, ...], text: str) -> Any:
    if not path:
        return [text] if isinstance(given, list) else text
    if isinstance(given, list):
        return [_with(given[0], path, text)]
    return given | {path[0]: _with(given[path[0]], path[1:], text)}


def _known(text: str) -> KnownOperation:
    document = Documents(core_schema()).get(text)
    return KnownOperation(core_schema(), document, document.operation(None))


def test_every_text_of_every_mutation_is_named_as_the_input_has_it() -> None:
    mutations = core_schema().mutation_type
    assert mutations is not None
    looked_at = 0
    for name, field in mutations.fields.items():
        if "input" not in field.args:
            continue
        type_ = field.args["input"].type
        inside = "" if not hasattr(get_named_type(field.type), "fields") else " { __typename }"
        known = _known(f"mutation($mine: {type_}) {{ {name}(input: $mine){inside} }}")
        for path in _texts(get_named_type(type_)):
            with pytest.raises(UnstorableText) as refused:
                known.check_texts({"mine": _with(plain(type_, "x"), path, "a\x00")})
            (named,) = refused.value.fields
            first, *steps = named.split(".")
            assert (first, *(step for step in steps if not step.isdigit())) == ("input", *path)
            assert is_place_in(type_, steps), named
            looked_at += 1
    assert looked_at > 200


@pytest.mark.parametrize(
    ("text", "variables", "field"),
    [
        (
            "query($q: String) { services(filter: {search: $q}) { totalCount } }",
            {"q": "\x00"},
            "filter.search",
        ),
        (
            "query($q: String!) { ...F } fragment F on Query { case(number: $q) { id } }",
            {"q": "\x00"},
            "number",
        ),
        ("query($q: String!) { case(number: $q) { id } }", {"q": "x", "other": "\x00"}, "other"),
    ],
)
def test_arguments_of_questions_are_named_too(text: str, variables: dict[str, Any], field: str) -> None:
    with pytest.raises(UnstorableText) as refused:
        _known(text).check_texts(variables)
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
    with pytest.raises(UnstorableText) as refused:
        check_literals(parse(text), text)
    assert refused.value.fields == ("number",)
    nested = f"mutation {{rateCase(input:{{comment:{literal}}}){{id}}}}"
    with pytest.raises(UnstorableText) as refused:
        check_literals(parse(nested), nested)
    assert refused.value.fields == ("input.comment",)
    listed = f'mutation {{recordTraining(input:{{services:["a", {literal}]}}){{id}}}}'
    with pytest.raises(UnstorableText) as refused:
        check_literals(parse(listed), listed)
    assert refused.value.fields == ("input.services.1",)


@pytest.mark.parametrize("literal", [r'"\u90b9平"', r'"\\u0000"', r'"""\u0000"""', r'"\uD83D\uDE00"', '"😀"'])
def test_what_only_looks_like_one_is_let_through(literal: str) -> None:
    text = f"{{case(number:{literal}){{id}}}}"
    check_document(text)
    check_literals(parse(text), text)


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",))))
def test_every_other_text_is_fine(text: str) -> None:
    check_variables({"s": text})
    check_document(text)
