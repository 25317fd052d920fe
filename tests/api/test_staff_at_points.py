"""Lists of staff that say at which service point somebody works, as they must of a partner's clerks."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.api.casework import Desk, fresh
from tests.api.parts.places import set_point
from tests.api.staffing import TOWN, VILLAGE, file_of, hired, made, refusal

from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import ServicePointRow

HEADER = "姓名,登录名,角色,区域,服务点,起始日期,截止日期"
WITHOUT = "姓名,登录名,角色,区域"


def listed(desk: Desk, *lines: str, header: str = HEADER, apply: bool = True) -> dict[str, Any]:
    done: dict[str, Any] = made(
        desk.staff("admin"), "importStaff", file=file_of(*lines, header=header), apply=apply
    )
    return done


def posts_of(desk: Desk, login: str) -> list[tuple[str, str, str | None]]:
    """Where somebody is posted: from when, to when, and at which point."""
    rows = (
        select(AssignmentRow.since, AssignmentRow.until, ServicePointRow.key)
        .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
        .outerjoin(ServicePointRow, ServicePointRow.id == AssignmentRow.point_id)
        .where(StaffRow.login == login)
        .order_by(AssignmentRow.since)
    )

    async def get(work: Any) -> list[tuple[str, str, str | None]]:
        return [(str(since), str(until or ""), key) for since, until, key in await work.db.execute(rows)]

    found: list[tuple[str, str, str | None]] = desk.inside(get)
    return found


def test_a_partners_clerk_is_taken_over_with_their_point_and_then_stands_already(desk: Desk) -> None:
    login, point = f"bank-{fresh()}", set_point(desk)["key"]
    line = f"样本人,{login},合作网点人员,{VILLAGE},{point},2026-01-01,"
    seen = listed(desk, line, apply=False)
    assert seen["faults"] == []
    assert {each["after"] for each in seen["differences"] if each["field"] == "post"} == {
        f"partner-clerk 2026-01-01~ {point}"
    }
    assert listed(desk, line)["assignments"] == {"created": 1, "changed": 0, "unchanged": 0}
    assert posts_of(desk, login) == [("2026-01-01", "", point)]
    bare = f"样本人,{login},partner-clerk,{VILLAGE}"
    for again, header in ((line, HEADER), (bare, WITHOUT)):
        told = listed(desk, again, header=header)
        assert told["assignments"] == {"created": 0, "changed": 0, "unchanged": 1}
        assert told["differences"] == []
    listed(desk, f"样本人,{login},partner-clerk,{VILLAGE},,2026-01-01,2099-06-30")
    assert posts_of(desk, login) == [("2026-01-01", "2099-06-30", point)], "an end takes no point away"


def test_another_point_is_a_difference(desk: Desk) -> None:
    login, one, other = f"bank-{fresh()}", set_point(desk)["key"], set_point(desk)["key"]
    line = f"样本人,{login},partner-clerk,{VILLAGE},{{}},2026-01-01,"
    listed(desk, line.format(one))
    told = listed(desk, line.format(other))
    assert told["assignments"] == {"created": 0, "changed": 1, "unchanged": 0}
    assert [(each["before"], each["after"]) for each in told["differences"]] == [
        (f"2026-01-01~ {one}", f"partner-clerk 2026-01-01~ {other}")
    ]
    assert posts_of(desk, login) == [("2026-01-01", "", other)]


def test_others_may_be_posted_at_a_point_too_and_lists_without_the_column_leave_them_there(
    desk: Desk,
) -> None:
    login, point = f"desk-{fresh()}", set_point(desk)["key"]
    listed(desk, f"样本人,{login},window-clerk,{VILLAGE},{point},2026-01-01,")
    told = listed(desk, f"样本人,{login},window-clerk,{VILLAGE}", header=WITHOUT)
    assert told["assignments"]["unchanged"] == 1
    assert posts_of(desk, login) == [("2026-01-01", "", point)]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("partner-clerk,{village},", "服务点"),
        ("partner-clerk,{village},no-such-point", "服务点"),
        ("partner-clerk,371681102,{point}", "服务点"),
        ("window-clerk,371681102,{point}", "服务点"),
        (",,{point}", "角色"),
        ("partner-clerk,,{point}", "区域"),
    ],
)
def test_a_point_that_is_not_there_or_not_in_the_area_is_told_at_its_cell(
    desk: Desk, line: str, column: str
) -> None:
    point = set_point(desk, area=VILLAGE)["key"]
    login = f"bank-{fresh()}"
    text = f"样本人,{login},{line.format(village=VILLAGE, point=point)},2026-01-01,"
    (fault,) = listed(desk, text, apply=False)["faults"]
    assert (fault["line"], fault["column"]) == (2, column)
    found = refusal(desk.staff("admin"), "importStaff", file=file_of(text, header=HEADER), apply=True)
    assert found == ("INVALID_INPUT", [f"input.file.line.2.{column}"])
    assert posts_of(desk, login) == []


def test_lines_that_put_somebody_at_two_points_at_once_are_told(desk: Desk) -> None:
    login, one, other = f"bank-{fresh()}", set_point(desk)["key"], set_point(desk)["key"]
    line = f"样本人,{login},partner-clerk,{VILLAGE},{{}},2026-01-01,"
    (fault,) = listed(desk, line.format(one), line.format(other), apply=False)["faults"]
    assert "重叠" in fault["message"]


def test_a_town_is_a_place_for_the_points_of_its_villages(desk: Desk) -> None:
    login, point = f"bank-{fresh()}", set_point(desk, area=VILLAGE)["key"]
    listed(desk, f"样本人,{login},partner-clerk,{TOWN},{point},2026-01-01,")
    assert posts_of(desk, login) == [("2026-01-01", "", point)]


def test_whoever_was_given_the_role_by_itself_stands_already_in_a_list(desk: Desk) -> None:
    point = set_point(desk)
    post = {"role": "partner-clerk", "areaId": desk.area(VILLAGE), "pointId": point["id"]}
    account = hired(desk, post=post)
    told = listed(desk, f"样本人,{account['login']},partner-clerk,{VILLAGE}", header=WITHOUT)
    assert (told["assignments"]["unchanged"], told["faults"]) == (1, [])
