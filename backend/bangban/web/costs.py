"""What an operation costs: rows that it may make the database read, estimated before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_object_type,
)

from bangban.kernel.planner.fields import Many, Paged
from bangban.kernel.planner.paging import MOST_ROWS, USUAL_ROWS
from bangban.kernel.planner.selection import planned_field
from bangban.web.limits import at_most

MOST_COST: Final = 30_000
SHORT_LIST: Final = 10  # rows that a list without paging is taken for
COUNT: Final = 20  # rows that counting a list is taken for: as dear as a page


class Costing:
    """The cost of one operation of one request: ``first`` arguments multiplied along the nesting."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._known: dict[str, int] = {}

    def check(self, parent: GraphQLObjectType, selections: SelectionSetNode) -> int:
        """The cost; raises TooLarge."""
        cost = self._selections(parent, selections)
        at_most("cost", cost, MOST_COST)
        return cost

    def _selections(self, parent: GraphQLObjectType, selections: SelectionSetNode) -> int:
        total = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                total += self._field(parent, node)
            elif isinstance(node, InlineFragmentNode):
                total += self._selections(parent, node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                total += self._fragment(node.name.value)
        return total

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            self._known[name] = 0  # cycles never get here: the document was validated
            node = self._fragments[name]
            type_ = self._schema.type_map.get(node.type_condition.name.value)
            if is_object_type(type_):
                self._known[name] = self._selections(type_, node.selection_set)
        return self._known[name]

    def _field(self, parent: GraphQLObjectType, node: FieldNode) -> int:
        definition = parent.fields.get(node.name.value)
        if definition is None:
            return 0
        output = get_named_type(definition.type)
        if node.selection_set is None or not is_object_type(output):
            return COUNT if node.name.value == "totalCount" else 0
        return self._times(definition, node) * (1 + self._selections(output, node.selection_set))

    def _times(self, definition: GraphQLField, node: FieldNode) -> int:
        declared = planned_field(definition)
        if declared is not None and isinstance(declared.source, Paged):
            return self._first(node)
        return SHORT_LIST if declared is not None and isinstance(declared.source, Many) else 1

    def _first(self, node: FieldNode) -> int:
        """Rows of a page; one that is out of bounds is refused later, so any bound will do here."""
        given: Any = USUAL_ROWS
        for argument in node.arguments or ():
            if argument.name.value == "first":
                given = None
                if isinstance(argument.value, IntValueNode):
                    given = int(argument.value.value)
                elif isinstance(argument.value, VariableNode):
                    given = self._variables.get(argument.value.name.value)
        return min(max(given, 1), MOST_ROWS) if isinstance(given, int) else MOST_ROWS
