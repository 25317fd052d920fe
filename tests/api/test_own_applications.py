"""Nobody of the staff judges an application of their own (DOMAIN C02)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.casework import Desk, applied, done, fresh, mutation_of
from tests.api.clients import refusal

from bangban.features.cases.problems import OwnApplication
from bangban.features.people.tables import PHONE_CONTEXT, StaffRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.tenancy.work import Work

CLERK, TOWN = "clerk-town", "371681101"
ALL = ["ID-CARD", "DWELLING", "PHOTO"]
JUDGING: list[tuple[str, dict[str, Any]]] = [
    ("preCheckCase", {}),
    ("acceptCase", {}),
    ("completeCase", {"outcome": "DONE", "opinion": "办结"}),
    ("declineCase", {"reason": "不属于本机关职权", "basis": "样本条例第一条"}),
]


@pytest.fixture
def own(desk: Desk) -> Iterator[int]:
    """The number of the sample person whose phone is the clerk's, too."""
    n, clerk = fresh(), StaffRow.login == CLERK
    before = desk.scalar(select(StaffRow.phone_sealed).where(clerk))

    async def call(work: Work, phone: bytes | None) -> None:
        await work.db.execute(update(StaffRow).where(clerk).values(phone_sealed=phone))

    desk.inside(lambda work: call(work, work.vault.seal(sample_phone(n), context=PHONE_CONTEXT)))
    yield n
    desk.inside(lambda work: call(work, before))


def by_their_account(desk: Desk, n: int) -> str:
    """Applied for from their own account, in somebody else's name."""
    return applied(desk.resident(n), desk.area(TOWN), n=fresh(), supplied=ALL)


def by_somebody_else(desk: Desk, n: int) -> str:
    """Filed for them by a helper."""
    return applied(desk.staff("helper-town"), desk.area(TOWN), n=n, supplied=ALL)


@pytest.mark.parametrize("file", [by_their_account, by_somebody_else])
def test_nobody_judges_their_own_application(file: Any, desk: Desk, own: int) -> None:
    number = file(desk, own)
    for name, given in JUDGING:
        reply = desk.staff(CLERK)(mutation_of(name), input={"number": number, **given})
        assert refusal(reply) == ("FORBIDDEN", ["input.number"]), name
        assert reply.body["errors"][0]["message"] in (OwnApplication.zh, OwnApplication.en)
    assert done(desk.staff("clerk-county"), "preCheckCase", number=number)["state"] == "PRE_CHECKING"


def test_what_a_clerk_files_for_others_is_not_their_own(desk: Desk, own: int) -> None:
    number = applied(desk.staff(CLERK), desk.area(TOWN), n=fresh(), supplied=ALL)
    assert done(desk.staff(CLERK), "preCheckCase", number=number)["state"] == "PRE_CHECKING"
    assert done(desk.staff(CLERK), "acceptCase", number=number)["state"] in {"ACCEPTED", "IN_PROGRESS"}
