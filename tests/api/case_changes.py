"""Drawn changes of cases, made as services make them, and drawn filters of lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st
from sqlalchemy import select
from tests.api.access_ledger import AREAS, STAFF, Kept, Ledger
from tests.api.access_world import ITEM

from bangban.features.cases.tables import CaseEventRow, CaseRow, HandoverRow
from bangban.features.cases.values import CaseState, ClockLight
from bangban.features.districts.platform import platform_work
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

STATES = [CaseState.SUBMITTED, CaseState.ACCEPTED, CaseState.WITHDRAWN]


class Step(NamedTuple):
    """A change of a case, as services make them: state, holder, offer and clock, with the event."""

    state: CaseState
    holder: str
    offered: str | None
    due_in: int | None


_person = st.sampled_from(STAFF)
some_step = st.builds(
    Step,
    state=st.sampled_from(STATES),
    holder=_person,
    offered=st.none() | _person,
    due_in=st.none() | st.integers(-2, 9),
)
some_case = st.builds(
    Kept,
    area=st.sampled_from(AREAS),
    holder=_person,
    first=_person,
    offered=st.none(),
    applicant=st.integers(0, 2),
)


@st.composite
def some_filter(draw: Any) -> dict[str, Any] | None:
    chosen = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "states": st.lists(st.sampled_from([str(each) for each in STATES]), max_size=2),
                "areaId": st.sampled_from(AREAS),
                "serviceCode": st.sampled_from([ITEM, ITEM, "NO-SUCH"]),
                "mine": st.booleans(),
                "light": st.sampled_from([str(each) for each in ClockLight]),
                "search": st.sampled_from(["样本", "样本人", "人", "%", "nobody", ""]),
            },
        )
    )
    found: dict[str, Any] | None = chosen if draw(st.booleans()) or chosen else None
    return found


async def make(world: Any, number: str, step: Step, ledger: Ledger, *, ago: timedelta = timedelta()) -> str:
    """Carry out a step as one transaction: the case's id."""

    async def change(work: Work) -> str:
        row = (await work.db.scalars(select(CaseRow).where(CaseRow.number == number))).one()
        opened = (
            await work.db.scalars(
                select(HandoverRow).where(
                    HandoverRow.case_id == row.id,
                    HandoverRow.taken_at.is_(None),
                    HandoverRow.returned_at.is_(None),
                )
            )
        ).first()
        holder, was = ledger.id(step.holder), row.state
        if opened is not None and opened.to_id == holder:
            opened.taken_at = work.now - ago
        elif opened is not None:
            opened.returned_at = work.now - ago
        elif row.holder_id != holder:  # nobody comes to hold a case but by a hand-over
            work.db.add(
                HandoverRow(
                    id=new_id(),
                    case_id=row.id,
                    from_id=row.holder_id,
                    to_id=holder,
                    reason="x",
                    offered_at=work.now - ago,
                    taken_at=work.now - ago,
                )
            )
        if opened is None or opened.to_id == holder:
            row.holder_id = holder
        await work.db.flush()
        if step.offered is not None and ledger.id(step.offered) != row.holder_id:
            work.db.add(
                HandoverRow(
                    id=new_id(),
                    case_id=row.id,
                    from_id=row.holder_id,
                    to_id=ledger.id(step.offered),
                    reason="x",
                    offered_at=work.now,
                )
            )
        row.state = step.state
        today = work.calendar.ordinal(work.today)
        row.due_ordinal = None if step.due_in is None else today + step.due_in
        row.due_on = None if step.due_in is None else work.today
        row.accepted_ordinal = None if step.due_in is None else today
        work.db.add(
            CaseEventRow(
                id=new_id(),
                case_id=row.id,
                at=work.now - ago,
                kind="TEST",
                from_state=was,
                to_state=step.state,
            )
        )
        work.announce("case.changed", str(row.id))
        return str(row.id)

    tenancy = world.services.tenancy
    async with platform_work(tenancy, tenancy.registry.get(world.slug)) as work:
        return await change(work)
