"""One GraphQL operation, from text to answer, over HTTP and WebSocket alike.

Queries are planned: one statement for each side of the wall, whose JSON graphql-core then walks. Mutations
and subscriptions run in Strawberry. Whatever is refused is refused before anything runs.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute,
    execute_sync,
    subscribe,
)
from graphql.execution.values import VariableValues, get_variable_values

from bangban.kernel.access.grants import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context
from bangban.kernel.graphql.recording import record_reading
from bangban.kernel.planner.parameters import Facts
from bangban.kernel.planner.selection import Selected, Selector, permissions_of, touches_personal
from bangban.kernel.problems import DistrictRequired, ErrorCode, Problem
from bangban.kernel.tenancy.names import Wall
from bangban.web.documents import Document, Documents, ValidationFailed
from bangban.web.errors import execution_entry, internal_entry, invalid_entry, problem_entry
from bangban.web.limits import Costing
from bangban.web.schema import asks_of_root, core_schema

_INTROSPECTION: Final = frozenset({"__schema", "__type"})


class OneRootField(Problem):
    """With an Idempotency-Key a mutation is one root field, so that it is one transaction."""

    code = ErrorCode.BAD_REQUEST
    zh = "使用 Idempotency-Key 时,每个请求只能有一个顶层字段。"
    en = "With an Idempotency-Key a request has exactly one root field."


class MethodNotAllowed(Problem):
    """Only queries may come by GET."""

    code = ErrorCode.BAD_REQUEST
    zh = "GET 请求只能用于查询。"
    en = "Only queries may be sent by GET."


class IntrospectionRefused(Problem):
    """Anonymous callers read the schema as a file."""

    code = ErrorCode.FORBIDDEN
    zh = "未登录者不能内省;完整的接口定义见 /schema.graphql。"
    en = "Anonymous callers may not introspect; the whole schema is at /schema.graphql."


@dataclass(frozen=True)
class Request:
    """What a client sends."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None

    @property
    def digest(self) -> bytes:
        """Tells one request from another, for retries."""
        body = json.dumps([self.query, self.variables, self.operation_name], sort_keys=True, default=str)
        return hashlib.sha256(body.encode()).digest()


@dataclass(frozen=True)
class Answer:
    """What goes back. ``ran`` is False where the request was refused before anything ran."""

    body: dict[str, Any]
    ran: bool = True


@dataclass(frozen=True)
class Prepared:
    """A request that may run."""

    document: Document
    operation: OperationDefinitionNode
    variables: VariableValues
    tree: tuple[Selected, ...]


