"""What there is to supervise, as statements over all of a district's open cases at once.

``_WANTED`` says which duties there ought to be on a day: a function of the cases and the day alone. A sweep adds
those that are missing and voids open ones that ought not to be there; so whatever was interrupted or done
twice, the outcome is the same. The thresholds are those of ``kernel.clock.lights``, written as its docstring says.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from bangban.features.cases.rules.facts import AFTER_ACCEPTANCE, BEING_DONE
from bangban.features.cases.tables import CaseRow, NoticeRow, ToleranceRow
from bangban.features.cases.values import CaseState
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyKind, DutyState
from bangban.kernel.database.written import Given, Written

_MOMENT: Final = DateTime(timezone=True)
_DUTY: Final = DutyRow.__table__


def _kind(kind: DutyKind) -> Any:
    return literal(kind.value, Text())


def _lights() -> Select[Any]:
    """Cases whose light is yellow, red or overdue. A clock that stands still warns of nothing; but whatever was
    overdue when it was stopped stays so, or stopping it would be a way out."""
    promised = CaseRow.promised_days
    left = CaseRow.due_ordinal - func.coalesce(CaseRow.suspended_ordinal, Given("next_ordinal", BigInteger()))
    third = func.div(promised + 2, 3, type_=Integer())
    red = left <= func.least(1, promised - 1)
    yellow = left <= func.least(func.greatest(2, third), promised - 1)
    runs = CaseRow.state.in_(sorted(BEING_DONE))
    stage = case(
        (left < 0, _kind(DutyKind.OVERDUE)),
        (red, _kind(DutyKind.RED)),
        else_=_kind(DutyKind.YELLOW),
    )
    return select(CaseRow.id.label("case_id"), stage.label("kind"), CaseRow.due_on.label("due_on")).where(
        CaseRow.state.in_(sorted(AFTER_ACCEPTANCE)),
        CaseRow.due_on.is_not(None),
        or_(left < 0, and_(runs, or_(red, yellow))),
    )


def _legal() -> Select[Any]:
    """Cases that take longer than the law allows (行政许可法 Art. 42), which is not the promise."""
    legal = CaseRow.accepted_ordinal + CaseRow.paused_days + ServiceItemRow.legal_working_days
    until = func.coalesce(CaseRow.suspended_ordinal, Given("next_ordinal", BigInteger()))
    return (
        select(CaseRow.id, _kind(DutyKind.LEGAL_LIMIT), CaseRow.due_on)
        .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
        .where(
            CaseRow.state.in_(sorted(AFTER_ACCEPTANCE)),
            CaseRow.due_on.is_not(None),
            legal < until,
        )
    )


def _promises() -> Select[Any]:
    """Tolerance promises that are not kept yet: due soon, or broken (DOMAIN D10)."""
    today = Given("today", Date())
    kind = case(
        (ToleranceRow.promised_by < today, _kind(DutyKind.PROMISE_BROKEN)),
        else_=_kind(DutyKind.PROMISE_DUE),
    )
    return (
        select(ToleranceRow.case_id, kind, ToleranceRow.promised_by)
        .join(CaseRow, CaseRow.id == ToleranceRow.case_id)
        .where(
            CaseRow.state.in_(sorted(AFTER_ACCEPTANCE)),
            ToleranceRow.fulfilled_at.is_(None),
            ToleranceRow.promised_by <= Given("warn_until", Date()),
        )
    )


def _notices() -> Select[Any]:
    """One-time notices whose deadline passed without the papers."""
    later = NoticeRow.__table__.alias("later")
    newest = ~exists().where(later.c.case_id == NoticeRow.case_id, later.c.ordinal > NoticeRow.ordinal)
    return (
        select(NoticeRow.case_id, _kind(DutyKind.NOTICE_EXPIRED), NoticeRow.deadline)
        .join(CaseRow, CaseRow.id == NoticeRow.case_id)
        .where(
            CaseRow.state == CaseState.AWAITING_MATERIALS, NoticeRow.deadline < Given("today", Date()), newest
        )
    )


def _wanted() -> Any:
    return union_all(_lights(), _legal(), _promises(), _notices()).cte("wanted").prefix_with("MATERIALIZED")


def _missing() -> Written:
    """Duties that ought to be there and are not: case, kind, day. A few at a time."""
    wanted, found = _wanted(), _DUTY.alias("found")
    there = exists().where(
        found.c.case_id == wanted.c.case_id,
        found.c.kind == wanted.c.kind,
        found.c.due_on == wanted.c.due_on,
        found.c.state != DutyState.VOID.value,
    )
    return Written(
        select(wanted.c.case_id, wanted.c.kind, wanted.c.due_on)
        .where(~there)
        .order_by(wanted.c.case_id, wanted.c.kind)
        .limit(Given("most", BigInteger()))
    )


def _raise() -> Written:
    """Put them in. One that came to be void is open again: its case is back where it was."""
    lists = func.unnest(
        Given("ids", ARRAY(Uuid())),
        Given("case_ids", ARRAY(Uuid())),
        Given("kinds", ARRAY(Text())),
        Given("dues", ARRAY(Date())),
    ).table_valued("id", "case_id", "kind", "due_on", name="list")
    given = select(lists.render_derived()).cte("given").prefix_with("MATERIALIZED")
    new = insert(DutyRow).from_select(
        ["id", "case_id", "kind", "due_on", "state", "raised_at"],
        select(
            given.c.id,
            given.c.case_id,
            given.c.kind,
            given.c.due_on,
            literal(DutyState.OPEN.value, Text()),
            Given("now", _MOMENT),
        ),
        include_defaults=False,
    )
    return Written(
        new.on_conflict_do_update(
            constraint="duty_once_key",
            set_={name: new.excluded[name] for name in ("state", "raised_at", "ended_at")},
            where=_DUTY.c.state == DutyState.VOID.value,
        ).returning(DutyRow.id, DutyRow.kind)
    )


def _void() -> Written:
    """Close those whose case ended, was lengthened, or is at another light by now."""
    wanted = _wanted()
    holds = exists().where(
        wanted.c.case_id == DutyRow.case_id,
        wanted.c.kind == DutyRow.kind,
        wanted.c.due_on == DutyRow.due_on,
    )
    return Written(
        update(DutyRow)
        .where(DutyRow.state == DutyState.OPEN.value, ~holds)
        .values(state=DutyState.VOID.value, ended_at=Given("now", _MOMENT))
        .returning(DutyRow.id)
    )


def _void_of_case() -> Written:
    """Close all that are open about one case."""
    return Written(
        update(DutyRow)
        .where(DutyRow.case_id == Given("case_id", Uuid()), DutyRow.state == DutyState.OPEN.value)
        .values(state=DutyState.VOID.value, ended_at=Given("now", _MOMENT))
        .returning(DutyRow.id)
    )


MISSING: Final = _missing()
RAISE: Final = _raise()
VOID: Final = _void()
VOID_OF_CASE: Final = _void_of_case()
