"""The log of a work group is taken over in parts, by several at once, and says who answered what and how soon."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import update
from tests.integration.features.cases.casework import MONDAY, World
from tests.integration.features.first_asks.asking import passed, row_of, told_of
from tests.integration.features.first_asks.group_logs import (
    HOUR,
    MATTER,
    MINUTE,
    NOON,
    answers,
    line,
    questions,
    said,
    taken,
    team,
)

from bangban.features.first_asks import service
from bangban.features.first_asks.group_rules import (
    ANSWERED_IN_GROUP,
)
from bangban.features.first_asks.service import Asker
from bangban.features.first_asks.tables import FirstAskRow, FirstAskTransferRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.personal_data.retention import erase_due
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.messenger import Template
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work


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


def test_open_questions_are_due_and_those_that_were_answered_are_not(world: World) -> None:
    team_id = team(world)
    taken(world, team_id, line("1"), line("2", said(world)))
    ids = {number: str(row.id) for number, row in questions(world, team_id).items()}

    assert world.outbox(ids["1"]) == ["asking.reply-due"]
    assert world.outbox(ids["2"]) == []
