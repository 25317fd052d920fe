"""What an operation costs: rows that it may make the database read, estimated before anything is read.

An operation is walked once, when its document is first seen, into a few sums that refer to each other: one for
each fragment, and one for each selection whose cost depends on a variable. What depends on none is a number
already. For a request, only the sums are reckoned, and what came out is kept by the sizes of page that its
variables name, so that a request that was seen before costs a look-up::

    costs = compile_cost(schema, document.fragments, root, operation.selection_set)  # once per operation
    cost = costs.check(variables.coerced)  # for each request; raises TooLarge
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

from bangban.kernel.planner.paging import MOST_ROWS, USUAL_ROWS
from bangban.kernel.planner.recent import Recent
from bangban.kernel.planner.selection import planned_field
from bangban.kernel.planner.sources import Many, Paged
from bangban.web.limits import at_most

MOST_COST: Final = 30_000
SHORT_LIST: Final = 10  # rows that a list without paging is taken for
COUNT: Final = 20  # rows that counting a list is taken for: as dear as a page
MUTATION: Final = 100  # rows that a mutation's root field is taken for: a transaction with a dozen statements
_MOST_KEPT: Final = 128  # results of one operation; there are a hundred sizes of page


class _Term(NamedTuple):
    """``rows`` times (``each`` and what the sum at ``place`` comes to). A string names a variable's page."""

    rows: int | str
    each: int
    place: int | None


@dataclass(frozen=True, slots=True)
class _Sum:
    """What one selection costs: a number, and terms that wait for variables."""

    fixed: int
    terms: tuple[_Term, ...] = ()


class CostOf:
    """The cost of one operation. ``variables`` are those that the size of a page is read from.

    Directives are passed over: what may be left out is paid for, as it is validated and planned as well.
    """

    __slots__ = ("_fixed", "_kept", "_sums", "steps", "variables")

    def __init__(self, sums: tuple[_Sum, ...], *, steps: int) -> None:
        self._sums = sums
        self._fixed = None if sums[-1].terms else sums[-1].fixed
        self._kept: Recent[tuple[int, ...], int] = Recent(_MOST_KEPT)
        named = {term.rows for each in sums for term in each.terms if isinstance(term.rows, str)}
        self.variables: tuple[str, ...] = tuple(sorted(named))
        self.steps = steps

    def cost(self, values: Mapping[str, Any]) -> int:
        """The cost with these coerced variables."""
        if self._fixed is not None:
            return self._fixed
        pages = tuple(_page(values.get(name)) for name in self.variables)
        known = self._kept.find(pages)
        if known is not None:
            return known
        return self._kept.keep(pages, self._reckoned(dict(zip(self.variables, pages, strict=True))))

    def check(self, values: Mapping[str, Any]) -> int:
        """The cost with these coerced variables; raises TooLarge."""
        found = self.cost(values)
        at_most("cost", found, MOST_COST)
        return found

    def _reckoned(self, pages: Mapping[str, int]) -> int:
        results: list[int] = []
        for each in self._sums:  # each refers to earlier ones only
            total = each.fixed
            for rows, one, place in each.terms:
                below = one if place is None else one + results[place]
                total += (pages[rows] if isinstance(rows, str) else rows) * below
            results.append(total)
        return results[-1]


def compile_cost(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    root: GraphQLObjectType,
    selections: SelectionSetNode,
) -> CostOf:
    """The cost of a validated operation, in as many steps as it and its fragments have selections."""
    compiler = _Compiler(schema, fragments)
    compiler.sums.append(compiler.selections(root, selections))
    return CostOf(tuple(compiler.sums), steps=compiler.steps)


def price(kind: OperationType, *, cost: int, root_fields: int) -> int:
    """What an operation takes from a budget: a query its cost, anything else a fixed price per root field."""
    return max(cost, 1) if kind is OperationType.QUERY else max(cost, MUTATION * root_fields)


def cost_extension(requested: int, *, budget: int | None, remaining: int | None) -> dict[str, Any]:
    """``extensions`` of an answer to a client that sent ``GraphQL-Cost: report``, as Hot Chocolate calls it.

    ``budget`` is what the caller may spend in a minute and ``remaining`` what is left right now, both null
    where nothing is counted; ``most`` is what one operation may cost.
    """
    return {"cost": {"requested": requested, "most": MOST_COST, "budget": budget, "remaining": remaining}}


class _Compiler:
    """Walks one operation. ``steps`` counts the selection sets that were walked."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._known: dict[str, _Sum | _Term] = {}
        self.sums: list[_Sum] = []
        self.steps = 0

    def selections(self, parent: Any, selections: SelectionSetNode) -> _Sum:
        self.steps += 1
        fixed = 0
        terms: list[_Term] = []
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found: _Sum | _Term = self._field(parent, node)
            elif isinstance(node, InlineFragmentNode):
                on = node.type_condition
                found = self.selections(
                    parent if on is None else self._schema.type_map.get(on.name.value), node.selection_set
                )
            elif isinstance(node, FragmentSpreadNode):
                found = self._fragment(node.name.value)
            else:
                continue
            if isinstance(found, _Sum):
                fixed += found.fixed
                terms.extend(found.terms)
            else:
                terms.append(found)
        return _Sum(fixed, tuple(terms))

    def _fragment(self, name: str) -> _Sum | _Term:
        known = self._known.get(name)
        if known is None:
            self._known[name] = _Sum(0)  # cycles never get here: the document was validated
            node = self._fragments[name]
            on = self._schema.type_map.get(node.type_condition.name.value)
            found = self.selections(on, node.selection_set)
            # What waits for variables is referred to, not repeated: it may be spread in very many places.
            known = self._known[name] = _Term(1, 0, self._place(found)) if found.terms else found
        return known

    def _place(self, found: _Sum) -> int:
        self.sums.append(found)
        return len(self.sums) - 1

    def _field(self, parent: Any, node: FieldNode) -> _Sum | _Term:
        definition: GraphQLField | None = getattr(parent, "fields", {}).get(node.name.value)
        if definition is None:
            return _Sum(0)
        output = get_named_type(definition.type)
        if node.selection_set is None or not is_composite_type(output):
            return _Sum(COUNT if node.name.value == "totalCount" else 0)
        rows, below = _rows(definition, node), self.selections(output, node.selection_set)
        if below.terms:
            return _Term(rows, 1, self._place(below))
        return _Term(rows, 1 + below.fixed, None) if isinstance(rows, str) else _Sum(rows * (1 + below.fixed))


def _rows(definition: GraphQLField, node: FieldNode) -> int | str:
    """How many rows a field may give, or the variable that says so."""
    declared = planned_field(definition)
    if declared is None or not isinstance(declared.source, Paged | Many):
        return 1
    if isinstance(declared.source, Many):
        return SHORT_LIST
    for argument in node.arguments or ():
        if argument.name.value == "first":
            value = argument.value
            if isinstance(value, VariableNode):
                return value.name.value
            return _page(int(value.value) if isinstance(value, IntValueNode) else None)
    return USUAL_ROWS


def _page(given: object) -> int:
    """Rows of a page; one that is out of bounds is refused later, so any bound will do here."""
    return min(max(given, 1), MOST_ROWS) if isinstance(given, int) else MOST_ROWS
