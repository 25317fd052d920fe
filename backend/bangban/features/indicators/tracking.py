"""What help with follow-up is measured by 跟踪帮 (DOMAIN C03): check-ins that were due in the period."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select, true

from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.cases.values import EventKind
from bangban.features.indicators.scope import Asked, share, told
from bangban.features.indicators.values import IndicatorKey as Key
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyKind
from bangban.kernel.planner.periods import local_day


def tracking(asked: Asked) -> list[Select[Any]]:
    """Those that were made by their day, and those that were not: of the latter each is a duty from the day after."""
    event, case = CaseEventRow.__table__.alias("check_in"), CaseRow.__table__.alias("tracked_case")
    duty, missing = DutyRow.__table__.alias("missed"), CaseRow.__table__.alias("untold_case")
    made = (
        select(func.count().label("made"))
        .select_from(event.join(case, case.c.id == event.c.case_id))
        .where(
            event.c.kind == EventKind.CHECKED_IN.value,
            asked.on(event.c.due_on),
            event.c.delegation_id.is_(None),  # as of every check-in: the index of both leads there
            local_day(event.c.at) <= event.c.due_on,
            asked.here(case.c.area_id),
        )
        .subquery()
    )
    missed = (
        select(func.count().label("missed"))
        .select_from(duty.join(missing, missing.c.id == duty.c.case_id))
        .where(
            duty.c.kind == DutyKind.CHECK_IN_LATE.value,
            asked.on(duty.c.due_on),
            asked.here(missing.c.area_id),
        )
        .subquery()
    )
    seen = select(made.c.made, missed.c.missed).select_from(made.join(missed, true())).subquery()
    return [told(asked, seen, share(Key.CHECK_INS_KEPT, seen.c.made, seen.c.made + seen.c.missed))]
