"""Documents: measured, parsed and validated once, kept in a bounded store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    validate,
)

from bangban.kernel.planner.recent import Recent
from bangban.kernel.problems import ErrorCode, Problem
from bangban.web.limits import MOST_CHARACTERS, MOST_NESTING, MOST_TOKENS, Limiter, TooLarge, at_most
from bangban.web.texts import check_document, check_literals

_MOST_DOCUMENTS: Final = 1000
_MOST_ERRORS: Final = 5


class ParseFailed(Problem):
    """The text is not GraphQL."""

    code = ErrorCode.GRAPHQL_PARSE_FAILED
    zh = "查询语句无法解析:{detail}"
    en = "The document cannot be parsed: {detail}"


class OperationUnclear(Problem):
    """The request does not say which operation to run."""

    code = ErrorCode.BAD_REQUEST
    zh = "请用 operationName 指明要执行的操作。"
    en = "Say with operationName which operation to run."


class ValidationFailed(Exception):  # noqa: N818 - carries GraphQL errors, one by one
    """The document does not fit the schema."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(len(errors))
        self.errors = errors


@dataclass(frozen=True)
class Document:
    """A document that is known to fit the schema and the limits."""

    node: DocumentNode
    operations: dict[str, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    known: dict[str | None, Any] = field(
        default_factory=dict, compare=False
    )  # by name, what `known` makes of them

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run; raises OperationUnclear."""
        if name:
            found = self.operations.get(name)
        else:
            found = next(iter(self.operations.values())) if len(self.operations) == 1 else None
        if found is None:
            raise OperationUnclear(fields=("operationName",))
        return found

    def root_names(self, operation: OperationDefinitionNode) -> set[str]:
        """The root fields that an operation may ask for, whatever its directives say."""
        return self._names(operation.selection_set, set())

    def _names(self, selections: SelectionSetNode, seen: set[str]) -> set[str]:
        found: set[str] = set()
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found.add(node.name.value)
            elif not isinstance(node, FragmentSpreadNode):
                found |= self._names(node.selection_set, seen)  # type: ignore[attr-defined]  # inline fragment
            elif node.name.value not in seen:
                seen.add(
                    node.name.value
                )  # once each: they may spread each other in more ways than can be walked
                found |= self._names(self.fragments[node.name.value].selection_set, seen)
        return found


class Documents:
    """The documents of one process, least recently used first out."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: Recent[str, Document] = Recent(_MOST_DOCUMENTS)

    def get(self, text: str) -> Document:
        """The document; raises ParseFailed, TooLarge, UnstorableText or ValidationFailed."""
        known = self._known.find(text)
        if known is not None:
            return known
        at_most("document characters", len(text), MOST_CHARACTERS)
        check_document(text)
        try:
            document = self._read(text)
        except RecursionError as deep:
            raise TooLarge("nesting", MOST_NESTING) from deep
        return self._known.keep(text, document)

    def _read(self, text: str) -> Document:
        try:
            node = parse(text, max_tokens=MOST_TOKENS)
        except GraphQLError as error:
            if "token" in error.message and str(MOST_TOKENS) in error.message:
                raise TooLarge("tokens", MOST_TOKENS) from error
            raise ParseFailed(detail=error.message) from error
        Limiter(node).check()
        check_literals(node, text)
        errors = validate(self._schema, node, max_errors=_MOST_ERRORS)
        if errors:
            raise ValidationFailed(errors)
        operations = {
            (each.name.value if each.name else ""): each
            for each in node.definitions
            if isinstance(each, OperationDefinitionNode)
        }
        fragments = {
            each.name.value: each for each in node.definitions if isinstance(each, FragmentDefinitionNode)
        }
        return Document(node, operations, fragments)
