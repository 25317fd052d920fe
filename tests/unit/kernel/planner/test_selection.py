"""A selection becomes one tree: fragments merged, directives decided, arguments coerced."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.kernel.planner.planning import tree_of

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.selection import Selected, permissions_of, touches_personal


def drawn(tree: tuple[Selected, ...]) -> list[Any]:
    """A tree as nested lists of keys."""
    return [[each.key, drawn(each.children)] if each.children else each.key for each in tree]


SAME = [
    '{ case(number: "1") { id service { code name } state } }',
    '{ ... { case(number: "1") { id service { code } service { name } state } } }',
    '{ ... on Query { case(number: "1") { ...F service { name } state } } } fragment F on Case { id service { code } }',
    '{ case(number: "1") { ...F state } } fragment F on Case { id ...G } fragment G on Case { service { code name } }',
    """{ case(number: "1") { id ...F } case(number: "1") { state } }
    fragment F on Case { service { code ...N } } fragment N on ServiceItem { name }""",
    '{ case(number: "1") { id service { code name } state @include(if: true) note @skip(if: true) } }',
    '{ case(number: "1") { id ...F @skip(if: true) service { code name } state } } fragment F on Case { note }',
    '{ case(number: "1") { id ... @include(if: false) { note } service { code name } state } }',
    """query($n: String! = "1", $t: Boolean = true) {
        case(number: $n) { id service @include(if: $t) { code name } state }
    }""",
    'query($no: Boolean = false) { case(number: "1") { id service { code note: name @include(if: $no) name } state } }',
]


@pytest.mark.parametrize("text", SAME)
def test_the_same_question_is_the_same_tree_and_the_same_shape(text: str) -> None:
    plain, other = tree_of(SAME[0]), tree_of(text)
    assert drawn(other) == drawn(plain) == [["case", ["id", ["service", ["code", "name"]], "state"]]]
    assert [each.shape for each in other] == [each.shape for each in plain]
    assert other[0].arguments == {"number": "1"}


def test_fields_stand_where_they_are_first_asked_for() -> None:
    text = "{ district { ...F name } } fragment F on District { brand slug name }"
    assert drawn(tree_of(text)) == [["district", ["brand", "slug", "name"]]]


def test_aliases_keep_two_of_the_same_field_apart() -> None:
    (a, b) = tree_of('{ a: case(number: "1") { id } b: case(number: "2") { id } }')
    assert (a.arguments, b.arguments) == ({"number": "1"}, {"number": "2"})
    assert a.shape != b.shape


ACCEPTED = dict.fromkeys(("areaId", "serviceCode", "mine", "light", "search")) | {"states": ["ACCEPTED"]}


@pytest.mark.parametrize(
    ("text", "variables", "arguments"),
    [
        ("{ areas { totalCount } }", {}, {"first": 20}),
        ("{ areas(first: null, search: null) { totalCount } }", {}, {"first": None, "search": None}),
        ("query($n: Int) { areas(first: $n) { totalCount } }", {}, {"first": 20}),
        ("query($n: Int) { areas(first: $n) { totalCount } }", {"n": None}, {"first": None}),
        ("query($n: Int = 7) { areas(first: $n) { totalCount } }", {}, {"first": 7}),
        ("query($n: Int = 7) { areas(first: $n) { totalCount } }", {"n": 3}, {"first": 3}),
        (
            "query($l: AreaLevel) { areas(level: $l) { totalCount } }",
            {"l": "TOWN"},
            {"first": 20, "level": "TOWN"},
        ),
        (
            "query($s: [CaseState!]) { cases(filter: {states: $s}) { totalCount } }",
            {"s": ["ACCEPTED"]},
            {"first": 20, "orderBy": "NEWEST", "filter": ACCEPTED},
        ),
        (
            "{ cases(filter: {states: ACCEPTED}, orderBy: OLDEST) { totalCount } }",
            {},
            {"first": 20, "orderBy": "OLDEST", "filter": ACCEPTED},
        ),
    ],
)
def test_arguments_are_coerced_as_the_specification_says(
    text: str, variables: dict[str, Any], arguments: dict[str, Any]
) -> None:
    (only,) = tree_of(text, **variables)
    # What is left out is null; what is null stays null where a default would have stood in for nothing at all.
    assert {**dict.fromkeys(only.arguments), **arguments} == only.arguments


def test_a_shape_tells_what_is_given_from_what_is_not_and_nothing_of_its_value() -> None:
    def shape(text: str, **variables: Any) -> Any:
        return [each.shape for each in tree_of(text, **variables)]

    search = (
        "query($s: String, $f: Int, $l: AreaLevel) { areas(search: $s, first: $f, level: $l) { totalCount } }"
    )
    assert shape(search, s="secret", f=3) == shape(search, s="another", f=99)
    assert shape(search, s="secret") != shape(search, s=None)
    assert shape(search, l="TOWN") != shape(search, l="VILLAGE"), (
        "members of a finite type may shape a statement"
    )
    assert "secret" not in repr(shape(search, s="secret"))


def test_typename_and_introspection_are_leaves_that_nothing_is_read_for() -> None:
    tree = tree_of(
        "{ __typename t: __typename __schema { queryType { name } } district { __typename name } }"
    )
    assert drawn(tree) == ["__typename", "t", "__schema", ["district", ["__typename", "name"]]]
    assert [each.declared is None for each in tree] == [True, True, True, False]


def test_what_is_skipped_asks_for_no_permission() -> None:
    text = "query($deep: Boolean!) { district { name } cases @include(if: $deep) { edges { node { id } } } }"
    assert Permission.CASE_READ in permissions_of(tree_of(text, deep=True))
    assert Permission.CASE_READ not in permissions_of(tree_of(text, deep=False))


def test_an_object_with_nothing_left_to_read_is_still_guarded() -> None:
    # Whether there is such a row is for those to know who may see it.
    for text in (
        '{ case(number: "1") { id @skip(if: true) } }',
        "{ cases { totalCount @skip(if: true) } }",
        "{ cases { edges { cursor @skip(if: true) } } }",
    ):
        tree = tree_of(text)
        assert permissions_of(tree) == {Permission.CASE_READ}
        assert touches_personal(tree)


def test_an_empty_operation_is_an_empty_tree() -> None:
    assert tree_of("{ district @skip(if: true) { name } }") == ()
