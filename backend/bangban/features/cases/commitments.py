"""五项承诺 in the API: which of the five commitments a case kept, told by what is stored of it (DOMAIN B07)."""

from __future__ import annotations

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, FromClause, func, select
from sqlalchemy.dialects.postgresql import JSONB

from bangban.features.cases.attached import once_done
from bangban.features.cases.enums import CommitmentKind
from bangban.features.cases.tables import CaseEventRow, NoticeRow
from bangban.features.cases.values import EventKind
from bangban.kernel.planner.elements import elements, flag, value
from bangban.kernel.planner.fields import column
from bangban.kernel.planner.sources import Rows


@strawberry.type(description="One of the five commitments, and whether it was kept 承诺兑现情况.")
class Commitment:
    kind: CommitmentKind = column("Which one 承诺.", value("kind"))
    kept: bool | None = column(
        "Whether it was kept so far; null while nobody can say 是否兑现.", flag("kept")
    )


def _never(case_id: Any, kind: EventKind) -> ColumnElement[bool]:
    """Whether nothing of the kind happened to the case."""
    event = CaseEventRow.__table__.alias("what_happened")
    found = select(event.c.id).where(event.c.case_id == case_id, event.c.kind == kind.value)
    return ~found.correlate_except(event).exists()


def _told_once(case_id: Any) -> ColumnElement[bool]:
    notice = NoticeRow.__table__.alias("told_again")
    found = select(notice.c.id).where(notice.c.case_id == case_id, notice.c.ordinal > 1)
    return ~found.correlate_except(notice).exists()


def kept_commitments(rows: Rows) -> dict[CommitmentKind, ColumnElement[bool]]:
    """Of each of the five, in their order, whether the row's case kept it."""
    case = rows.c
    return {
        CommitmentKind.FIRST_ASKED: case.first_asked_id.is_not(None),
        CommitmentKind.TOLD_ONCE: _told_once(case.id),
        CommitmentKind.TO_THE_POINT: _never(case.id, EventKind.RETURNED),
        CommitmentKind.DONE_ONCE: once_done(rows),
        CommitmentKind.HANDED_OVER_IN_TIME: _never(case.id, EventKind.EXPIRED),
    }


def commitments(rows: Rows, alias: str) -> FromClause:
    """The five, in their order, as rows."""
    kept = kept_commitments(Rows(c=rows.parent, parent=rows.parent, request=rows.request))
    listed = [func.jsonb_build_object("kind", kind.value, "kept", test) for kind, test in kept.items()]
    return elements(func.jsonb_build_array(*listed, type_=JSONB()), alias)
