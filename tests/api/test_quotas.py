"""A district's quotas are kept by whatever adds to it: said which one, and what to do; never above, also at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update
from tests.api.area_steps import area_file
from tests.api.casework import Desk, fresh
from tests.api.clients import Client, Reply
from tests.api.rule_steps import ITEM_TABLE, table
from tests.api.staffing import asked, file_of, hired, made, person

from bangban.features.people.tables import StaffRow
from bangban.kernel.tenancy.quotas import MEGABYTE
from bangban.kernel.tenancy.tables import DistrictRow

TOWN = "371681101"
SetQuotas = Callable[..., None]


@pytest.fixture
def quotas(desk: Desk) -> Iterator[SetQuotas]:
    """Sets the district's quotas for the test, and what it was measured at."""

    def put(*, used: int | None = None, **wanted: int) -> None:
        async def go() -> None:
            async with desk.services.tenancy.platform() as db:
                this = update(DistrictRow).where(DistrictRow.slug == desk.place.slug)
                await db.execute(this.values(quotas=wanted, storage_bytes=used))
            await desk.services.registry.refresh(desk.place.slug)

        desk.run(go())

    yield put
    put()


def accounts(desk: Desk) -> int:
    """How many of the staff may sign in."""
    which = (StaffRow.active, StaffRow.login.is_not(None), StaffRow.portal_origins.is_(None))
    found: int = desk.scalar(select(func.count()).select_from(StaffRow).where(*which))
    return found


def refused(reply: Reply, *, says: str) -> None:
    assert reply.body.get("data") is None, reply.body
    assert reply.code == "QUOTA_EXCEEDED", reply.body
    assert says in reply.body["errors"][0]["message"]


def lines(count: int) -> dict[str, Any]:
    """A list of so many people who are new, each with an account."""
    return file_of(*[f"样本人,quota-{fresh()},,window-clerk,{TOWN},2026-03-01,,," for _ in range(count)])


def test_accounts_stop_at_the_quota_wherever_they_are_added(desk: Desk, quotas: SetQuotas) -> None:
    admin, closed = desk.staff("admin"), hired(desk)
    nobody = hired(desk, login=None)
    made(admin, "deactivateStaff", staffId=closed["id"])
    most = accounts(desk) + 1
    quotas(staff_accounts=most)
    says = f"最多可有 {most} 个工作人员账号,此操作后将有 {most + 1} 个"
    refused(asked(admin, "importStaff", file=lines(2)), says=says)  # told before it is applied
    refused(asked(admin, "importStaff", file=lines(2), apply=True), says=says)
    assert accounts(desk) == most - 1, "all or nothing"
    assert made(admin, "importStaff", file=lines(1), apply=True)["applied"]
    assert accounts(desk) == most
    refused(asked(admin, "addStaff", **person(desk)), says=says)
    refused(asked(admin, "reactivateStaff", staffId=closed["id"]), says="联系平台提高配额")
    refused(asked(admin, "updateStaff", staffId=nobody["id"], login=f"quota-{fresh()}"), says=says)
    refused(asked(admin, "importStaff", file=lines(1), apply=True), says=says)
    assert hired(desk, login=None)["id"], "whoever has no account is no account"
    made(admin, "updateStaff", staffId=closed["id"], name="样本改名")
    assert accounts(desk) == most
    quotas(staff_accounts=most - 3)
    made(admin, "deactivateStaff", staffId=_one_of(desk))  # a quota that was lowered closes nothing by itself
    assert accounts(desk) == most - 1


def _one_of(desk: Desk) -> str:
    found = select(StaffRow.id).where(StaffRow.login.like("quota-%"), StaffRow.active).limit(1)
    return str(desk.scalar(found))


def test_of_many_at_once_at_the_limit_only_so_many_come_in(desk: Desk, quotas: SetQuotas) -> None:
    admin, closed = desk.staff("admin"), hired(desk)
    made(admin, "deactivateStaff", staffId=closed["id"])
    free = 2
    most = accounts(desk) + free
    quotas(staff_accounts=most)

    def add(client: Client) -> Any:
        query = "mutation($input: AddStaffInput!) { addStaff(input: $input) { id } }"
        return client.send(query, input=person(desk))

    async def all_at_once() -> list[Reply]:
        reactivate = "mutation($input: StaffInput!) { reactivateStaff(input: $input) { id } }"
        take = "mutation($input: ImportStaffInput!) { importStaff(input: $input) { applied } }"
        return await asyncio.gather(
            *[add(admin) for _ in range(4)],
            admin.send(reactivate, input={"staffId": closed["id"]}),
            *[admin.send(take, input={"file": lines(1), "apply": True}) for _ in range(2)],
        )

    replies: list[Reply] = desk.run(all_at_once())
    codes = [reply.code if reply.body.get("errors") else None for reply in replies]
    assert codes.count(None) == free, codes
    assert set(codes) == {None, "QUOTA_EXCEEDED"}
    assert accounts(desk) == most


@pytest.mark.parametrize("name", ["importAreas", "importStaff", "importServiceItems", "adoptTemplate"])
def test_a_full_district_takes_no_list(desk: Desk, quotas: SetQuotas, name: str) -> None:
    given: dict[str, dict[str, Any]] = {
        "importAreas": {"file": area_file()},
        "importStaff": {"file": lines(1)},
        "importServiceItems": {"file": table(ITEM_TABLE.format(n=fresh()))},
        "adoptTemplate": {},
    }
    kind = f"{name[0].upper()}{name[1:]}Input"
    query = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ applied }} }}"

    def ask(*, apply: bool) -> Reply:
        return desk.staff("admin")(query, input={**given[name], "apply": apply})

    quotas(used=MEGABYTE, storage_mb=1)
    assert ask(apply=False).data[name] == {"applied": False}, "looking adds nothing"
    refused(ask(apply=True), says="已用存储 1 MB,达到配额 1 MB")
    quotas(used=MEGABYTE - 1, storage_mb=1)
    assert ask(apply=True).data[name] == {"applied": True}
