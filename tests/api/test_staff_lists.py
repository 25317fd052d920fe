"""Lists of staff over the API: seen before they are taken, whole or not at all, the same again changes nothing."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import permutations
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from tests.api.casework import Desk, fresh
from tests.api.staffing import TOWN, VILLAGE, asked, file_of, hired, made, refusal

from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id


@pytest.fixture(scope="module")
def town_admin(desk: Desk) -> Any:
    """The administrator of one town, signed in."""
    account = hired(desk, role="admin", area=TOWN)
    principal = desk.run(
        desk.services.principals.get_staff_by_login(
            desk.services.registry.get(desk.place.slug), account["login"]
        )
    )
    now = datetime.now(UTC)
    token = desk.services.desk.issuer.issue(
        replace(principal, session_id=new_id()), now=now, not_after=now + timedelta(minutes=9)
    )
    return desk.place.api.as_(Authorization=f"Bearer {token.text}")


def counted(desk: Desk) -> tuple[int, int]:
    return tuple(desk.scalar(select(func.count()).select_from(table)) for table in (StaffRow, AssignmentRow))  # type: ignore[return-value]  # two tables


def lines_of(n: int, m: int) -> list[str]:
    """Two people, one of them with two posts in three lines."""
    phone = sample_phone(n)
    return [
        f"样本人,list-{n},{phone},帮办代办员,{VILLAGE},2026-01-01,,志愿者,",
        f"样本人,list-{n},,guide,{TOWN},2026-02-01,2026-12-31,,",
        f"样本人,LIST-{n},{phone},,,,,,",
        f"样本另人,list-{m},,window-clerk,{TOWN},2026-03-01,,,",
    ]


def test_looked_at_taken_over_and_the_same_again(desk: Desk) -> None:
    admin, lines = desk.staff("admin"), lines_of(fresh(), fresh())
    before = counted(desk)
    seen = made(admin, "importStaff", file=file_of(*lines))
    assert (seen["applied"], seen["faults"]) == (False, [])
    assert seen["staff"] == {"created": 2, "changed": 0, "unchanged": 0}
    assert counted(desk) == before, "a preview writes nothing"
    done = made(admin, "importStaff", file=file_of(*lines), apply=True)
    assert done["applied"]
    assert {name: done[name] for name in ("staff", "assignments")} == {
        name: seen[name] for name in ("staff", "assignments")
    }
    assert done["differences"] == seen["differences"]
    assert not any(sample_phone(0)[:5] in str(each) and "*" not in str(each) for each in done["differences"])
    again = made(admin, "importStaff", file=file_of(*lines), apply=True)
    assert again["staff"] == {"created": 0, "changed": 0, "unchanged": 2}
    assert again["assignments"] == {"created": 0, "changed": 0, "unchanged": 3}
    assert again["differences"] == []
    after = counted(desk)
    assert (after[0] - before[0], after[1] - before[1]) == (2, 3)


def test_the_order_of_lines_does_not_matter(desk: Desk) -> None:
    admin = desk.staff("admin")
    lines = lines_of(fresh(), fresh())
    answers = set()
    for order in permutations(lines):
        seen = made(admin, "importStaff", file=file_of(*order))
        facts = sorted((each["person"], each["field"], each["after"]) for each in seen["differences"])
        answers.add(str((facts, seen["staff"], seen["assignments"], seen["faults"])))
    assert len(answers) == 1
    made(admin, "importStaff", file=file_of(*lines), apply=True)
    for order in list(permutations(lines))[:6]:
        again = made(admin, "importStaff", file=file_of(*order), apply=True)
        assert again["differences"] == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_the_encodings_of_offices(desk: Desk, encoding: str) -> None:
    file = file_of(f"样本人,enc-{fresh()},,guide,{TOWN},2026-01-01,,,", encoding=encoding)
    assert made(desk.staff("admin"), "importStaff", file=file, apply=True)["staff"]["created"] == 1


def test_a_workbook(desk: Desk) -> None:
    book, packed = Workbook(), BytesIO()
    book.active.append(["姓名", "登录名", "手机号", "角色", "区域", "起始日期"])
    book.active.append(["样本人", f"book-{fresh()}", int(sample_phone(3)), "导办员", int(TOWN), "2026-01-01"])
    book.save(packed)
    file = {"name": "名单.xlsx", "content": base64.b64encode(packed.getvalue()).decode()}
    done = made(desk.staff("admin"), "importStaff", file=file, apply=True)
    assert (done["staff"]["created"], done["faults"]) == (1, [])


def test_every_faulty_line_is_named_and_nothing_is_taken(desk: Desk) -> None:
    admin, n = desk.staff("admin"), fresh()
    lines = [
        f"样本人,ok-{n},,guide,{TOWN},2026-01-01,,,",
        f",no-name-{n},,guide,{TOWN},,,,",
        f"样本人,bad-phone-{n},123,guide,{TOWN},,,,",
        f"样本人,bad-role-{n},,emperor,{TOWN},,,,",
        f"样本人,bad-area-{n},,guide,没有这个地方,,,,",
        f"样本人,reversed-{n},,guide,{TOWN},2026-02-01,2026-01-01,,",
        ",,,,,,,,",
        "样本人,,,guide,,,,,",
        f"另一名,ok-{n},,,,,,,",
        f"样本人,bad-team-{n},,guide,{TOWN},,,,没有的队",
        f"样本人,portal-{n},,portal,{TOWN},,,,",
    ]
    seen = made(admin, "importStaff", file=file_of(*lines))
    assert {each["line"] for each in seen["faults"]} == {3, 4, 5, 6, 7, 9, 10, 11, 12}
    assert all(each["message"] for each in seen["faults"])
    before = counted(desk)
    code, fields = refusal(admin, "importStaff", file=file_of(*lines), apply=True)
    assert code == "INVALID_INPUT"
    assert any(field.startswith("input.file.line.5") for field in fields)
    assert counted(desk) == before


def test_a_name_that_several_areas_have_is_asked_about_and_a_path_is_understood(desk: Desk) -> None:
    admin = desk.staff("admin")
    place = desk.place.anonymous(
        "query($c: String) { area(code: $c) { name parent { name } } }", c=VILLAGE
    ).data["area"]
    line = f"样本人,path-{fresh()},,guide,{place['parent']['name']}/{place['name']},2026-01-01,,,"
    assert made(admin, "importStaff", file=file_of(line))["faults"] == []


def test_a_towns_administrator_keeps_the_towns_people_only(desk: Desk, town_admin: Any) -> None:
    inside, outside = hired(desk), hired(desk, area="371681102")
    both = hired(desk)
    made(
        desk.staff("admin"),
        "assignRole",
        staffId=both["id"],
        role="guide",
        areaId=desk.area("371681102"),
    )
    made(town_admin, "updateStaff", staffId=inside["id"], name="样本新名")
    for account in (outside, both):
        for name, more in (
            ("updateStaff", {"name": "样本新名"}),
            ("deactivateStaff", {}),
            ("resetStaffPassword", {}),
            ("reactivateStaff", {}),
        ):
            assert refusal(town_admin, name, staffId=account["id"], **more)[0] == "FORBIDDEN", name
        assert refusal(town_admin, "inviteStaff", staffIds=[inside["id"], account["id"]])[0] == "FORBIDDEN"
    admin_id = desk.staff_id("admin")
    for name in ("resetStaffPassword", "deactivateStaff"):
        assert refusal(town_admin, name, staffId=admin_id)[0] == "FORBIDDEN"
    made(town_admin, "assignRole", staffId=admin_id, role="guide", areaId=desk.area(TOWN))
    assert refusal(town_admin, "resetStaffPassword", staffId=admin_id)[0] == "FORBIDDEN", (
        "a post gives no hold"
    )
    n = fresh()
    seen = made(
        town_admin,
        "importStaff",
        file=file_of(
            f"样本人,in-{n},,guide,{TOWN},2026-01-01,,,",
            f"样本人,out-{n},,guide,371681102,2026-01-01,,,",
            f"改名人,{outside['login']},,,,,,,",
            f"样本人,nowhere-{n},,,,,,,",
        ),
    )
    assert sorted({each["line"] for each in seen["faults"]}) == [3, 4, 5]
    assert refusal(town_admin, "addStaff", name="样本人", login=f"free-{n}")[0] == "FORBIDDEN"
    assert asked(town_admin, "createPortal", name="x", origins=["https://x.test"]).code == "FORBIDDEN"


def test_an_auditor_keeps_nobody(desk: Desk) -> None:
    account, auditor = hired(desk), desk.staff("auditor")
    for name in ("deactivateStaff", "resetStaffPassword", "updateStaff"):
        assert refusal(auditor, name, staffId=account["id"])[0] == "FORBIDDEN"
    assert refusal(auditor, "importStaff", file=file_of("样本人,x,,,,,,,"))[0] == "FORBIDDEN"
    assert auditor("{ staffAccounts { totalCount } }").code == "FORBIDDEN"
    assert auditor("{ portals { totalCount } }").code == "FORBIDDEN"


def test_the_last_administrator_can_neither_be_closed_nor_ended_by_a_list(desk: Desk) -> None:
    admin = desk.staff("admin")
    assert refusal(admin, "deactivateStaff", staffId=desk.staff_id("admin"))[0] == "CONFLICT"
    row = desk.scalar(
        select(AssignmentRow.since).where(
            AssignmentRow.staff_id == desk.staff_id("admin"), AssignmentRow.role == "admin"
        )
    )
    name = desk.scalar(select(StaffRow.name).where(StaffRow.login == "admin"))
    seen = made(admin, "importStaff", file=file_of(f"{name},admin,,admin,371681,{row},2030-01-01,,"))
    assert [each["line"] for each in seen["faults"]] == [2]


def test_a_userid_of_enterprise_wechat_is_kept_like_a_phone(desk: Desk) -> None:
    admin, n = desk.staff("admin"), fresh()
    staff = hired(desk, wecom=" zhang.san ")
    assert staff["wecom"] == "zh*****an"
    assert made(admin, "updateStaff", staffId=staff["id"], wecom=None)["wecom"] is None
    for wrong in ("a b", "x" * 65, "|all", "@all"):
        assert refusal(admin, "updateStaff", staffId=staff["id"], wecom=wrong)[1] == ["input.wecom"]
    header, line = "姓名,登录名,企业微信,角色,区域", f"样本人,list-{n},list.{n},helper,{VILLAGE}"
    listed = made(admin, "importStaff", file=file_of(line, header=header), apply=True)
    assert listed["faults"] == []
    key = select(StaffRow.wecom_masked).where(StaffRow.login == f"list-{n}")
    assert desk.scalar(key).startswith("li*")


def test_a_portal_role_is_given_to_nobody(desk: Desk) -> None:
    account = hired(desk)
    given = {"staffId": account["id"], "role": "portal", "areaId": desk.area(TOWN)}
    assert refusal(desk.staff("admin"), "assignRole", **given) == ("INVALID_INPUT", ["input.role"])
