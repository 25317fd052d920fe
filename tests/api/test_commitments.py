"""五项承诺 (DOMAIN B07): what a case kept of the five, as a rule in plain Python says of what was done to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from tests.api.casework import Desk, applied, done, fresh

from bangban.features.cases.service.relay import expire_handover
from bangban.features.cases.tables import CaseRow
from bangban.features.districts.platform import PLATFORM

VILLAGE = "371681101200"
FIELDS = "query($n: String!) { case(number: $n) { commitments { kind kept } onceDone timeline { kind } } }"
KINDS = ["FIRST_ASKED", "TOLD_ONCE", "TO_THE_POINT", "DONE_ONCE", "HANDED_OVER_IN_TIME"]


def kept(desk: Desk, number: str) -> dict[str, Any]:
    """What the API says, which must be what the rule says."""
    found = desk.staff("helper-village")(FIELDS, n=number).data["case"]
    happened = [each["kind"] for each in found["timeline"]]
    rule = [
        True,
        happened.count("NOTICE_ISSUED") <= 1,
        "RETURNED" not in happened,
        found["onceDone"],
        "EXPIRED" not in happened,
    ]
    assert [each["kind"] for each in found["commitments"]] == KINDS
    assert [each["kept"] for each in found["commitments"]] == rule
    return dict(zip(KINDS, rule, strict=True))


def begun(desk: Desk) -> str:
    return applied(desk.staff("helper-village"), desk.area(VILLAGE), n=fresh())


def offered(desk: Desk) -> str:
    number = begun(desk)
    to = desk.staff_id("helper-town")
    done(desk.staff("helper-village"), "handOverCase", number=number, toStaffId=to, reason="需镇街帮办")
    return number


def test_each_case_keeps_its_own(desk: Desk) -> None:
    plain, returned, late = begun(desk), offered(desk), offered(desk)
    done(desk.staff("helper-town"), "returnCase", number=returned, reason="不属镇街职责")
    desk.run(_time_is_over(desk, late))
    fresh_ = dict.fromkeys(KINDS, True) | {"DONE_ONCE": None}
    assert kept(desk, plain) == fresh_
    assert kept(desk, returned) == fresh_ | {"TO_THE_POINT": False}
    assert kept(desk, late) == fresh_ | {"HANDED_OVER_IN_TIME": False}


async def _time_is_over(desk: Desk, number: str) -> None:
    """Two hours later nobody has taken it."""
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=121)
    tenancy = desk.services.tenancy
    district = tenancy.registry.get(desk.place.slug)
    async with tenancy.write(district, PLATFORM, now=later) as work:
        found = await work.db.scalars(select(CaseRow.id).where(CaseRow.number == number))
        await expire_handover(work, case_id=found.one())
