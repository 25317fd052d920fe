"""Through mode: a query whose bytes go out as PostgreSQL built them, without graphql-core's execution.

What follows from the document is worked out once (`known`), what follows from which variables are given once
for each such form (`forms`), and the statement once for each permission variant (`planner`). What is left for a
request: coerce the variables, ask for the permissions, fill in the parameters, read, put braces around.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bangban.kernel.access.grants import PrincipalKind
from bangban.kernel.graphql.context import Context
from bangban.kernel.graphql.recording import record_reading
from bangban.kernel.planner.forms import Form, form_of
from bangban.kernel.planner.getters import Coerced, NoGetter
from bangban.kernel.planner.parameters import Facts
from bangban.kernel.planner.recent import Recent
from bangban.kernel.planner.selection import Selected
from bangban.kernel.problems import DistrictRequired
from bangban.kernel.tenancy.names import Wall
from bangban.web.known import KnownOperation
from bangban.web.preparing import Preparing, on_platform
from bangban.web.requests import Answer, Request
from bangban.web.texts import check_variables

_MOST_FORMS: Final = 4000


@dataclass(frozen=True, slots=True)
class _Statement:
    """What is to be read on one side of the wall."""

    sql: str
    arguments: list[Any]
    platform: bool


class Through:
    """Answers what can be passed through, and leaves everything else to the walk."""

    def __init__(self, preparing: Preparing) -> None:
        self._preparing = preparing
        self._forms: Recent[tuple[Any, ...], Form] = Recent(_MOST_FORMS)

    async def answer(self, request: Request, context: Context) -> Answer | None:
        """The answer, or None where the operation is to be walked.

        Raises:
            Problem, ValidationFailed, GraphQLError: What walking raises for the same request.
        """
        check_variables(request.variables)
        known = self._preparing.known(request)
        coerced = known.variables.coerce(request.variables) if known.passes else None
        if coerced is None:  # not a query of planned fields; or graphql-core says what does not fit
            return None
        cost = known.cost.check(coerced)
        try:
            form = self._form(known, coerced, request)
            facts = await context.facts()
            if form.district and context.district is None:
                raise DistrictRequired(fields=("X-District",))
            facts.grants.variants(form.permissions)  # raises where one of them is not held
            statements = self._statements(form, known, request, context, facts, coerced)
        except NoGetter:
            return None
        if form.personal and context.auditing:
            await record_reading(context, list(form.names))
        data = await _data(statements, form, context)
        public = context.principal.kind is PrincipalKind.ANONYMOUS and context.ticket is None
        return Answer({}, raw=b'{"data":%b}' % data, cost=cost, public=public)

    def _form(self, known: KnownOperation, coerced: Coerced, request: Request) -> Form:
        key = (known, known.variables.shape(coerced))
        form = self._forms.find(key)
        if form is not None:
            form.check_pages(coerced)
            return form
        tree = self._preparing.tree(known, request)
        asked = known.asked({each.name for each in tree if each.declared is not None})
        return self._forms.keep(key, form_of(tree, asked=asked))

    def _statements(  # noqa: PLR0917 - one request, taken apart
        self,
        form: Form,
        known: KnownOperation,
        request: Request,
        context: Context,
        facts: Facts,
        coerced: Coerced,
    ) -> list[_Statement]:
        """One statement for each side of the wall that is asked."""
        district, planner = context.district, context.services.planner
        sides = []
        if form.district or (form.either and district is not None):
            sides.append(False)
        if form.platform or (form.either and district is None):
            sides.append(True)
        found = []
        for platform in sides:

            def tree(platform: bool = platform) -> tuple[Selected, ...]:
                whole = self._preparing.tree(known, request)
                return tuple(
                    each
                    for each in whole
                    if len(sides) == 1 or (each.declared and on_platform(each, context) is platform)
                )

            audit = context.auditing and not platform
            bound = planner.bound(
                form, tree, facts, audit=audit, platform=platform, in_district=district is not None
            )
            sql = bound.statement.sql
            if not platform:
                sql = planner.text(bound.statement, context.get_district().schema)
            found.append(_Statement(sql, bound.arguments(coerced, facts), platform))
        return found


async def _data(statements: Sequence[_Statement], form: Form, context: Context) -> bytes:
    """The value of ``data``: the statement's own bytes, or what two statements found, in the order asked for."""
    if len(statements) == 1:
        return await _read(statements[0], context)
    members: dict[str, Any] = {}
    for part in await asyncio.gather(*(_read(each, context) for each in statements)):
        members |= json.loads(part)
    # What no side answers is the name of the root type.
    merged = {key: members.get(key, "Query") for key in form.keys}
    return json.dumps(merged, ensure_ascii=False, separators=(",", ":")).encode()


async def _read(statement: _Statement, context: Context) -> bytes:
    reader = context.services.tenancy.reader
    if statement.platform:
        return _b(await reader.platform(statement.sql, statement.arguments))
    wall = Wall.AUDIT if context.auditing else Wall.READ
    return _b(await reader.district(context.get_district().slug, wall, statement.sql, statement.arguments))


def _b(found: Any) -> bytes:
    return found if isinstance(found, bytes) else str(found).encode()
