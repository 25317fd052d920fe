"""A cost that is compiled once is the cost that a walk over the document finds for each request."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    get_named_type,
    is_object_type,
    parse,
)
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.web.bombs import spread_twice

from bangban.kernel.planner.selection import planned_field
from bangban.kernel.planner.sources import Many, Paged
from bangban.web.costs import MUTATION, CostOf, compile_cost, cost_extension, price
from bangban.web.limits import TooLarge
from bangban.web.schema import core_schema

SCHEMA = core_schema()
NAMES = ("n", "m", "never")


def parts(text: str) -> tuple[dict[str, FragmentDefinitionNode], GraphQLObjectType, OperationDefinitionNode]:
    document = parse(text)
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    (operation,) = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    root = SCHEMA.get_root_type(operation.operation)
    assert isinstance(root, GraphQLObjectType)
    return fragments, root, operation


def compiled(text: str) -> CostOf:
    fragments, root, operation = parts(text)
    return compile_cost(SCHEMA, fragments, root, operation.selection_set)


def rows(definition: Any, node: FieldNode, values: dict[str, Any]) -> int:
    source = getattr(planned_field(definition), "source", None)
    if not isinstance(source, Paged):
        return 10 if isinstance(source, Many) else 1
    found: Any = 20
    for argument in node.arguments or ():
        if argument.name.value == "first":
            found = None
            if isinstance(argument.value, IntValueNode):
                found = int(argument.value.value)
            elif isinstance(argument.value, VariableNode):
                found = values.get(argument.value.name.value)
    return 100 if found is None else min(max(found, 1), 100)


def walked(text: str, values: dict[str, Any]) -> int:
    """The definition, plainly: every fragment written out where it is spread."""
    fragments, root, operation = parts(text)

    def field(parent: Any, node: FieldNode) -> int:
        definition = parent.fields.get(node.name.value)
        if definition is None:
            return 0
        output = get_named_type(definition.type)
        if node.selection_set is None or not is_object_type(output):
            return 20 if node.name.value == "totalCount" else 0
        return rows(definition, node, values) * (1 + total(output, node.selection_set))

    def total(parent: Any, selections: Any) -> int:
        found = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found += field(parent, node)
            else:
                spread = fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
                found += total(parent, spread.selection_set)
        return found

    return total(root, operation.selection_set)


SIZES = st.sampled_from(["", "(first: 3)", "(first: 0)", "(first: 500)", "(first: null)", "(first: $never)"])
PAGES = SIZES | st.sampled_from(["(first: $n)", "(first: $m)"])


def _page(draw: st.DrawFn, name: str, inner: str) -> str:
    count = draw(st.sampled_from(["", "totalCount "]))
    return f"{name}{draw(PAGES)} {{ {count}edges {{ cursor node {{ {inner} }} }} }}"


@st.composite
def areas(draw: st.DrawFn, *, depth: int, spread: int) -> str:
    """What is asked of an area: pages of its children within each other, its parent, fragments, columns."""
    found = ["name"]
    for number in range(draw(st.integers(0, 3))):
        kinds = ["column", "inline", "fragment"] if spread < FRAGMENTS else ["column", "inline"]
        kind = draw(st.sampled_from([*kinds, "page", "parent"] if depth else ["column", *kinds[2:]]))
        inner = draw(areas(depth=depth - 1, spread=spread)) if kind in ("inline", "page", "parent") else ""
        if kind == "inline":
            found.append(f"... on Area {{ {inner} }}")
        elif kind == "fragment":
            found.append(f"...F{draw(st.integers(spread, FRAGMENTS - 1))}")
        elif kind == "page":
            found.append(_page(draw, f"c{number}: children", inner))
        elif kind == "parent":
            found.append(f"p{number}: parent {{ {inner} }}")
    return " ".join(found)


FRAGMENTS = 3


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Queries over the area tree, with fragments that spread later ones."""
    roots = " ".join(
        _page(draw, f"r{number}: areas", draw(areas(depth=3, spread=0)))
        for number in range(draw(st.integers(1, 3)))
    )
    text = "query($n: Int, $m: Int, $never: Int) { " + roots + " }"
    for number in range(FRAGMENTS):
        text += f" fragment F{number} on Area {{ {draw(areas(depth=2, spread=number + 1))} }}"
    return text


VALUES = st.dictionaries(st.sampled_from(NAMES[:2]), st.none() | st.integers(-5, 130), max_size=2)


@given(text=documents(), several=st.lists(VALUES, min_size=1, max_size=4))
def test_compiled_or_walked_a_document_costs_the_same(text: str, several: list[dict[str, Any]]) -> None:
    costs = compiled(text)
    for values in [*several, *several]:  # again: what is kept is right as well
        assert costs.cost(values) == walked(text, values)
    assert set(costs.variables) <= set(NAMES)


def test_only_variables_that_size_a_page_count() -> None:
    text = """query($code: String!, $size: Int, $after: String) {
      area(code: $code) { children(first: $size, after: $after) { edges { cursor } } } }"""
    assert compiled(text).variables == ("size",)
    assert compiled("query($after: String) { areas(after: $after) { edges { cursor } } }").variables == ()


def test_what_was_reckoned_once_is_kept_and_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    reckoned = 0
    plain = CostOf._reckoned

    def counting(self: CostOf, pages: Any) -> int:
        nonlocal reckoned
        reckoned += 1
        return plain(self, pages)

    monkeypatch.setattr(CostOf, "_reckoned", counting)
    costs = compiled(
        "query($n: Int, $m: Int) { areas(first: $n) { edges { cursor } } b: areas(first: $m) { edges { cursor } } }"
    )
    assert costs.cost({"n": 5, "m": 6}) == costs.cost({"m": 6, "n": 5, "x": 9}) == 11 * 2
    assert reckoned == 1
    for n in range(100):
        for m in range(3):
            costs.cost({"n": n, "m": m})
    assert len(costs._kept) == 128
    assert len(compiled("{ areas { edges { cursor } } }")._kept) == 0


def test_the_sums_of_a_bomb_are_as_many_as_its_fragments() -> None:
    page = "children(first: $n) { totalCount }"
    costs = compiled("query($n: Int)" + spread_twice(24, on="Area", leaf=page))
    assert costs.steps == 1 + 1 + 24 + 1
    assert len(costs._sums) <= costs.steps
    assert costs.cost({"n": 4}) == 1 + 2**23 * 4 * 21
    with pytest.raises(TooLarge):
        costs.check({"n": 4})


def test_a_mutation_has_its_price_and_nothing_is_free() -> None:
    assert price(OperationType.QUERY, cost=0, root_fields=3) == 1
    assert price(OperationType.QUERY, cost=700, root_fields=1) == 700
    assert price(OperationType.MUTATION, cost=2, root_fields=3) == 3 * MUTATION
    assert price(OperationType.MUTATION, cost=5000, root_fields=1) == 5000
    assert price(OperationType.SUBSCRIPTION, cost=2, root_fields=1) == MUTATION


def test_the_report_says_what_was_asked_for_and_what_is_left() -> None:
    assert cost_extension(12, budget=600, remaining=588) == {
        "cost": {"requested": 12, "most": 30_000, "budget": 600, "remaining": 588}
    }
