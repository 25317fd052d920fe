"""The statement behind an operation for one principal, and the plan that PostgreSQL makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
from benchmarks.data.server import SERVING

from bangban.features.accounts.principals import Duty, staff_principal
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.graphql.context import Context
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.planner import Planner
from bangban.kernel.tenancy.names import Wall, quoted
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.web.preparing import Preparing, on_platform
from bangban.web.requests import Request
from bangban.web.schema import core_schema

OPERATIONS = Path(__file__).resolve().parents[3] / "schema" / "graphql" / "operations"


@dataclass(frozen=True)
class Asked:
    """A statement with its arguments, and the role that would run it."""

    sql: str
    arguments: tuple[Any, ...]
    role: str


@dataclass
class Asker:
    """Makes statements in one district."""

    tenancy: Tenancy
    district: District

    def __post_init__(self) -> None:
        self._preparing = Preparing(core_schema(), introspection_for_anonymous=False)
        self._services: Any = SimpleNamespace(tenancy=self.tenancy, planner=Planner(), named={})

    async def ask(self, query: str, principal: Principal, **variables: Any) -> Asked:
        """What is run in the district for ``query``, a document or the name of one."""
        text = query if "{" in query else (OPERATIONS / f"{query}.graphql").read_text("utf-8")
        context = Context(
            services=self._services,
            principal=principal,
            district=self.district,
            request_id="-",
            language="zh-CN",
        )
        prepared = await self._preparing.prepare(Request(text, variables), context)
        tree = tuple(each for each in prepared.tree if each.declared and not on_platform(each, context))
        ready = self._services.planner.operation(tree, await context.facts(), audit=context.auditing)
        wall = Wall.AUDIT if context.auditing else Wall.READ
        return Asked(
            ready.sql(self.district.schema),
            ready.arguments,
            self.tenancy.names.role(self.district.slug, wall),
        )


async def principal_of(connection: asyncpg.Connection, district: District, login: str) -> Principal:
    """The member of staff with this login."""
    schema = quoted(district.schema)
    rows = await connection.fetch(
        "SELECT s.id, s.name, s.language, a.role, a.area_id, r.path::text, r.level, a.since, a.until"
        f" FROM {schema}.staff s JOIN {schema}.assignment a ON a.staff_id = s.id"
        f" JOIN {schema}.area r ON r.id = a.area_id WHERE s.login = $1",
        login,
    )
    found = staff_principal(
        slug=district.slug,
        staff_id=rows[0]["id"],
        name=rows[0]["name"],
        language=rows[0]["language"],
        duties=[
            Duty(
                row["role"], row["area_id"], row["path"], AreaLevel(row["level"]), row["since"], row["until"]
            )
            for row in rows
        ],
    )
    assert found is not None, login
    return found


def resident(district: District, resident_id: UUID) -> Principal:
    """An applicant."""
    return Principal(kind=PrincipalKind.RESIDENT, id=resident_id, district=district.slug)


# ---------------------------------------------------------------------- plans


@dataclass(frozen=True)
class Plan:
    """A plan with what its nodes really did."""

    root: dict[str, Any]
    milliseconds: float

    def nodes(self) -> Iterator[dict[str, Any]]:
        """All nodes, sub-plans included."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.get("Plans", ())

    @property
    def scanned(self) -> set[str]:
        """The tables that were read from end to end at least once."""
        return {
            node["Relation Name"]
            for node in self.nodes()
            if node["Node Type"] == "Seq Scan" and node["Actual Loops"]
        }

    @property
    def touched(self) -> int:
        """How many rows, index entries and rows thrown away the leaves of the plan read."""
        return int(
            sum(
                node["Actual Loops"]
                * (
                    node["Actual Rows"]
                    + node.get("Rows Removed by Filter", 0)
                    + node.get("Rows Removed by Index Recheck", 0)
                )
                for node in self.nodes()
                if "Relation Name" in node or "Index Name" in node
            )
        )

    @property
    def buffers(self) -> int:
        """Pages of tables and indexes that were looked at."""
        return int(self.root["Shared Hit Blocks"] + self.root["Shared Read Blocks"])


async def plan_of(connection: asyncpg.Connection, asked: Asked, *, generic: bool) -> Plan:
    """The plan as of the sixth run of a prepared statement (``generic``), or one made for these arguments."""
    async with connection.transaction(readonly=True):
        await connection.execute(f"SET LOCAL ROLE {quoted(asked.role)}")
        mode = "force_generic_plan" if generic else "force_custom_plan"
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
        for name in ("random_page_cost", "effective_cache_size", "jit", "max_parallel_workers_per_gather"):
            await connection.execute(f"SET LOCAL {name} = '{SERVING[name]}'")
        await connection.execute(f"PREPARE asked AS {asked.sql}")
        arguments = f"({', '.join(map(literal, asked.arguments))})" if asked.arguments else ""
        try:
            found = await connection.fetchval(
                f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE asked{arguments}"
            )
        finally:
            await connection.execute("DEALLOCATE asked")
    (explained,) = json.loads(found)
    return Plan(explained["Plan"], explained["Execution Time"])


def literal(value: Any) -> str:
    """A value of the tests' own as SQL text: EXECUTE takes no bind parameters."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, Sequence) and not isinstance(value, str):
        inner = ",".join('"' + str(each).replace("\\", "\\\\").replace('"', '\\"') + '"' for each in value)
        return "'{" + inner.replace("'", "''") + "}'"
    text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    return "'" + text.replace("'", "''") + "'"
