"""Results given out together, or part by part where the applicant wants that; also of cases begun one by one."""

from __future__ import annotations

import pytest
from tests.integration.features.cases.casework import MONDAY, World, applicant
from tests.integration.features.joint.bundling import ITEMS, WHY, application, applied, cases, finish, seen
from tests.letters import Letters

from bangban.features.cases import service as casework
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseOutcome
from bangban.features.joint import member_sql, service
from bangban.features.joint import messages as of_bundles
from bangban.features.joint.problems import NothingToRelease, NotIssuable, ResultsAwaited
from bangban.features.joint.tables import BundleMemberRow
from bangban.features.joint.values import ReleaseChoice
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.messenger import Message, Template
from bangban.kernel.problems import Forbidden, InvalidInput, NotFound, Problem

REFUSED = {"outcome": CaseOutcome.REFUSED, "opinion": WHY["reason"], "basis": WHY["basis"]}
WORD, CHOSEN = "申请人到窗口要求改变领取方式", "bundle.release-chosen"


def told(world: World, application_id: str) -> list[Message]:
    """What the applicant is told of a choice."""
    letters = Letters()
    news = Delivery(id=1, kind=CHOSEN, reference=application_id, district=world.district, at=MONDAY, tries=1)
    world.run(of_bundles.handlers(world.tenancy, letters)[CHOSEN](news))
    return letters.sent


def reasons(world: World, number: str) -> list[str]:
    """The words of applicants that the trail keeps of an application."""
    rows = world.rows(AuditEntryRow, AuditEntryRow.object == f"bundle-application:{number}")
    return [row.details["reason"] for row in rows if "reason" in row.details]


def held(world: World, number: str) -> list[bool | None]:
    return [row.result_held for row in cases(world, number)]


def released(world: World, number: str) -> int:
    of = application(world, number).id
    rows = world.rows(BundleMemberRow, BundleMemberRow.application_id == of)
    return sum(row.released_at is not None for row in rows)


def test_nothing_is_given_out_before_all_are_decided(world: World) -> None:
    number = applied(world, "resident", services=list(ITEMS[:2]))
    first, second = cases(world, number)
    finish(world, first.number)
    assert held(world, number) == [True, True]
    with pytest.raises(ResultsAwaited, match=second.number):
        world.act("resident", service.release_results, number=number)
    finish(world, second.number)
    world.act("clerk", service.release_results, number=number)
    assert (held(world, number), released(world, number)) == ([None, None], 2)
    with pytest.raises(NothingToRelease):
        world.act("clerk", service.release_results, number=number)


def test_nothing_waits_to_be_given_out_of_refusals_alone(world: World) -> None:
    number = applied(world, "resident", services=list(ITEMS[:2]))
    first, second = cases(world, number)
    finish(world, first.number, **REFUSED)
    finish(world, second.number, **REFUSED)
    assert seen(world, number, member_sql.ready) is False
    with pytest.raises(NothingToRelease):
        world.act("clerk", service.release_results, number=number)
    mixed = applied(world, "resident", services=list(ITEMS[:2]))
    first, second = cases(world, mixed)
    finish(world, first.number, **REFUSED)
    finish(world, second.number)
    assert seen(world, mixed, member_sql.ready) is True
    world.act("clerk", service.release_results, number=mixed)
    assert released(world, mixed) == 2, "the decision that refuses is handed over with the others"
    assert seen(world, mixed, member_sql.ready) is False


def test_the_applicant_may_change_their_mind(world: World) -> None:
    number = applied(world, "resident", services=list(ITEMS[:2]))
    first, second = cases(world, number)
    finish(world, first.number)
    world.act("resident", service.release_results, number=number, in_parts=True)
    assert application(world, number).release is ReleaseChoice.IN_PARTS
    assert (held(world, number), released(world, number)) == ([None, None], 1)
    with pytest.raises(NothingToRelease):
        world.act("resident", service.release_results, number=number)
    finish(world, second.number)
    world.act("resident", service.release_results, number=number)
    assert released(world, number) == 2


