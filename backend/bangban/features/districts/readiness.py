"""Checks before a district goes live, as the API shows them.

In the district they are worked out when they are asked for (``features/configuring``). For the applicant, who has
no account there, the platform keeps what the last run found: counts, names of areas and items, no personal data.
"""

from __future__ import annotations

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, FromClause, Text, case, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from bangban.features.districts.tables import OnboardingStepRow
from bangban.kernel.planner.elements import elements, flag, in_place, inner, number, value
from bangban.kernel.planner.fields import column, many
from bangban.kernel.planner.sources import Rows


@strawberry.type(description="Something that a check found 检查发现.")
class ReadinessFinding:
    reference: str = column("What it is: area:id or service:code 对象.", value("reference"))
    name: str = column("Its name 名称.", value("name"))


def _message(rows: Rows) -> ColumnElement[Any]:
    chinese = rows.request.bind("language", Text()) == "zh-CN"
    return case((chinese, rows.c.value["zh"].astext), else_=rows.c.value["en"].astext)


@strawberry.type(description="A check before a district goes live 上线检查.")
class ReadinessCheck:
    code: str = column("Which check 检查项.", value("code"))
    passed: bool = column("Whether it passed 是否通过.", flag("passed"))
    required: bool = column("Whether going live needs it; else a warning 是否必需.", flag("required"))
    message: str = column("What it says, and what to do 说明.", _message)
    count: int = column("How many were found to be wrong 问题数.", number("count"))
    findings: list[ReadinessFinding] = many(
        "The first of them, ten at most 问题示例.", in_place, rows=inner("findings")
    )


def kept_checks(rows: Rows, alias: str) -> FromClause:
    """What the last run found; before the first run, the steps that are still to be done."""
    return elements(func.coalesce(rows.parent.readiness, _steps_as_checks(rows)), alias)


def _steps_as_checks(rows: Rows) -> Any:
    step = OnboardingStepRow.__table__.alias("step_as_check")
    done = step.c.state.in_(["DONE", "SKIPPED"])
    check = func.jsonb_build_object(
        "code",
        step.c.name,
        "passed",
        done,
        "required",
        True,
        "zh",
        func.coalesce(step.c.problem, case((done, "已完成。"), else_="尚未完成。")),
        "en",
        func.coalesce(step.c.problem, case((done, "Done."), else_="Not done yet.")),
        "count",
        0,
        "findings",
        func.jsonb_build_array(),
        type_=JSONB(),
    )
    listed = func.jsonb_agg(aggregate_order_by(check, step.c.position), type_=JSONB())
    found = select(listed).where(step.c.onboarding_id == rows.parent.id)
    return found.correlate(rows.parent.id.table).scalar_subquery()
