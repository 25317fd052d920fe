"""Results given out together, or part by part where the applicant wants that; also of cases begun one by one."""

from __future__ import annotations

import pytest
from tests.integration.features.cases.casework import World, applicant
from tests.integration.features.joint.bundling import ITEMS, application, applied, cases, finish

from bangban.features.cases import service as casework
from bangban.features.cases.tables import CaseRow
from bangban.features.joint import service
from bangban.features.joint.problems import NothingToRelease, NotIssuable, ResultsAwaited
from bangban.features.joint.tables import BundleMemberRow
from bangban.features.joint.values import ReleaseChoice
from bangban.kernel.problems import Forbidden, InvalidInput, NotFound


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
    world.act("clerk", service.issue_together, numbers=mine)
    with pytest.raises(NotIssuable, match="already"):
        world.act("clerk", service.issue_together, numbers=mine)
    over = [begun(world) for _ in range(2)]
    world.act("resident", casework.withdraw_case, number=over[0])
    with pytest.raises(NotIssuable, match="over"):
        world.act("clerk", service.issue_together, numbers=over)