def test_staff_change_the_choice_at_the_applicants_word_alone_and_the_applicant_is_told(world: World) -> None:
    number = applied(world, services=list(ITEMS[:2]))
    first, _ = cases(world, number)
    finish(world, first.number)
    whose = str(application(world, number).id)
    for nothing in (None, "  ", "\u200b", f"请打 {sample_phone(1)}"):
        with pytest.raises(Problem) as refused:
            world.act("clerk", service.release_results, number=number, in_parts=True, reason=nothing)
        assert refused.value.fields == ("input.reason",)
    assert application(world, number).release is ReleaseChoice.TOGETHER
    assert (held(world, number), world.outbox(whose)) == ([True, True], [])
    world.act("clerk", service.release_results, number=number, in_parts=True, reason=WORD)
    assert application(world, number).release is ReleaseChoice.IN_PARTS
    assert world.outbox(whose) == ["bundle.changed", CHOSEN]
    (last,) = reasons(world, number)
    assert last == WORD
    (letter,) = told(world, whose)
    assert (letter.template, letter.to) == (Template.BUNDLE_RELEASE_CHOSEN, sample_phone(1))
    assert "办结一项领取一项" in letter.text
    finish(world, cases(world, number)[1].number)
    world.act("clerk", service.release_results, number=number, in_parts=True)  # nothing is changed by it
    assert world.outbox(whose).count(CHOSEN) == 1


def test_staff_hold_nothing_back_without_the_applicants_word(world: World) -> None:
    numbers = [begun(world) for _ in range(2)]
    with pytest.raises(InvalidInput) as refused:
        world.act("clerk", service.issue_together, numbers=numbers)
    assert refused.value.fields == ("input.reason",)
    application_id = world.act("clerk", service.issue_together, numbers=numbers, reason=WORD)
    assert CHOSEN in world.outbox(str(application_id))
    assert reasons(world, application(world, application_id).number) == [WORD]
    (letter,) = told(world, str(application_id))
    assert "一并领取" in letter.text


def test_applicants_choose_without_saying_why_and_are_not_told_what_they_did(world: World) -> None:
    number = applied(world, "resident", services=list(ITEMS[:2]))
    world.act("resident", service.release_results, number=number, in_parts=True, reason="急用")
    assert CHOSEN not in world.outbox(str(application(world, number).id))
    assert reasons(world, number) == []


def test_in_parts_from_the_beginning_holds_nothing(world: World) -> None:
    number = applied(world, "resident", release=ReleaseChoice.IN_PARTS)
    assert held(world, number) == [None] * 4


def test_helpers_do_not_give_out_results(world: World) -> None:
    number = applied(world)
    with pytest.raises(Forbidden):
        world.act("helper-a", service.release_results, number=number)


def begun(world: World, n: int = 1) -> str:
    case_id = world.act(
        "clerk",
        casework.apply_for_case,
        service_code=ITEMS[1],
        area_id=world.areas["village-a"].id,
        applicant=applicant(n),
        supplied=["ID-CARDS", "MARRIAGE"],
    )
    return world.rows(CaseRow, CaseRow.id == case_id)[0].number


def test_cases_begun_one_by_one_are_issued_together(world: World) -> None:
    numbers = [begun(world) for _ in range(3)]
    application_id = world.act("resident", service.issue_together, numbers=numbers)
    number = application(world, application_id).number
    assert application(world, number).bundle_id is None
    assert held(world, number) == [True] * 3
    for each in numbers:
        finish(world, each)
    world.act("clerk", service.release_results, number=number)
    assert released(world, number) == 3


def test_only_ones_own_open_cases_are_put_together_and_once(world: World) -> None:
    mine, other = [begun(world) for _ in range(2)], begun(world, 2)
    with pytest.raises(NotIssuable, match="another applicant"):
        world.act("clerk", service.issue_together, numbers=[mine[0], other])
    with pytest.raises(InvalidInput):
        world.act("clerk", service.issue_together, numbers=[mine[0], mine[0]])
    with pytest.raises(NotFound) as unknown:
        world.act("clerk", service.issue_together, numbers=[*mine, "NO-SUCH"])
    assert unknown.value.fields == ("input.caseNumbers.2",)
    world.act("clerk", service.issue_together, numbers=mine, reason=WORD)
    with pytest.raises(NotIssuable, match="already"):
        world.act("clerk", service.issue_together, numbers=mine)
    over = [begun(world) for _ in range(2)]
    world.act("resident", casework.withdraw_case, number=over[0])
    with pytest.raises(NotIssuable, match="over"):
        world.act("clerk", service.issue_together, numbers=over)
