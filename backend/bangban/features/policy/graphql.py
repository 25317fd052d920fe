"""The district's access policy in the API."""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from typing import Annotated, Final

import strawberry
from sqlalchemy import BigInteger, Text, Uuid, cast, func, literal, null, select, true, union_all
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB

from bangban.kernel.access.compiled import shipped_text
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, many
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Pick, Rows
from bangban.kernel.tenancy.tables import PolicyLineRow

SHIPPED_LINES: Final = "shipped_lines"
"""The name under which statements bind ``shipped_lines``."""
_TOKENS: Final = ("role", "level", "object", "action", "effect")


class PolicySource(StrEnum):
    """Who wrote a policy line, as the API says it."""

    SHIPPED = "SHIPPED"
    DISTRICT = "DISTRICT"


class PolicyEffect(StrEnum):
    """What a policy line does, as the API says it: the policy's own words are in small letters."""

    ALLOW = "ALLOW"
    DENY = "DENY"


describe(
    PolicySource,
    "Who wrote a policy line 规则来源.",
    {
        PolicySource.SHIPPED: "Shipped with the platform; no district changes it 内置.",
        PolicySource.DISTRICT: "The district's own 本地区.",
    },
)
describe(
    PolicyEffect,
    "What a policy line does; deny wins 效力.",
    {PolicyEffect.ALLOW: "Allows 允许.", PolicyEffect.DENY: "Denies 拒绝."},
)


@cache
def shipped_lines() -> str:
    """The shipped policy's lines as JSON."""
    lines = (
        {**dict(zip(_TOKENS, each.tokens, strict=True)), "number": each.number}
        for each in shipped_text().lines
    )
    return json.dumps(list(lines))


@reads()
@strawberry.type(description="One line of the access policy 权限规则.")
class PolicyLine:
    id: strawberry.ID | None = column("Identifier, of the district's own lines 标识.")
    source: PolicySource = column("Who wrote it 来源.")
    number: int = column("Its place: in the shipped file, or among the district's own 序号.")
    role: str = column("Role, * for any 角色.")
    level: str = column("Level, * for any 层级.")
    object: str = column("What it is about, * for anything 对象.")
    action: str = column("What is done, * for anything 操作.")
    effect: PolicyEffect = column("What it does 效力.", lambda r: func.upper(r.c.effect))


def _lines(
    root: Rows,
    shipped: Annotated[
        bool, strawberry.argument(description="Whether the shipped lines are listed too 是否含内置规则.")
    ] = False,
) -> Pick:
    own = PolicyLineRow.__table__.alias("own")
    found = select(
        literal(PolicySource.DISTRICT.value, Text).label("source"),
        own.c.id,
        func.row_number().over(order_by=own.c.id).label("number"),
        *(own.c[name] for name in _TOKENS),
    )
    if shipped:
        texts = cast(root.request.bind(SHIPPED_LINES, Text()), JSONB)
        line = (
            func.jsonb_array_elements(texts)
            .table_valued(sql_column("value", JSONB))
            .render_derived(name="line")
        )
        value = line.c.value
        of_all = select(
            literal(PolicySource.SHIPPED.value, Text),
            cast(null(), Uuid),
            cast(value["number"].astext, BigInteger),
            *(value[name].astext for name in _TOKENS),
        )
        drawn = union_all(found, of_all).subquery("lines")
    else:
        drawn = found.subquery("lines")
    return Pick(true(), (drawn.c.source, drawn.c.number), drawn=drawn)


@strawberry.type
class PolicyQuery:
    policy_lines: list[PolicyLine] = many(
        "The district's own policy lines, in their order 权限规则.", _lines, requires=Permission.POLICY_READ
    )