class Operations:
    """Runs operations against the one schema of the process."""

    def __init__(self, *, introspection_for_anonymous: bool) -> None:
        self._schema = core_schema()
        self.documents = Documents(self._schema)
        self._introspection_for_anonymous = introspection_for_anonymous

    # ------------------------------------------------------------------ answering

    async def answer(self, request: Request, context: Context, *, only_queries: bool = False) -> Answer:
        """The answer to a query or a mutation. Never raises but for cancellation."""
        try:
            prepared = await self._prepared(request, context)
            result = await self._result(prepared, request, context, only_queries=only_queries)
        except Exception as error:  # noqa: BLE001 - the edge: whatever is no refusal becomes INTERNAL
            return Answer({"errors": self._refusals(error, context)}, ran=False)
        return Answer(self._formatted(result, context))

    async def _result(
        self, prepared: Prepared, request: Request, context: Context, *, only_queries: bool
    ) -> ExecutionResult:
        kind = prepared.operation.operation
        if kind is OperationType.QUERY:
            return await self._query(prepared, request, context)
        if kind is OperationType.MUTATION and not only_queries:
            return await self._mutation(prepared, request, context)
        raise MethodNotAllowed(fields=("query",))

    async def stream(self, request: Request, context: Context) -> AsyncIterator[Answer]:
        """The answers of a subscription, or the one of anything else."""
        try:
            prepared = await self._prepared(request, context)
            source: Any = None
            if prepared.operation.operation is OperationType.SUBSCRIPTION:
                source = await self._subscription(prepared, request, context)
        except Exception as error:  # noqa: BLE001 - as above
            yield Answer({"errors": self._refusals(error, context)}, ran=False)
            return
        if source is None:
            yield await self.answer(request, context)
        elif isinstance(source, ExecutionResult):
            yield Answer(self._formatted(source, context), ran=False)
        else:
            async for result in _closing(source):
                yield Answer(self._formatted(result, context))

    def _formatted(self, result: ExecutionResult, context: Context) -> dict[str, Any]:
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [
                execution_entry(error, context.language, context.request_id) for error in result.errors
            ]
        return body

    def _refusals(self, error: Exception, context: Context) -> list[dict[str, Any]]:
        if isinstance(error, Problem):
            return [problem_entry(error, context.language)]
        if isinstance(error, ValidationFailed):
            return [invalid_entry(each, context.language) for each in error.errors]
        if isinstance(error, GraphQLError):
            return [execution_entry(error, context.language, context.request_id)]
        return [internal_entry(error, context.language, context.request_id)]

    # ------------------------------------------------------------------ before anything runs

    async def _prepared(self, request: Request, context: Context) -> Prepared:
        document = self.documents.get(request.query)
        operation = document.operation(request.operation_name)
        root = self._root_type(operation)
        definitions = operation.variable_definitions or ()
        variables = get_variable_values(self._schema, definitions, dict(request.variables), max_errors=5)
        if isinstance(variables, list):
            raise ValidationFailed(variables)
        Costing(self._schema, document.fragments, variables.coerced).check(root, operation.selection_set)
        introspects = not _INTROSPECTION.isdisjoint(_root_names(operation.selection_set, document))
        if (
            introspects
            and context.principal.kind is PrincipalKind.ANONYMOUS
            and not self._introspection_for_anonymous
        ):
            raise IntrospectionRefused
        tree = Selector(document.fragments, variables).tree(root, [operation.selection_set])
        await self._authorise(root, tree, context)
        return Prepared(document, operation, variables, tree)

    def _root_type(self, operation: OperationDefinitionNode) -> GraphQLObjectType:
        root = self._schema.get_root_type(operation.operation)
        if root is None:
            raise LookupError(operation.operation)
        return root

    async def _authorise(self, root: GraphQLObjectType, tree: tuple[Selected, ...], context: Context) -> None:
        """Ask for one permission for each root field, and for those of the types it reaches."""
        grants = await context.grants()
        asked: set[Permission] = set()
        for selected in tree:
            if selected.definition is None:
                continue
            asks = asks_of_root(root.name, selected.name)
            if asks.needs_district and context.district is None:
                raise DistrictRequired(fields=("X-District",))
            held = next((each for each in asks.permissions if grants.scope(each)), asks.permissions[0])
            asked.add(held)
        for permission in sorted(asked | permissions_of(tree)):
            grants.require(permission)

    # ------------------------------------------------------------------ queries

    async def _query(self, prepared: Prepared, request: Request, context: Context) -> ExecutionResult:
        data = await self._data(prepared, context)
        return execute_sync(
            self._schema,
            prepared.document.node,
            root_value=data,
            context_value=context,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
        )

    async def _data(self, prepared: Prepared, context: Context) -> dict[str, Any]:
        """The JSON of all planned root fields: one statement for each side of the wall that is asked."""
        planned = tuple(each for each in prepared.tree if each.declared is not None)
        if not planned:
            return {}
        facts = await context.facts()
        platform = tuple(each for each in planned if _on_platform(each, context))
        district = tuple(each for each in planned if not _on_platform(each, context))
        if context.auditing and touches_personal(planned):
            await record_reading(context, [each.name for each in planned])
        parts = await asyncio.gather(
            self._platform_part(platform, facts, context), self._district_part(district, facts, context)
        )
        return {**parts[0], **parts[1]}

    async def _platform_part(
        self, tree: tuple[Selected, ...], facts: Facts, context: Context
    ) -> dict[str, Any]:
        if not tree:
            return {}
        services = context.services
        ready = services.planner.operation(tree, facts, platform=True)
        found = await services.tenancy.reader.platform(ready.statement.sql, ready.arguments)
        return dict(json.loads(found))

    async def _district_part(
        self, tree: tuple[Selected, ...], facts: Facts, context: Context
    ) -> dict[str, Any]:
        if not tree:
            return {}
        district, services = context.get_district(), context.services
        ready = services.planner.operation(tree, facts, audit=context.auditing)
        wall = Wall.AUDIT if context.auditing else Wall.READ
        found = await services.tenancy.reader.district(
            district.slug, wall, ready.sql(district.schema), ready.arguments
        )
        return dict(json.loads(found))

    # ------------------------------------------------------------------ mutations and subscriptions

    async def _mutation(self, prepared: Prepared, request: Request, context: Context) -> ExecutionResult:
        if context.idempotency_key is not None:
            if len(prepared.tree) != 1:
                raise OneRootField(fields=("Idempotency-Key",))
            context.body_hash = request.digest
        result = execute(
            self._schema,
            prepared.document.node,
            context_value=context,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
        )
        return result if isinstance(result, ExecutionResult) else await result

    async def _subscription(
        self, prepared: Prepared, request: Request, context: Context
    ) -> AsyncGenerator[ExecutionResult, None] | ExecutionResult:
        source: Any = subscribe(
            self._schema,
            prepared.document.node,
            context_value=context,
            variable_values=dict(request.variables),
            operation_name=request.operation_name,
        )
        ready: AsyncGenerator[ExecutionResult, None] | ExecutionResult = (
            await source if hasattr(source, "__await__") else source
        )
        return ready


def _on_platform(selected: Selected, context: Context) -> bool:
    declared = selected.declared
    if declared is None:
        return False
    return context.district is None if declared.platform is None else declared.platform


def _root_names(
    selections: SelectionSetNode, document: Document, seen: frozenset[str] = frozenset()
) -> set[str]:
    found: set[str] = set()
    for node in selections.selections:
        if isinstance(node, FieldNode):
            found.add(node.name.value)
        elif hasattr(node, "name"):
            name = node.name.value
            if name in document.fragments and name not in seen:
                found |= _root_names(document.fragments[name].selection_set, document, seen | {name})
        else:
            found |= _root_names(node.selection_set, document, seen)  # type: ignore[attr-defined]  # inline fragment
    return found


async def _closing(source: Any) -> AsyncIterator[Any]:
    try:
        async for each in source:
            yield each
    finally:
        await source.aclose()


_SESSION_FIELDS: Final = frozenset({"signIn", "signInWithCode", "requestSignInCode", "refreshSession"})


def needs_no_token(documents: Documents, request: Request) -> bool:
    """Whether the request only signs in or refreshes, for which a stale token is no obstacle."""
    try:
        document = documents.get(request.query)
        operation = document.operation(request.operation_name)
    except (Problem, ValidationFailed):
        return False
    names = _root_names(operation.selection_set, document)
    return operation.operation is OperationType.MUTATION and names <= _SESSION_FIELDS
