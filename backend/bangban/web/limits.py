"""What a document may ask for at most, measured before it is validated or run.

Every measure is memoised over fragments: a document whose fragments each spread the next one twice is
measured in as many steps as it has fragments, not in two to their power.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_object_type,
)

from bangban.kernel.planner.fields import Many, Paged
from bangban.kernel.planner.paging import MOST_ROWS
from bangban.kernel.planner.selection import planned_field
from bangban.kernel.problems import LimitExceeded

MOST_TOKENS: Final = 4000
MOST_DEPTH: Final = 20  # the standard introspection query takes 15
MOST_FIELDS: Final = 2000  # fragments written out
MOST_ALIASES: Final = 60
MOST_ROOT_FIELDS: Final = 20
MOST_DIRECTIVES: Final = 60
MOST_COST: Final = 30_000  # estimated rows
_SHORT_LIST: Final = 10  # rows that a list without paging is taken for


@dataclass
class Measure:
    """Sizes of a selection with its fragments written out."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def add(self, other: Measure) -> None:
        """Take in a selection beside this one."""
        self.depth = max(self.depth, other.depth)
        self.fields += other.fields
        self.aliases += other.aliases
        self.directives += other.directives


class Limiter:
    """Measures one document."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Measure] = {}
        self._open: set[str] = set()

    def check(self, document: DocumentNode) -> None:
        """Refuse a document that is larger than allowed; raises LimitExceeded."""
        total = Measure()
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                one = self._selections(node.selection_set)
                one.directives += len(node.directives or ())
                total.add(one)
                _at_most("root fields", len(self._root(node.selection_set)), MOST_ROOT_FIELDS)
            elif isinstance(node, FragmentDefinitionNode):
                self._fragment(node.name.value)
        for name, found, most in (
            ("depth", total.depth, MOST_DEPTH),
            ("fields", total.fields, MOST_FIELDS),
            ("aliases", total.aliases, MOST_ALIASES),
            ("directives", total.directives, MOST_DIRECTIVES),
        ):
            _at_most(name, found, most)
        for measure in self._known.values():
            _at_most("fields", measure.fields, MOST_FIELDS)

    def _root(self, selections: SelectionSetNode, seen: frozenset[str] = frozenset()) -> set[str]:
        found: set[str] = set()
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found.add(node.alias.value if node.alias else node.name.value)
            elif isinstance(node, InlineFragmentNode):
                found |= self._root(node.selection_set, seen)
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                fragment = self._fragments.get(name)
                if fragment is not None and name not in seen:
                    found |= self._root(fragment.selection_set, seen | {name})
            if len(found) > MOST_ROOT_FIELDS:
                break
        return found

    def _fragment(self, name: str) -> Measure:
        known = self._known.get(name)
        if known is not None:
            return known
        node = self._fragments.get(name)
        if node is None or name in self._open:
            return Measure()  # unknown, or a cycle: validation names it
        self._open.add(name)
        found = self._selections(node.selection_set)
        self._open.discard(name)
        # Kept small once it is over: nobody needs a number with a hundred digits.
        found.fields = min(found.fields, MOST_FIELDS + 1)
        self._known[name] = found
        return found

    def _selections(self, selections: SelectionSetNode) -> Measure:
        total = Measure()
        for node in selections.selections:
            one = Measure(directives=len(node.directives or ()))
            if isinstance(node, FieldNode):
                one.fields = 1
                one.aliases = 1 if node.alias else 0
                one.depth = 1
                if node.selection_set:
                    below = self._selections(node.selection_set)
                    below.depth += 1
                    one.add(below)
            elif isinstance(node, InlineFragmentNode):
                one.add(self._selections(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                one.add(self._fragment(node.name.value))
            total.add(one)
        return total


def _at_most(limit: str, found: int, most: int) -> None:
    if found > most:
        raise LimitExceeded(limit=limit, most=most)


class Costing:
    """Estimated rows of one operation of one request: ``first`` arguments multiplied along the nesting."""

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
        """The cost; raises LimitExceeded."""
        cost = self._selections(parent, selections)
        _at_most("cost", cost, MOST_COST)
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
        if definition is None or node.selection_set is None:
            return 0
        output = get_named_type(definition.type)
        if not is_object_type(output):
            return 0
        declared = planned_field(definition)
        times = 1
        if declared is not None and isinstance(declared.source, Paged):
            times = self._first(node)
        elif declared is not None and isinstance(declared.source, Many):
            times = _SHORT_LIST
        return times * (1 + self._selections(output, node.selection_set))

    def _first(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                if isinstance(argument.value, IntValueNode):
                    return min(max(int(argument.value.value), 1), MOST_ROWS)
                if isinstance(argument.value, VariableNode):
                    given = self._variables.get(argument.value.name.value)
                    return min(max(given, 1), MOST_ROWS) if isinstance(given, int) else MOST_ROWS
        return 20
