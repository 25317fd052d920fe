"""What there is to supervise, as statements over all of a district's open cases at once.

``_wanted`` says which duties there ought to be on a day: a function of the cases, the day, and the list of limits
that ``looking`` gives. A sweep adds those that are missing and voids open ones that ought not to be there; so
whatever was interrupted or done twice, the outcome is the same. The thresholds are those of ``kernel.clock.lights``,
written as its docstring says.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from bangban.features.cases.rules.facts import AFTER_ACCEPTANCE, BEING_DONE
from bangban.features.cases.tables import CaseRow, NoticeRow, ToleranceRow
from bangban.features.cases.values import CaseState, ResultStanding
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import DutyKind, DutyState
from bangban.kernel.database.written import Given, Written, given_list

_MOMENT: Final = DateTime(timezone=True)
_DUTY: Final = DutyRow.__table__
_OPEN: Final = DutyRow.state == DutyState.OPEN.value


def _about(rows: Any) -> ColumnElement[UUID]:
    """What a duty is about, whatever that is; as its key has it."""
    return func.coalesce(rows.case_id, rows.subject_id)


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
    """Tolerance promises that are not kept yet: due soon, or broken (DOMAIN D10).

    Of open cases, of results that stand on the condition of them, and of those that were withdrawn for it.
    """
    today = Given("today", Date())
    kind = case(
        (ToleranceRow.promised_by < today, _kind(DutyKind.PROMISE_BROKEN)),
        else_=_kind(DutyKind.PROMISE_DUE),
    )
    return (
        select(ToleranceRow.case_id, kind, ToleranceRow.promised_by)
        .join(CaseRow, CaseRow.id == ToleranceRow.case_id)
        .where(
            or_(
                CaseRow.state.in_(sorted(AFTER_ACCEPTANCE)),
                CaseRow.result_standing == ResultStanding.CONDITIONAL,
                and_(CaseRow.result_standing == ResultStanding.WITHDRAWN, ToleranceRow.cleared_at.is_(None)),
            ),
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


def _of_cases() -> Select[Any]:
    found = union_all(_lights(), _legal(), _promises(), _notices()).subquery("of_cases")
    nothing = cast(null(), Uuid())
    return select(
        found.c.case_id, nothing.label("subject_id"), nothing.label("area_id"), found.c.kind, found.c.due_on
    )


def _listed() -> Select[Any]:
    """The limits that are reckoned beside the database."""
    uuid = Uuid()
    listed = given_list("limit", case_id=uuid, subject_id=uuid, area_id=uuid, kind=Text(), due_on=Date())
    return select(*(listed.c[name] for name in _COLUMNS))


def _wanted() -> Any:
    return union_all(_of_cases(), _listed()).cte("wanted").prefix_with("MATERIALIZED")


def _missing_of(wanted: Any) -> Written:
    """Duties that ought to be there and are not. A few at a time."""
    found = _DUTY.alias("found")
    there = exists().where(
        _about(found.c) == _about(wanted.c),
        found.c.kind == wanted.c.kind,
        found.c.due_on == wanted.c.due_on,
        found.c.state != DutyState.VOID.value,
    )
    return Written(
        select(*(wanted.c[name] for name in _COLUMNS))
        .where(~there)
        .order_by(_about(wanted.c), wanted.c.kind)
        .limit(Given("most", BigInteger()))
    )


def _raise() -> Written:
    """Put them in. One that came to be void is open again: its case is back where it was."""
    columns = {name: _DUTY.c[name].type for name in ("id", "case_id", "subject_id", "area_id")}
    lists = given_list("duty", **columns, kind=Text(), due_on=Date())
    given = select(lists).cte("given").prefix_with("MATERIALIZED")
    new = insert(DutyRow).from_select(
        ["id", *_COLUMNS, "state", "raised_at"],
        select(
            given.c.id,
            *(given.c[name] for name in _COLUMNS),
            literal(DutyState.OPEN.value, Text()),
            Given("now", _MOMENT),
        ),
        include_defaults=False,
    )
    return Written(
        new.on_conflict_do_update(
            index_elements=[text("coalesce(case_id, subject_id)"), "kind", "due_on"],
            set_={name: new.excluded[name] for name in ("area_id", "state", "raised_at", "ended_at")},
            where=_DUTY.c.state == DutyState.VOID.value,
        ).returning(DutyRow.id, DutyRow.kind)
    )


def _voiding(*where: ColumnElement[bool]) -> Written:
    return Written(
        update(DutyRow)
        .where(_OPEN, *where)
        .values(state=DutyState.VOID.value, ended_at=Given("now", _MOMENT))
        .returning(DutyRow.id)
    )


def _void() -> Written:
    """Close those whose case ended, was lengthened, or is at another light by now. What came up since stays."""
    wanted = _wanted()
    holds = exists().where(
        _about(wanted.c) == _about(DutyRow),
        wanted.c.kind == DutyRow.kind,
        wanted.c.due_on == DutyRow.due_on,
    )
    return _voiding(~holds, DutyRow.raised_at <= Given("now", _MOMENT))


_COLUMNS: Final = ("case_id", "subject_id", "area_id", "kind", "due_on")

MISSING: Final = _missing_of(_wanted())
LISTED_MISSING: Final = _missing_of(_listed().cte("wanted").prefix_with("MATERIALIZED"))
"""The same for listed limits alone."""

RAISE: Final = _raise()
VOID: Final = _void()
VOID_ABOUT: Final = _voiding(_about(DutyRow) == Given("about", Uuid()))
"""Close all that are open about one thing."""

VOID_KINDS_ABOUT: Final = _voiding(
    _about(DutyRow) == Given("about", Uuid()),
    DutyRow.kind == any_(Given("kinds", ARRAY(Text()))),
    DutyRow.due_on.is_distinct_from(Given("but_due_on", Date())),
)
"""Close those of some kinds, but not what was due on one day, if one is named."""
