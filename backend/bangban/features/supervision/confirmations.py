"""Confirmations that a department owes (DOMAIN D16): due soon, or late. As ``BundleMember.late`` counts."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, or_, select

from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.rules.facts import AFTER_ACCEPTANCE, BEING_DONE
from bangban.features.cases.tables import CaseRow
from bangban.features.joint.member_sql import answer_due, answer_left
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.supervision.limits import Clocks, Wanted, of_cases, unconfirmed
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work


def _owed() -> Any:
    """Those near or over their limit. As of lights, a clock that stands still warns of nothing, and what was late
    when it stopped stays so."""
    days, left = (
        BundleRow.answer_working_days,
        answer_left(CaseRow, BundleRow.answer_working_days, Given("next_ordinal", BigInteger())),
    )
    return (
        select(CaseRow.id, answer_due(CaseRow, days).label("due_ordinal"), left.label("left"))
        .join(BundleMemberRow, BundleMemberRow.case_id == CaseRow.id)
        .join(BundleApplicationRow, BundleApplicationRow.id == BundleMemberRow.application_id)
        .join(BundleRow, BundleRow.id == BundleApplicationRow.bundle_id)
        .where(
            CaseRow.state.in_(sorted(AFTER_ACCEPTANCE)),
            days.is_not(None),
            left <= Given("warned", BigInteger()),
            or_(left < 0, CaseRow.state.in_(sorted(BEING_DONE))),
        )
    )


_OWED: Final = Written(_owed())


async def look_at_confirmations(work: Work, clocks: Clocks) -> list[Wanted]:
    """The duties of departments that have not answered; once the calendar is held."""
    given = {
        "next_ordinal": clocks.calendar.next_ordinal(clocks.today),
        "warned": clocks.settings.answer_warning_working_days,
    }
    return of_cases(
        (row.id, unconfirmed(clocks, due_on=clocks.calendar.date_of(row.due_ordinal), late=row.left < 0))
        for row in await work.run(_OWED, **given)
    )
