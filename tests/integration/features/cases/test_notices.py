"""A one-time notice on PostgreSQL: how and where to supply what is missing, and who acknowledged it (DOMAIN B03)."""

from __future__ import annotations

import pytest
from tests.integration.features.cases.casework import ITEM, MONDAY, REQUIRED, World, applicant, race, staff_id
from tests.integration.features.hall.halls import opened

from bangban.features.cases import service
from bangban.features.cases.paper_problems import AcknowledgedAlready
from bangban.features.cases.problems import PhraseBanned
from bangban.features.cases.service import MissingMaterial, Telling
from bangban.features.cases.service.notices import LONGEST_HOW
from bangban.features.cases.tables import NoticeRow
from bangban.features.cases.values import NoticeChannel, NoticeSigner
from bangban.features.catalog.problems import ItemNotTakenThere
from bangban.features.catalog.values import Channel
from bangban.features.places.problems import PointUnknown
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import NumberInText, sample_phone, sample_resident_id
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Forbidden, InvalidInput, NotFound

MISSING = [MissingMaterial(code, "未提交") for code in REQUIRED]


def told(world: World, *, who: str = "resident", telling: Telling | None = None, **how: object) -> str:
    number = world.apply(who, **how)
    more = {} if telling is None else {"telling": telling}
    world.act("clerk-a", service.pre_check_case, number=number, missing=MISSING, **more)
    return number


def notice_of(world: World, number: str) -> NoticeRow:
    return world.rows(NoticeRow, NoticeRow.case_id == world.case(number).id)[0]


def test_a_notice_says_by_whom_how_and_where(world: World) -> None:
    point = opened(world, area="town-a").id
    telling = Telling(channel=NoticeChannel.PAPER, how="  可邮寄或委托他人送交  ", where_id=point)
    notice = notice_of(world, told(world, telling=telling))
    assert (notice.channel, notice.how, notice.where_id) == (
        NoticeChannel.PAPER,
        "可邮寄或委托他人送交",
        point,
    )
    assert notice.issued_by == staff_id(world, "clerk-a")
    assert (notice.acknowledged_at, notice.acknowledged_by, notice.acknowledged_to) == (None, None, None)


@pytest.mark.parametrize(
    ("door", "usual"), [(Channel.HALL, NoticeChannel.COUNTER), (Channel.DOOR, NoticeChannel.DOOR)]
)
def test_the_cases_own_door_says_how_it_is_told(world: World, door: Channel, usual: NoticeChannel) -> None:
    assert notice_of(world, told(world, who="clerk-a", channel=door)).channel is usual


def test_nobody_is_sent_where_it_is_not_taken(world: World) -> None:
    number = world.apply()
    elsewhere = opened(world, ("7", ["OTHER-ITEM"]), area="town-a").id
    for where, refusal in ((elsewhere, ItemNotTakenThere), (new_id(), PointUnknown)):
        with pytest.raises(refusal) as refused:
            world.act(
                "clerk-a",
                service.pre_check_case,
                number=number,
                missing=MISSING,
                telling=Telling(where_id=where),
            )
        assert refused.value.fields == ("input.whereId",)
    assert not world.rows(NoticeRow, NoticeRow.case_id == world.case(number).id)
    world.act(
        "clerk-a",
        service.pre_check_case,
        number=number,
        missing=MISSING,
        telling=Telling(where_id=opened(world, ("1", [ITEM]), area="town-a").id),
    )


def test_what_it_says_keeps_to_the_wording_and_names_no_numbers(assisted_world: World) -> None:
    world = assisted_world
    number = world.apply()
    for how, refusal in (
        ("不 知 道，问别人", PhraseBanned),
        (f"联系 {sample_phone(4)}", NumberInText),
        (sample_resident_id(4), NumberInText),
        ("长" * (LONGEST_HOW + 1), InvalidInput),
    ):
        with pytest.raises(refusal) as refused:
            world.act(
                "clerk-a", service.pre_check_case, number=number, missing=MISSING, telling=Telling(how=how)
            )
        assert refused.value.fields == ("input.how",)


def test_where_nothing_is_missing_nothing_is_told(world: World) -> None:
    number = world.apply(supplied=list(REQUIRED))
    with pytest.raises(InvalidInput):
        world.act("clerk-a", service.pre_check_case, number=number, telling=Telling(how="邮寄"))


def test_the_applicant_acknowledges_once(world: World) -> None:
    number = told(world)
    world.act("resident", service.acknowledge_notice, number=number)
    notice = notice_of(world, number)
    assert (notice.acknowledged_at, notice.acknowledged_by) == (MONDAY, NoticeSigner.APPLICANT)
    assert world.events(number)[-1].kind == "NOTICE_ACKNOWLEDGED"
    (entry,) = [
        each
        for each in world.rows(AuditEntryRow, AuditEntryRow.object == f"case:{number}")
        if each.action == "case:supply"
    ]
    assert entry.details == {"notice": 1, "acknowledged": "APPLICANT"}
    for who in ("resident", "clerk-a"):
        with pytest.raises(AcknowledgedAlready):
            world.act(who, service.acknowledge_notice, number=number)


def test_a_signature_at_the_counter_names_who_saw_it(world: World) -> None:
    number = told(world)
    world.act("clerk", service.acknowledge_notice, number=number)
    notice = notice_of(world, number)
    assert (notice.acknowledged_by, notice.acknowledged_to) == (
        NoticeSigner.AT_COUNTER,
        staff_id(world, "clerk"),
    )


def test_nobody_else_acknowledges(world: World) -> None:
    number = told(world, who="helper-a", applicant=applicant(31))
    for who, refusal in (
        ("resident", NotFound),  # of another case
        ("clerk-b", NotFound),  # of another town
        ("auditor", Forbidden),
        ("admin", Forbidden),
        ("dispatcher", Forbidden),
    ):
        with pytest.raises(refusal):
            world.act(who, service.acknowledge_notice, number=number)
    assert notice_of(world, number).acknowledged_at is None


@pytest.mark.parametrize("n", range(3))
def test_of_two_at_once_one_acknowledges(world: World, n: int) -> None:
    number = told(world)
    how = {"number": number}
    lost = race(
        world, ("resident", service.acknowledge_notice, how), ("clerk-a", service.acknowledge_notice, how)
    )
    assert lost == ["CONFLICT"]
    assert [each.kind for each in world.events(number)].count("NOTICE_ACKNOWLEDGED") == 1
