"""Taking over the log of a work group: in parts, by several at once, by those who may, whole or not at all."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import World
from tests.integration.features.first_asks.group_logs import (
    MATTER,
    answers,
    given,
    line,
    questions,
    said,
    taken,
    team,
)

from bangban.features.first_asks import service
from bangban.features.first_asks.group_rules import (
    MOST_QUESTIONS,
)
from bangban.features.first_asks.service import Asker, LogTaken
from bangban.features.first_asks.values import AskChannel
from bangban.features.orders.placing_problems import NobodyToAsk
from bangban.features.people.tables import StaffRow
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Forbidden, InvalidInput, LimitExceeded, NotFound
from bangban.kernel.tenancy.work import Work


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


def test_an_import_costs_the_same_however_long_the_log_is(world: World) -> None:
    counts = []
    for size in (2, 40):
        taken(world, team(world), *(line(str(n), said(world, n)) for n in range(size)))
        counts.append(len(world.counted))
    assert counts[0] == counts[1]
