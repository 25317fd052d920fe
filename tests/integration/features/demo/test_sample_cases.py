"""Sample cases: in every state, and by every rule of casework."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from tests.integration.features.demo.samples import SLUGS, Loaded

from bangban.features.cases.rules.facts import APPLICANT_WORD
from bangban.features.cases.service.clocks import find_clock
from bangban.features.cases.tables import (
    CaseEventRow,
    CaseMaterialRow,
    CaseRow,
    HandoverRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
)
from bangban.features.cases.values import CaseState, Grade, HelpKind, MaterialState, ResultStanding
from bangban.features.hall.tables import IntakeBatchCaseRow
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderKind, OrderState
from bangban.features.people.tables import StaffRow
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.clock import Light
from bangban.kernel.tenancy.tables import OutboxRow

CONDITIONAL = CaseRow.result_standing == ResultStanding.CONDITIONAL
ENDED = {CaseState.COMPLETED, CaseState.CLOSED}
OPEN = {CaseState.ACCEPTED, CaseState.IN_PROGRESS, CaseState.SUSPENDED}


def test_every_state_and_light_is_there(samples: Loaded, slug: str) -> None:
    calendar = samples.run(samples.tenancy.calendar(samples.district(slug)))
    today = datetime.now(UTC).astimezone(samples.district(slug).zone).date()
    rows = [row for (row,) in samples.all(slug, select(CaseRow))]
    assert {row.state for row in rows} == set(CaseState)
    running = [row for row in rows if row.state in {CaseState.ACCEPTED, CaseState.IN_PROGRESS}]
    lights = set()
    for row in running:
        clock = find_clock(row)
        assert clock is not None
        lights.add(clock.light(calendar.moment(today)))
    assert lights == set(Light)
    assert {row.help for row in rows} == set(HelpKind)
    assert len({row.channel for row in rows}) >= 4
    assert len({row.area_id for row in rows}) >= 10
    assert len({mode for row in rows for mode in row.modes}) >= 3
    assert (max(row.submitted_at for row in rows) - min(row.submitted_at for row in rows)).days > 60


def test_every_timeline_is_one_chain_that_ends_where_the_case_stands(samples: Loaded, slug: str) -> None:
    states = dict(row for row in samples.all(slug, select(CaseRow.id, CaseRow.state)))
    events: dict[Any, list[CaseEventRow]] = {}
    for (event,) in samples.all(slug, select(CaseEventRow).order_by(CaseEventRow.id)):
        events.setdefault(event.case_id, []).append(event)
    assert events.keys() == states.keys()
    for case_id, chain in events.items():
        assert chain[0].from_state is None
        assert [each.to_state for each in chain[:-1]] == [each.from_state for each in chain[1:]]
        assert chain[-1].to_state is states[case_id]
        assert [each.at for each in chain] == sorted(each.at for each in chain)
        assert chain[-1].at < datetime.now(UTC)
    names = {name for (name,) in samples.all(slug, select(StaffRow.name).where(StaffRow.login.is_not(None)))}
    assert {each.actor for chain in events.values() for each in chain} <= names | {APPLICANT_WORD}


def test_cases_have_one_holder_and_their_first_owner(samples: Loaded, slug: str) -> None:
    taken: dict[Any, list[HandoverRow]] = {}
    pending = set()
    for (row,) in samples.all(slug, select(HandoverRow).order_by(HandoverRow.offered_at)):
        if row.taken_at is not None:
            taken.setdefault(row.case_id, []).append(row)
        elif row.returned_at is None:
            pending.add(row.case_id)
    assert taken
    assert pending
    batched = {case_id for (case_id,) in samples.all(slug, select(IntakeBatchCaseRow.case_id))}
    for (case,) in samples.all(slug, select(CaseRow)):
        if case.id in batched:  # the back office has it, whoever took it in stays first asked
            continue
        hands = [case.first_asked_id, *(row.to_id for row in taken.get(case.id, ()))]
        assert case.holder_id == hands[-1]
        assert [row.from_id for row in taken.get(case.id, ())] == hands[:-1]
        if case.id in pending:
            assert case.state not in ENDED


def test_tolerance_notices_and_ratings_keep_their_rules(samples: Loaded, slug: str) -> None:
    states = dict(row for row in samples.all(slug, select(CaseRow.id, CaseRow.state)))
    promises = [row for (row,) in samples.all(slug, select(ToleranceRow))]
    assert any(row.fulfilled_at for row in promises)
    assert any(row.fulfilled_at is None and states[row.case_id] in OPEN for row in promises)
    waiting = {row for (row,) in samples.all(slug, select(CaseRow.id).where(CONDITIONAL))}
    ended = [row for row in promises if states[row.case_id] in ENDED]
    assert all(bool(row.fulfilled_at) is (row.case_id not in waiting) for row in ended)
    assert samples.all(slug, select(NoticeRow.id))
    lacking = (
        select(func.count())
        .select_from(CaseMaterialRow)
        .join(CaseRow, CaseRow.id == CaseMaterialRow.case_id)
        .where(
            CaseRow.state.in_(sorted(ENDED)),
            CaseRow.id.not_in(waiting),
            CaseMaterialRow.required,
            CaseMaterialRow.state.not_in([MaterialState.SUPPLIED, MaterialState.EXEMPT]),
        )
    )
    assert samples.all(slug, lacking) == [(0,)]
    ratings = [row for (row,) in samples.all(slug, select(RatingRow))]
    assert {row.case_id for row in ratings} == {
        key for key, state in states.items() if state is CaseState.CLOSED
    }
    assert len({row.grade for row in ratings}) >= 3
    assert {row.grade for row in ratings} <= set(Grade)


def test_the_trail_has_each_act_in_the_order_in_which_it_happened(samples: Loaded, slug: str) -> None:
    acts = [
        (entry.at, entry.actor.split(":")[0])
        for (entry,) in samples.all(
            slug,
            select(AuditEntryRow)
            .where(AuditEntryRow.request_id == "demo", AuditEntryRow.action.regexp_match("^(case|custody):"))
            .order_by(AuditEntryRow.seq),
        )
    ]
    ((events,),) = samples.all(slug, select(func.count()).select_from(CaseEventRow))
    assert len(acts) == events
    assert acts == sorted(acts, key=lambda act: act[0])
    assert {kind for _, kind in acts} == {"staff", "resident"}


def test_nobody_is_sent_a_message_about_samples(samples: Loaded) -> None:
    references = {str(case_id) for slug in SLUGS for (case_id,) in samples.all(slug, select(CaseRow.id))}

    async def announced() -> set[str]:
        async with samples.tenancy.platform() as db:
            return set(await db.scalars(select(OutboxRow.reference)))

    assert not references & samples.run(announced())


def test_orders_of_every_kind_on_offer_were_done_and_wait_with_their_timers(samples: Loaded) -> None:
    slug = "demo-zibo"
    rows = [row for (row,) in samples.all(slug, select(OrderRow))]
    kinds = {OrderKind.NEED, OrderKind.PICKUP, OrderKind.DELIVERY}
    standing = {state: {row.kind for row in rows if row.state is state} for state in OrderState}
    assert standing[OrderState.DONE] == kinds
    assert standing[OrderState.CLAIMED] == {OrderKind.CASE}
    assert standing[OrderState.OPEN] == kinds | {OrderKind.CASE}
    assert all((row.grade is None) == (row.state is not OrderState.DONE) for row in rows)
    waiting = {str(row.id): row.due_at for row in rows if row.state is OrderState.OPEN}

    async def timers() -> dict[str, datetime | None]:
        async with samples.tenancy.platform() as db:
            found = await db.execute(
                select(OutboxRow.reference, OutboxRow.due_at).where(OutboxRow.kind == "order.unclaimed")
            )
            return {reference: due for reference, due in found if reference in waiting}

    assert samples.run(timers()) == waiting
