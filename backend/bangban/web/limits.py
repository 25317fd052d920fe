"""What a document may ask for at most, measured before it is validated or run.

Every measure is memoised over fragments: a document whose fragments each spread the next one twice is
measured in as many steps as it has fragments, not in two to their power. Validation compares fields of one
name pair by pair, so how often a field may be repeated is a limit of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from bangban.kernel.problems import LimitExceeded

MOST_CHARACTERS: Final = 64_000  # of one document
MOST_TOKENS: Final = 4000
MOST_FRAGMENTS: Final = 60
MOST_DEPTH: Final = 20  # the standard introspection query takes 15
MOST_NESTING: Final = 60  # braces within braces, fragments written out
MOST_FIELDS: Final = 1000  # fragments written out; the standard introspection query takes 229
MOST_REPEATS: Final = 30  # objects asked for again under the key of a sibling
MOST_ALIASES: Final = 60
MOST_ROOT_FIELDS: Final = 20
# Each is a transaction, and root fields are never null: of several, one that is refused would make the data of those
# that were done null as well, and nobody could tell what had been done.
MOST_MUTATIONS: Final = 1
MOST_DIRECTIVES: Final = 60

_CHINESE: Final = {
    "body bytes": "请求体字节数",
    "document characters": "语句字符数",
    "tokens": "语句词数",
    "fragments": "片段数",
    "depth": "字段层数",
    "nesting": "嵌套层数",
    "fields": "字段数",
    "repeated objects": "重复对象数",
    "aliases": "别名数",
    "root fields": "顶层字段数",
    "root fields of a mutation": "变更的顶层字段数",
    "directives": "指令数",
    "cost": "预计行数",
    "operations at once": "同时进行的操作数",
}


class TooLarge(LimitExceeded):
    """A limit on requests, by its name in both languages."""

    zh = "请求超出限制:{limit_zh}上限为 {most}。"

    def __init__(self, limit: str, most: int) -> None:
        super().__init__(limit=limit, limit_zh=_CHINESE[limit], most=most)


def at_most(limit: str, found: int, most: int) -> None:
    """Raises TooLarge where ``found`` is over ``most``."""
    if found > most:
        raise TooLarge(limit, most)


@dataclass
class Measure:
    """Sizes of a selection with its fragments written out."""

    depth: int = 0
    nesting: int = 0
    fields: int = 0
    repeats: int = 0
    aliases: int = 0
    directives: int = 0

    def add(self, other: Measure) -> None:
        """Take in a selection beside this one."""
        self.depth = max(self.depth, other.depth)
        self.nesting = max(self.nesting, other.nesting)
        self.fields += other.fields
        self.repeats += other.repeats
        self.aliases += other.aliases
        self.directives += other.directives

    def check(self) -> None:
        """Raises TooLarge."""
        at_most("depth", self.depth, MOST_DEPTH)
        at_most("nesting", self.nesting, MOST_NESTING)
        at_most("fields", self.fields, MOST_FIELDS)
        at_most("repeated objects", self.repeats, MOST_REPEATS)
        at_most("aliases", self.aliases, MOST_ALIASES)
        at_most("directives", self.directives, MOST_DIRECTIVES)


class Limiter:
    """Measures one document. ``steps`` counts the selection sets that were walked."""

    def __init__(self, document: DocumentNode) -> None:
        definitions = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        at_most("fragments", len(definitions), MOST_FRAGMENTS)
        self._document = document
        self._fragments = {node.name.value: node for node in definitions}
        self._known: dict[str, Measure] = {}
        self._open: set[str] = set()
        self.steps = 0

    def check(self) -> None:
        """Refuse a document that is larger than allowed; raises TooLarge."""
        total = Measure()
        for node in self._document.definitions:
            if isinstance(node, OperationDefinitionNode):
                one = self._selections(node.selection_set)
                one.directives += len(node.directives or ())
                total.add(one)
                roots = self._root(node.selection_set, set())
                at_most("root fields", len(roots), MOST_ROOT_FIELDS)
                if node.operation is OperationType.MUTATION:
                    done = [name for name in roots.values() if name != "__typename"]
                    at_most("root fields of a mutation", len(done), MOST_MUTATIONS)
            elif isinstance(node, FragmentDefinitionNode):
                self._fragment(node.name.value).check()
        total.check()

    def _root(self, selections: SelectionSetNode, seen: set[str]) -> dict[str, str]:
        """The fields at the top by their response keys.

        Each fragment is looked into once, however often it is spread.
        """
        self.steps += 1
        found: dict[str, str] = {}
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found[_key(node)] = node.name.value
            elif isinstance(node, InlineFragmentNode):
                found |= self._root(node.selection_set, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self._fragments.get(node.name.value)
                found |= self._root(fragment.selection_set, seen) if fragment else {}
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
        # Refused here already, so that nobody goes on to add up numbers with a hundred digits.
        found.check()
        self._known[name] = found
        return found

    def _selections(self, selections: SelectionSetNode, keys: Counter[str] | None = None) -> Measure:
        self.steps += 1
        total = Measure()
        seen = Counter[str]() if keys is None else keys  # an inline fragment's fields stand beside the others
        for node in selections.selections:
            one = Measure(directives=len(node.directives or ()))
            if isinstance(node, FieldNode):
                one.add(self._field(node, seen))
            elif isinstance(node, InlineFragmentNode):
                below = self._selections(node.selection_set, seen)
                below.nesting += 1
                one.add(below)
            elif isinstance(node, FragmentSpreadNode):
                found = self._fragment(node.name.value)
                one.add(found)
                one.nesting = found.nesting + 1
            total.add(one)
        return total

    def _field(self, node: FieldNode, seen: Counter[str]) -> Measure:
        one = Measure(depth=1, nesting=1, fields=1, aliases=1 if node.alias else 0)
        if node.selection_set:
            below = self._selections(node.selection_set)
            below.depth += 1
            below.nesting += 1
            below.repeats += 1 if seen[_key(node)] else 0
            seen[_key(node)] += 1
            one.add(below)
        return one


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value
