"""What is given is locked first, then who gets it, then their post, everywhere: else two would wait for each other."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.api.area_steps import moving
from tests.api.casework import Desk, applied, fresh, mutation_of
from tests.api.clients import Reply
from tests.api.meanwhile import waiting_in_turn
from tests.api.named import case_in
from tests.api.newcomers import newcomer

from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Conflict
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work

HELPER: Final = "helper-village"
__all__ = ["newcomer"]  # a fixture


def done(desk: Desk, who: str, name: str, **given: Any) -> Any:
    return desk.staff(who)(mutation_of(name, "number"), input=given).data[name]["number"]


def act(desk: Desk, who: str, name: str, **given: Any) -> Coroutine[Any, Any, Reply]:
    return desk.staff(who).send(mutation_of(name, "__typename"), input=given)


def handed(desk: Desk, number: str, to_id: str) -> Coroutine[Any, Any, Reply]:
    return act(desk, "dispatcher", "handOverCase", number=number, toStaffId=to_id, reason="就近办理")


def after(
    desk: Desk, installation: Installation, staff_id: str, *acts: Coroutine[Any, Any, Reply]
) -> list[Reply]:
    """The answers to acts that all began while somebody else had this person's row."""

    async def hold(work: Work) -> None:
        await work.db.execute(select(StaffRow.id).where(StaffRow.id == UUID(staff_id)).with_for_update())

    return desk.run(waiting_in_turn(desk, installation, hold, *acts))


@pytest.mark.parametrize("way", ["claimOrder", "assignOrder"])
def test_a_case_goes_with_its_order_while_it_is_handed_to_the_same_person(
    way: str, desk: Desk, installation: Installation
) -> None:
    case, helper_id = case_in(desk, "submitted"), desk.staff_id(HELPER)
    done(desk, HELPER, "handOverCase", number=case, toStaffId=desk.staff_id("helper-town"), reason="外出办事")
    done(desk, "helper-town", "takeOverCase", number=case)
    order = done(desk, "dispatcher", "placeOrder", kind="CASE", caseNumber=case)
    given = (
        act(desk, HELPER, way, number=order)
        if way == "claimOrder"
        else act(desk, "dispatcher", way, number=order, toStaffId=helper_id, reason="样本派单")
    )
    first, second = after(desk, installation, helper_id, given, handed(desk, case, helper_id))
    assert "errors" not in first.body
    assert said(second) not in ("", Conflict.zh), "it is theirs, or offered to them, by then"


def test_a_post_ends_while_its_holder_is_given_a_case(
    desk: Desk, newcomer: UUID, installation: Installation
) -> None:
    posts = select(AssignmentRow.id).where(AssignmentRow.staff_id == newcomer).order_by(AssignmentRow.id)
    until = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    end = act(desk, "admin", "endAssignment", assignmentId=str(desk.scalar(posts.limit(1))), until=until)
    both = after(
        desk, installation, str(newcomer), handed(desk, case_in(desk, "submitted"), str(newcomer)), end
    )
    assert [said(each) for each in both] == ["", ""]


def test_an_area_is_merged_while_somebody_there_is_given_one_of_its_cases(
    desk: Desk, installation: Installation
) -> None:
    village, into, staff_id = moving(desk), moving(desk), new_id()
    number = applied(desk.resident(n := fresh()), village, n=n)

    async def come(work: Work) -> None:
        work.db.add(StaffRow(id=staff_id, key=f"new-{staff_id}", login=f"new-{staff_id}", name="样本新人"))
        await work.db.flush()
        post = {"role": Role.HELPER.value, "area_id": UUID(village), "since": work.today}
        work.db.add(AssignmentRow(id=new_id(), staff_id=staff_id, **post))

    desk.inside(come)
    merge = act(desk, "admin", "mergeAreas", areaIds=[village], intoId=into)
    both = after(desk, installation, str(staff_id), handed(desk, number, str(staff_id)), merge)
    assert [said(each) for each in both] == ["", ""]


def said(reply: Reply) -> str:
    """What a refusal says."""
    return reply.body["errors"][0]["message"] if "errors" in reply.body else ""
