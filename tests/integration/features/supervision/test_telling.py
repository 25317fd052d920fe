"""Who is told of a duty: the right people, of what is still open, in their own language."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update
from tests.integration.features.cases.casework import World
from tests.integration.features.supervision.sweeps import day, sweep, told
from tests.letters import Letters

from bangban.features.cases import service
from bangban.features.people.contacts import set_contact
from bangban.features.people.tables import StaffRow, TeamMemberRow, TeamRow
from bangban.features.supervision.service import settle_duty
from bangban.features.supervision.tables import DutyRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.messenger import Template
from bangban.kernel.tenancy.work import Work

PROMISED = 10


def duty_on(world: World, working_days: int) -> DutyRow:
    """The one duty of the one case, so many days after acceptance."""
    world.accepted()
    sweep(world, day(working_days, world))
    (duty,) = world.rows(DutyRow)
    return duty


async def led_by_dispatcher(work: Work) -> None:
    people = {each.login: each for each in await work.db.scalars(select(StaffRow))}
    team = TeamRow(id=new_id(), key="team", name="样本队", kind="TOWN")
    work.db.add(team)
    await work.db.flush()
    for login, lead in (("helper-a", False), ("dispatcher", True)):
        work.db.add(
            TeamMemberRow(
                id=new_id(), team_id=team.id, staff_id=people[login].id, since=dt.date(2026, 1, 1), lead=lead
            )
        )


def test_yellow_is_the_holders_alone_and_red_the_leads_too(world: World, letters: Letters) -> None:
    world.act("admin", led_by_dispatcher)
    duty = duty_on(world, PROMISED - 3)
    assert told(world, letters, "duty.raised", str(duty.id)) == [("staff:helper-a", Template.DUTY_YELLOW)]
    sweep(world, day(PROMISED - 1, world))
    (red,) = world.rows(DutyRow, DutyRow.kind == "RED")
    assert set(told(world, letters, "duty.raised", str(red.id))) == {
        ("staff:helper-a", Template.DUTY_RED),
        ("staff:dispatcher", Template.DUTY_RED),
    }
    keys = [each.key for each in letters.sent]
    assert len(set(keys)) == 2  # each of them once, however often it is tried


def test_supervisors_are_told_once_how_many_there_are(world: World, letters: Letters) -> None:
    for _ in range(3):
        world.accepted()
    late = day(PROMISED + 1, world)
    sweep(world, late)
    assert told(world, letters, "duty.gathered", late.isoformat()) == [
        ("staff:supervisor", Template.DUTIES_GATHERED)
    ]
    assert "3 件" in letters.sent[0].text


def test_a_message_goes_to_enterprise_wechat_first_to_phone_else_address_and_speaks_their_language(
    world: World, letters: Letters
) -> None:
    duty = duty_on(world, PROMISED + 1)

    async def reachable(work: Work, *, phone: str | None, email: str, wecom: str | None) -> None:
        person = (await work.db.scalars(select(StaffRow).where(StaffRow.login == "helper-a"))).one()
        set_contact(work.vault, person, "phone", phone)
        set_contact(work.vault, person, "email", email)
        set_contact(work.vault, person, "wecom", wecom)
        person.language = "en"

    phone, email = sample_phone(50), "helper@example.test"
    for given, expected in (
        ((None, None), email),
        ((phone, None), phone),
        ((phone, "zhang.san"), "wecom:zhang.san"),
    ):
        world.act("admin", reachable, phone=given[0], email=email, wecom=given[1])
        assert told(world, letters, "duty.raised", str(duty.id)) == [(expected, Template.DUTY_OVERDUE)]
        assert letters.sent[0].text.startswith("[帮办] Overdue:")


def test_urging_reaches_the_holder(world: World, letters: Letters) -> None:
    duty = duty_on(world, PROMISED + 1)
    assert told(world, letters, "duty.urged", str(duty.id)) == [("staff:helper-a", Template.DUTY_URGED)]


def test_of_what_is_settled_nobody_is_told_any_more(world: World, letters: Letters) -> None:
    duty = duty_on(world, PROMISED + 1)
    world.act("supervisor", settle_duty, duty_id=duty.id, result="已约谈承办人")
    assert told(world, letters, "duty.raised", str(duty.id)) == []
    assert told(world, letters, "duty.urged", str(duty.id)) == []


def test_people_who_left_are_not_told(world: World, letters: Letters) -> None:
    duty = duty_on(world, PROMISED + 1)

    async def leave(work: Work) -> None:
        await work.db.execute(update(StaffRow).values(active=False))

    world.act("admin", leave)
    assert told(world, letters, "duty.raised", str(duty.id)) == []
    assert told(world, letters, "duty.gathered", day(PROMISED + 1, world).isoformat()) == []


def test_the_applicant_is_reminded_of_a_promise_with_the_papers(world: World, letters: Letters) -> None:
    number = world.apply(supplied=["FORM", "PHOTO"])
    world.act("clerk", service.pre_check_case, number=number)
    promised_by = day(4, world).date()
    world.act("clerk", service.accept_case, number=number, tolerated=["LEASE"], promised_by=promised_by)
    sweep(world, day(3, world))
    (duty,) = world.rows(DutyRow)
    assert told(world, letters, "duty.raised", str(duty.id)) == [(sample_phone(1), Template.TOLERANCE_DUE)]
    assert "样本材料 LEASE" in letters.sent[0].text
    assert str(promised_by) in letters.sent[0].text
