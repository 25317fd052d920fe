"""The log of a work group is taken over in parts, by several at once, and says who answered what and how soon."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import MONDAY, SINCE, World
from tests.integration.features.first_asks.asking import passed, row_of, told_of

from bangban.features.first_asks import service
from bangban.features.first_asks.group_rules import (
    ANSWERED_IN_GROUP,
    MOST_QUESTIONS,
    GroupAnswer,
    GroupQuestion,
)
from bangban.features.first_asks.service import Asker, LogTaken
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.orders.problems import NobodyToAsk
from bangban.features.people.tables import StaffRow, TeamMemberRow, TeamRow
from bangban.features.personal_data.retention import erase_due
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.messenger import Template
from bangban.kernel.problems import Forbidden, InvalidInput, LimitExceeded, NotFound
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
NOON = MONDAY - 3 * HOUR
MATTER = "施工许可要先办哪一步"


def team(world: World, *, lead: str = "helper-a", members: Sequence[str] = ("clerk-a",)) -> UUID:
    """A fresh team of a town with its lead and its members."""
    row = TeamRow(
        id=new_id(), key=f"g-{new_id().hex}", name="样本群", kind="PROJECT", area_id=world.areas["town-a"].id
    )

    async def do(work: Work) -> None:
        work.db.add(row)
        await work.db.flush()
        work.db.add_all(
            TeamMemberRow(
                id=new_id(), team_id=row.id, staff_id=world.people[name].id, since=SINCE, lead=name == lead
            )
            for name in (lead, *members)
        )

    world.act("admin", do)
    return row.id


def said(world: World, minutes: int = 2, text: str = "先办规划许可", by: str = "clerk-a") -> GroupAnswer:
    author = world.people[by].id
    assert author is not None
    return GroupAnswer(author, NOON + minutes * MINUTE, text)


def line(number: str, *answers: GroupAnswer, **how: Any) -> GroupQuestion:
    return GroupQuestion(
        number=number, answers=frozenset(answers), **{"asked_at": NOON, "matter": MATTER, **how}
    )


def given(team_id: UUID, lines: Sequence[GroupQuestion], asker: Asker | None = None) -> dict[str, Any]:
    return {"team_id": team_id, "lines": lines, "askers": [asker] * len(lines)}


def taken(world: World, team_id: UUID, *lines: GroupQuestion, who: str = "helper-a", **how: Any) -> LogTaken:
    return world.act(who, service.import_group_log, **given(team_id, lines, how.pop("asker", None)), **how)


def questions(world: World, team_id: UUID) -> dict[str, FirstAskRow]:
    found = world.rows(FirstAskRow, FirstAskRow.team_id == team_id)
    return {each.external_number or "": each for each in found}


def answers(world: World, row: FirstAskRow) -> list[FirstAskAnswerRow]:
    return sorted(
        world.rows(FirstAskAnswerRow, FirstAskAnswerRow.first_ask_id == row.id), key=lambda each: each.at
    )


def shown(world: World, team_id: UUID) -> dict[str, Any]:
    """All that a log left behind, but ids and numbers."""
    return {
        number: (
            row.matter,
            row.asked_at,
            row.state,
            row.owner_id,
            row.closed_at,
            row.outcome,
            sorted((each.at, each.author_id, each.text) for each in answers(world, row)),
        )
        for number, row in questions(world, team_id).items()
    }


def test_a_question_without_an_answer_is_the_leads_at_once_until_somebody_answers(world: World) -> None:
    team_id = team(world)
    done = taken(world, team_id, line("1", asked_at=MONDAY - MINUTE), line("2", said(world)))
    assert (done.questions, done.answers, done.repeated, done.faults) == (2, 1, 0, ())
    waiting, answered = questions(world, team_id)["1"], questions(world, team_id)["2"]
    assert (waiting.state, waiting.channel) == (AskState.HANDLING, AskChannel.GROUP)
    assert waiting.owner_id == waiting.handler_id == world.people["helper-a"].id
    assert waiting.reply_due_at == MONDAY + 29 * MINUTE
    assert (answered.state, answered.outcome) == (AskState.CLOSED, ANSWERED_IN_GROUP)
    assert (answered.closed_at, answered.reply_due_at) == (NOON + 2 * MINUTE, None)
    (found,) = answers(world, answered)
    assert (found.author_id, found.recorded_by_id) == (
        world.people["clerk-a"].id,
        world.people["helper-a"].id,
    )
    late = told_of(world, waiting.id, "asking.reply-due")
    assert late == [("staff:helper-a", Template.QUESTION_LATE), ("staff:supervisor", Template.QUESTION_LATE)]
    later = taken(world, team_id, line("1", said(world, 179), asked_at=MONDAY - MINUTE), now=MONDAY + HOUR)
    assert (later.questions, later.answers) == (0, 1)
    assert questions(world, team_id)["1"].state is AskState.CLOSED
    assert told_of(world, waiting.id, "asking.reply-due") == []


def test_a_question_is_answered_by_hand_too_and_an_open_transfer_ends_with_the_groups_answer(
    world: World,
) -> None:
    team_id = team(world)
    taken(world, team_id, line("1"), line("2"))
    by_hand, on = questions(world, team_id)["1"].number, questions(world, team_id)["2"].number
    world.act("helper-a", service.answer_first_ask, number=by_hand, text="请先办规划许可")
    world.act("helper-a", service.close_first_ask, number=by_hand, outcome="已答复企业")
    transfer = passed(world, on, "helper-a", "clerk-a")
    taken(world, team_id, line("1", said(world)), line("2", said(world)))
    first, second = questions(world, team_id)["1"], questions(world, team_id)["2"]
    assert (first.outcome, first.closed_at, len(answers(world, first))) == ("已答复企业", MONDAY, 2)
    assert (second.state, second.handler_id) == (AskState.CLOSED, world.people["helper-a"].id)
    (offer,) = world.rows(FirstAskTransferRow, FirstAskTransferRow.id == transfer)
    assert (offer.returned_at, offer.return_reason) == (MONDAY, ANSWERED_IN_GROUP)
    world.act("admin", service.expire_transfer, transfer_id=transfer, now=MONDAY + 9 * HOUR)
    assert questions(world, team_id)["2"].state is AskState.CLOSED


def test_parts_that_overlap_in_any_order_leave_what_the_whole_log_leaves(world: World) -> None:
    random = Random(12)
    whole = [line("1"), line("2", said(world), said(world, 9, by="helper-a")), line("3", said(world, 4))]
    parts = [
        [whole[0], line("2")],
        [line("2", said(world, 9, by="helper-a")), line("3")],
        [line("2", said(world)), whole[2], whole[2]],
        whole,
    ]
    at_once = team(world)
    taken(world, at_once, *whole)
    for _ in range(2):
        in_parts = team(world)
        for part in random.sample(parts, len(parts)):
            taken(world, in_parts, *part)
        assert shown(world, in_parts) == shown(world, at_once)
        again = taken(world, in_parts, *whole)
        assert (again.questions, again.answers, again.repeated) == (0, 0, 3)


def test_imports_at_once_take_turns_and_lose_nothing(world: World) -> None:
    team_id = team(world)
    whole = [line(str(n), said(world, n)) for n in range(12)]

    async def at_once() -> list[LogTaken]:
        acts = (
            world.acting(who, service.import_group_log, **given(team_id, whole[start : start + 8]))
            for start, who in ((0, "helper-a"), (2, "supervisor"), (4, "helper-a"), (4, "dispatcher"))
        )
        return await asyncio.gather(*acts)

    done: list[LogTaken] = world.run(at_once())
    assert sum(each.questions for each in done) == sum(each.answers for each in done) == len(whole)
    alone = team(world)
    taken(world, alone, *whole)
    assert shown(world, team_id) == shown(world, alone)


def test_one_faulty_line_keeps_the_whole_log_out_and_each_is_named(world: World) -> None:
    team_id = team(world)
    bad = Asker(name="样本企业", phone="12")
    done = taken(world, team_id, line("1"), line("2", said(world, by="clerk")), asker=bad)
    assert [(each.line, each.column) for each in done.faults] == [(1, "asker"), (2, "answers"), (2, "asker")]
    assert questions(world, team_id) == {}
    assert "12" not in "".join(each.message("en") + each.message("zh") for each in done.faults)
    taken(world, team_id, line("1"))
    changed = taken(world, team_id, line("2"), line("1", said(world), matter="别的问题"))
    assert [(each.line, each.column) for each in changed.faults] == [(2, "number")]
    assert list(questions(world, team_id)) == ["1"]
    with pytest.raises(LimitExceeded):
        taken(world, team_id, *(line(str(n)) for n in range(MOST_QUESTIONS + 1)))
    with pytest.raises(InvalidInput):
        world.act(
            "clerk-a",
            service.record_first_ask,
            channel=AskChannel.GROUP,
            area_id=world.areas["town-a"].id,
            matter=MATTER,
            within_duty=True,
        )


def test_banned_phrases_are_kept_and_shown_since_they_were_said(world: World) -> None:
    team_id = team(world)

    async def say(work: Work, **settings: Any) -> None:
        await work.db.execute(update(ProfileRow).values(settings=settings))

    world.act("admin", say, assistance={"phrases": [{"phrase": "不归我管"}]})
    world.tenancy.forget(world.district.slug)
    try:
        taken(world, team_id, line("1", said(world, text="不归,我管!"), said(world, 3)))
    finally:
        world.act("admin", say)
        world.tenancy.forget(world.district.slug)
    rude, polite = answers(world, questions(world, team_id)["1"])
    assert (rude.text, rude.banned_phrases, polite.banned_phrases) == ("不归,我管!", ["不归我管"], None)


def test_only_the_lead_and_who_keeps_the_area_take_a_log_over(world: World) -> None:
    team_id = team(world)
    for who, refusal in (("clerk-a", NotFound), ("clerk-b", NotFound), ("auditor", Forbidden)):
        with pytest.raises(refusal):
            taken(world, team_id, line("1"), who=who)
    with pytest.raises(Forbidden):
        taken(world, team_id, line("1"), who="admin")
    with pytest.raises(NotFound):
        taken(world, new_id(), line("1"))
    for who in ("helper-a", "supervisor", "dispatcher"):
        taken(world, team_id, line("1"), who=who)
    assert len(questions(world, team_id)) == 1


def test_nobody_is_asked_where_nobody_of_the_team_serves(world: World) -> None:
    team_id = team(world, lead="grid-helper", members=())

    async def serve(work: Work, active: bool) -> None:
        await work.db.execute(update(StaffRow).where(StaffRow.login == "grid-helper").values(active=active))

    world.act("admin", serve, active=False)
    try:
        with pytest.raises(NobodyToAsk):
            taken(world, team_id, line("1"), who="supervisor")
    finally:
        world.act("admin", serve, active=True)


def test_nothing_personal_is_on_record_and_all_of_it_is_forgotten_in_time(world: World) -> None:
    team_id, name, phone = team(world), "样本企业联系人", sample_phone(77)
    taken(world, team_id, line("1", said(world)), asker=Asker(name=name, phone=phone))
    row = questions(world, team_id)["1"]
    assert row.asker_masked is not None
    assert phone not in row.asker_masked
    entries = world.rows(AuditEntryRow, AuditEntryRow.action == "asking:import")
    told = "".join(f"{each.object}{each.details}" for each in entries)
    assert not any(each in told for each in (name, phone, MATTER, "先办规划许可"))
    assert {f"asking:{row.number}"} <= {each.object for each in entries}
    years = dt.timedelta(days=365 * 8)
    world.act("admin", erase_due, now=MONDAY + years)
    gone = row_of(world, FirstAskRow.id == row.id)
    assert (gone.matter, gone.asker_sealed, gone.asker_masked) == ("***", None, None)
    again = taken(world, team_id, line("1", said(world)))
    assert (again.questions, again.repeated, again.faults) == (0, 1, ())
    assert row_of(world, FirstAskRow.id == row.id).matter == "***"


def test_an_import_costs_the_same_however_long_the_log_is(world: World) -> None:
    counts = []
    for size in (2, 40):
        taken(world, team(world), *(line(str(n), said(world, n)) for n in range(size)))
        counts.append(len(world.counted))
    assert counts[0] == counts[1]


def test_open_questions_are_due_and_those_that_were_answered_are_not(world: World) -> None:
    team_id = team(world)
    taken(world, team_id, line("1"), line("2", said(world)))
    ids = {number: str(row.id) for number, row in questions(world, team_id).items()}

    assert world.outbox(ids["1"]) == ["asking.reply-due"]
    assert world.outbox(ids["2"]) == []
