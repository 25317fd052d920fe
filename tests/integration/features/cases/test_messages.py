"""What people are told of their cases: the right person, the right text, once, and nothing of it in a log."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import ITEM, MONDAY, REQUIRED, World, applicant
from tests.letters import Letters

from bangban.features.accounts.tables import ResidentRow
from bangban.features.cases import colleagues, messages, reminders, service
from bangban.features.cases.rules.transition import Announcement
from bangban.features.cases.service import GivenAuthorisation, MissingMaterial
from bangban.features.cases.tables import CaseRow, NoticeRow
from bangban.features.cases.values import AuthorisationScope, CaseOutcome, HelpKind
from bangban.features.people.tables import StaffRow
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import PointKind
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.relay import Relay
from bangban.kernel.messenger import Message, Template
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


def handlers(tenancy: Tenancy, letters: Letters) -> dict[str, Handler]:
    """All that casework does with what was announced."""
    parts = (messages, colleagues, reminders)
    return {kind: handler for part in parts for kind, handler in part.handlers(tenancy, letters).items()}


def told(world: World, letters: Letters, kind: str, number: str) -> list[Message]:
    """What the handler of ``kind`` sends for one case."""
    return told_of(world, letters, kind, str(world.case(number).id))


def told_of(world: World, letters: Letters, kind: str, reference: str) -> list[Message]:
    delivery = Delivery(id=1, kind=kind, reference=reference, district=world.district, at=MONDAY, tries=1)
    world.run(handlers(world.tenancy, letters)[kind](delivery))
    return letters.sent


def test_a_notice_names_everything_that_is_missing_with_its_reason(world: World, letters: Letters) -> None:
    number = world.apply()
    missing = [MissingMaterial(code, "未盖章") for code in REQUIRED]
    world.act("helper-a", service.pre_check_case, number=number, missing=missing)
    (message,) = told(world, letters, "case.notice", number)
    assert message.to == sample_phone(1)
    assert message.template is Template.NOTICE_ISSUED
    assert message.text == (
        f"【帮办】您的“样本事项”（{number}）还需补正：样本材料 FORM(未盖章)、样本材料 LEASE(未盖章)、"
        "样本材料 PHOTO(未盖章)。以上为一次性告知的全部内容。请于 2026-06-15 前补交。"
    )
    assert (message.district, message.at, message.language) == (world.district.slug, MONDAY, "zh-CN")


async def _told_more(work: Work, *, case: CaseRow, area_id: UUID, language: str) -> None:
    """The notice says how and where, to somebody with this language."""
    point = ServicePointRow(
        id=new_id(),
        key=f"notice-{language}",
        area_id=area_id,
        kind=PointKind.HALL,
        name="样本大厅",
        address="样本路1号",
        longitude=118.0,
        latitude=36.8,
        hours={"text": "Mo 09:00-17:00", "Mo": [[540, 1020]]},
    )
    work.db.add(point)
    await work.db.flush()
    told = {"how": "可由家人代交，{number} 照写。", "where_id": point.id}
    await work.db.execute(update(NoticeRow).where(NoticeRow.case_id == case.id).values(told))
    await work.db.execute(
        update(ResidentRow).where(ResidentRow.id == case.resident_id).values(language=language)
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", "。请于 2026-06-15 前补交；方式：可由家人代交，{number} 照写；地点：样本大厅(样本路1号)。"),
        ("en", ". Supply it by 2026-06-15; how: 可由家人代交，{number} 照写; where: 样本大厅(样本路1号)."),
    ],
)
def test_a_notice_says_how_and_where_to_supply_it(
    world: World, letters: Letters, language: str, said: str
) -> None:
    number = world.apply(applicant=applicant(4711))
    missing = [MissingMaterial(code, "未盖章") for code in REQUIRED]
    world.act("helper-a", service.pre_check_case, number=number, missing=missing)
    area_id = world.areas["town-a"].id
    world.act("admin", _told_more, case=world.case(number), area_id=area_id, language=language)
    (message,) = told(world, letters, "case.notice", number)
    assert message.text.endswith(said)


def test_the_applicant_hears_of_each_authorisation_that_staff_record(world: World, letters: Letters) -> None:
    given = GivenAuthorisation(scope=tuple(AuthorisationScope), valid_until=dt.date(2026, 12, 31))
    number = world.apply(help=HelpKind.AGENCY, authorisation=given)
    assert world.outbox(world.case(number).id).count("case.authorised") == 1
    (message,) = told(world, letters, "case.authorised", number)
    assert (message.to, message.template) == (sample_phone(1), Template.CASE_AUTHORISED)
    assert message.text == (
        f"【帮办】工作人员已为您的“样本事项”（{number}）登记代办委托：代为申请、代领结果、代交材料，至 2026-12-31。"
        "如非您本人意愿，请登录后撤销委托。"
    )
    world.act("resident", service.revoke_authorisation, number=number)
    letters.sent.clear()
    assert told(world, letters, "case.authorised", number) == [], "nothing to withdraw any more"


def test_an_acceptance_names_the_promised_day(world: World, letters: Letters) -> None:
    number = world.accepted()
    (message,) = told(world, letters, "case.accepted", number)
    assert (message.to, message.template) == (sample_phone(1), Template.CASE_ACCEPTED)
    assert str(world.case(number).due_on) in message.text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", "请于 2026-06-10 前补齐 样本材料 LEASE；逾期未补齐的，可能终止办理，且不再适用容缺。"),
        (
            "en",
            "supply 样本材料 LEASE by 2026-06-10. Otherwise it may be ended, and no papers may follow later",
        ),
    ],
)
def test_an_acceptance_with_papers_to_follow_says_which_and_by_when_and_what_else(
    world: World, letters: Letters, language: str, said: str
) -> None:
    number = world.apply(supplied=["FORM", "PHOTO"], applicant=applicant(4713))
    world.act("clerk", service.pre_check_case, number=number)
    by = dt.date(2026, 6, 10)
    world.act("clerk", service.accept_case, number=number, tolerated=["LEASE"], promised_by=by)
    applied_for = ResidentRow.id == world.case(number).resident_id

    async def speaks(work: Work) -> None:
        await work.db.execute(update(ResidentRow).where(applied_for).values(language=language))

    world.act("admin", speaks)
    accepted, following = told(world, letters, "case.accepted", number)
    assert [accepted.template, following.template] == [Template.CASE_ACCEPTED, Template.CASE_TOLERATED]
    assert accepted.key != following.key
    assert said in following.text
    letters.sent.clear()
    world.act("helper-a", service.supply_materials, number=number, codes=["LEASE"])
    assert [each.template for each in told(world, letters, "case.accepted", number)] == [
        Template.CASE_ACCEPTED
    ], "nothing follows any more"


def test_a_completion_invites_to_rate(world: World, letters: Letters) -> None:
    number = world.accepted()
    world.act("clerk", service.complete_case, number=number, outcome=CaseOutcome.DONE)
    (message,) = told(world, letters, "case.completed", number)
    assert (message.to, message.template) == (sample_phone(1), Template.CASE_COMPLETED)
    assert number in message.text


def test_a_refusal_says_why_by_which_law_and_what_can_be_done(world: World, letters: Letters) -> None:
    number = world.accepted()
    why = {"opinion": "不符合居住年限", "basis": "样本条例第二条"}
    world.act("clerk", service.complete_case, number=number, outcome=CaseOutcome.REFUSED, **why)
    (message,) = told(world, letters, "case.completed", number)
    assert message.template is Template.CASE_REFUSED
    assert all(words in message.text for words in (*why.values(), "行政复议", number))


def test_a_refusal_to_accept_gives_the_reason(world: World, letters: Letters) -> None:
    number = world.apply(supplied=list(REQUIRED))
    world.act("helper-a", service.pre_check_case, number=number)
    world.act("clerk-a", service.decline_case, number=number, reason="不在受理范围", basis="样本条例")
    (message,) = told(world, letters, "case.declined", number)
    assert (message.to, message.template) == (sample_phone(1), Template.CASE_DECLINED)
    assert "不在受理范围" in message.text


def test_a_handover_goes_to_the_receiver_by_login_until_it_is_taken(world: World, letters: Letters) -> None:
    number = world.apply()
    to = world.people["clerk-a"].id
    world.act("helper-a", service.hand_over_case, number=number, to_staff_id=to, reason="接力")
    (message,) = told(world, letters, "case.handover", number)
    assert (message.to, message.template) == ("staff:clerk-a", Template.HANDOVER_OFFERED)
    assert "样本helper-a" in message.text
    world.act("clerk-a", service.take_over_case, number=number)
    assert told(world, letters, "case.handover", number) == [message]


ELSEWHERE = {
    Announcement.CHANGED,
    Announcement.REVIEW_DUE,
    Announcement.CHECK_IN_DUE,
    Announcement.TAKEN_OVER,  # orders, as of HANDOVER_RECALLED: what dispatches the case goes with it
    Announcement.HANDOVER_RECALLED,
    Announcement.CHECKED_IN,  # supervision; of some of them the applicant is told, as CHECK_IN_TOLD
}
"""Nobody is told of a change by a message. Of reviews and check-ins people are told by features/supervision."""


@pytest.mark.parametrize("kind", sorted(set(Announcement) - ELSEWHERE))
def test_nobody_is_told_of_a_case_that_is_not_there(world: World, letters: Letters, kind: str) -> None:
    assert told_of(world, letters, kind, str(uuid4())) == []


def test_a_stop_is_explained_and_going_on_names_the_new_day(world: World, letters: Letters) -> None:
    number = world.accepted()
    world.act("clerk", service.suspend_case, number=number, reason="等待专家评审")
    (stopped,) = told(world, letters, "case.suspended", number)
    assert (stopped.to, stopped.template) == (sample_phone(1), Template.CASE_SUSPENDED)
    assert "等待专家评审" in stopped.text
    later = MONDAY + dt.timedelta(days=7)
    world.act("clerk", service.resume_case, number=number, now=later)
    (_, resumed) = told(world, letters, "case.resumed", number)
    assert resumed.template is Template.CASE_RESUMED
    assert str(world.case(number).due_on) in resumed.text


def test_an_end_without_result_gives_the_ground(world: World, letters: Letters) -> None:
    number = world.accepted()
    world.act("supervisor", service.terminate_case, number=number, reason="容缺承诺未兑现", basis="样本条例")
    (message,) = told(world, letters, "case.terminated", number)
    assert (message.to, message.template) == (sample_phone(1), Template.CASE_TERMINATED)
    assert "容缺承诺未兑现" in message.text


def test_a_withdrawal_is_told_where_staff_did_it(world: World, letters: Letters) -> None:
    by_staff, by_applicant = world.apply(), world.apply()
    world.act("clerk", service.withdraw_case, number=by_staff, reason="申请人来电要求")
    world.act("resident", service.withdraw_case, number=by_applicant, reason=None)
    assert told(world, letters, "case.withdrawn", by_applicant) == []
    (message,) = told(world, letters, "case.withdrawn", by_staff)
    assert (message.to, message.template) == (sample_phone(1), Template.CASE_WITHDRAWN)


def test_a_returned_handover_goes_back_to_the_sender_with_the_reason(world: World, letters: Letters) -> None:
    number = world.apply()
    to = world.people["clerk-a"].id
    world.act("helper-a", service.hand_over_case, number=number, to_staff_id=to, reason="接力")
    assert told(world, letters, "case.handover-returned", number) == []
    world.act("clerk-a", service.return_case, number=number, reason="不属于本窗口")
    (message,) = told(world, letters, "case.handover-returned", number)
    assert (message.to, message.template) == ("staff:helper-a", Template.HANDOVER_RETURNED)
    assert "样本clerk-a" in message.text
    assert "不属于本窗口" in message.text


def test_who_holds_a_case_after_a_delegation_was_withdrawn_is_told(world: World, letters: Letters) -> None:
    number = world.accepted()
    world.act(
        "helper-a", service.hand_over_case, number=number, to_staff_id=world.people["clerk-a"].id, reason="x"
    )
    world.act("clerk-a", service.take_over_case, number=number)
    offered = {"to_staff_id": world.people["clerk"].id, "reason": "不在岗"}
    world.act("clerk-a", service.hand_over_case, number=number, **offered)
    back = world.act(
        "admin",
        service.return_to_owner,
        service_code=ITEM,
        area_path=world.areas["town-a"].path,
        point_id=None,
        owner_path=world.areas["county"].path,
        reason="清单调整",
    )
    assert number in back
    holder = world.case(number).holder_id
    assert holder != world.people["clerk-a"].id
    kinds = [each.kind for each in world.events(number)]
    assert kinds[-2:] == ["RECALLED", "HANDED_OVER"]
    assert "case.sent-back" in world.outbox(world.case(number).id)
    (message,) = told(world, letters, "case.sent-back", number)
    name = next(name for name, person in world.people.items() if person.id == holder)
    assert (message.to, message.template) == (f"staff:{name}", Template.CASE_SENT_BACK)
    assert ("清单调整" in message.text, number in message.text) == (True, True)


def test_an_applicant_reads_their_own_language_in_the_districts_own_words(
    world: World, letters: Letters
) -> None:
    number = world.accepted()
    own = {"case_accepted": {"en": "{brand}: {item}, {number}, by {due_on}. {brand} thanks you."}}

    async def speaks(work: Work, *, language: str) -> None:
        await work.db.execute(update(ResidentRow).values(language=language))

    async def words(work: Work, *, settings: dict[str, Any]) -> None:
        await work.db.execute(update(ProfileRow).values(settings=settings))

    world.act("admin", speaks, language="en")
    world.act("admin", words, settings={"wording": own})
    world.tenancy.forget(world.district.slug)
    try:
        (message,) = told(world, letters, "case.accepted", number)
    finally:
        world.act("admin", speaks, language="zh-CN")
        world.act("admin", words, settings={})
        world.tenancy.forget(world.district.slug)
    due = world.case(number).due_on
    assert message.text == f"帮办: 样本事项, {number}, by {due}. 帮办 thanks you."
    assert message.language == "en"


def test_no_notice_is_sent_where_there_is_none(world: World, letters: Letters) -> None:
    number = world.apply()
    assert told(world, letters, "case.notice", number) == []
    assert told(world, letters, "case.accepted", number) == []


def test_casework_speaks_through_the_outbox_and_no_log_hears_it(
    world: World, letters: Letters, installation: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the mutation to the messenger, a failure on the way included."""

    async def empty() -> None:
        async with installation.connection() as connection:
            await connection.execute("TRUNCATE platform.outbox")

    async def rest_is_over() -> None:
        async with installation.connection() as connection:
            await connection.execute("UPDATE platform.outbox SET not_before = NULL")

    async def rows() -> list[Any]:
        async with installation.connection() as connection:
            return list(await connection.fetch("SELECT * FROM platform.outbox"))

    world.run(empty())
    number = world.accepted()
    relay = Relay(world.tenancy, handlers(world.tenancy, letters))
    letters.fails = True
    world.run(relay.drain())
    letters.fails = False
    world.run(rest_is_over())
    world.run(relay.drain())
    assert [each.template for each in letters.sent] == [Template.CASE_ACCEPTED]
    kept = world.run(rows())
    assert all(row["done_at"] for row in kept if row["kind"] != Announcement.REVIEW_DUE)
    spoken = "".join(capsys.readouterr()) + "".join(str(dict(row)) for row in kept)
    for secret in (sample_phone(1), "样本甲", letters.sent[0].text, number):
        assert secret not in spoken


def test_handlers_exist_for_what_concerns_somebody(world: World, letters: Letters) -> None:
    kinds = set(handlers(world.tenancy, letters))
    assert kinds == {str(each) for each in set(Announcement) - ELSEWHERE}
    assert all(type(kind) is str for kind in kinds)


def test_an_application_online_is_told_to_the_helper_it_was_given_to(world: World, letters: Letters) -> None:
    number = world.apply("resident")
    (message,) = told(world, letters, "case.submitted", number)
    assert (message.to, message.template) == ("staff:helper-a", Template.CASE_SUBMITTED)
    assert number in message.text


def test_and_to_whoever_leads_them_if_they_cannot_be_reached(world: World, letters: Letters) -> None:
    number = world.apply("resident")

    async def leave(work: Work) -> None:
        await work.db.execute(update(StaffRow).where(StaffRow.key == "helper-a").values(active=False))

    world.act("admin", leave)
    (message,) = told(world, letters, "case.submitted", number)
    assert (message.to, message.template) == ("staff:supervisor", Template.CASE_SUBMITTED)


def test_whoever_filed_a_case_needs_no_message_of_it(world: World, letters: Letters) -> None:
    assert told(world, letters, "case.submitted", world.apply()) == []
