"""Moling of Jiangning (DOMAIN G15): problems of communities are solved inside the street, and only the rest go up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update
from tests.api.casework import Desk, Run, fresh
from tests.api.clients import Client, Place
from tests.api.named import text_of
from tests.journeys.orders import done, later, orders, sent

from bangban.features.orders.tables import OrderRow
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

STREET, COMMUNITY = "320115002", "320115002001"  # 秣陵街道, 东旺社区


@pytest.fixture(scope="module")
def desk(place: Callable[[str], Place], services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(place("nanjing-jiangning"), services, run, app_settings.outbox_folder)


def reported(desk: Desk, who: Client) -> str:
    given = {"kind": "ISSUE", "areaId": desk.area(COMMUNITY), "note": "小区单元门损坏,物业一直未修"}
    return str(done(who, "PlaceOrder", **given)["number"])


def solved(who: Client, number: str) -> None:
    done(who, "ClaimOrder", number=number)
    for step in ("START", "FINISH"):
        done(who, "ProgressOrder", number=number, step=step)


def offered_to(desk: Desk, number: str) -> str:
    (found,) = orders(desk.staff("dispatcher"), number=number)
    return str(found["offeredTo"]["level"])


def truth(desk: Desk, *, top: AreaLevel) -> dict[str, Any]:
    """The same counts from the list of orders, as anybody would make them by hand."""
    found = orders(desk.staff("dispatcher"), kind="ISSUE", areaId=desk.area(COMMUNITY))
    done_ = [AreaLevel(each["offeredTo"]["level"]) for each in found if each["state"] == "DONE"]
    inside = [level for level in done_ if level.depth >= top.depth]
    by_level = Counter(level.value for level in sorted(done_, key=lambda each: -each.depth))
    return {
        "reported": len(found),
        "pending": sum(each["state"] not in ("DONE", "CANCELLED") for each in found),
        "solved": len(done_),
        "solvedInside": len(inside),
        "insidePercent": 100 * len(inside) / len(done_) if done_ else None,
        "byLevel": [{"level": level, "solved": count} for level, count in by_level.items()],
    }


def solving(
    who: Client, area_id: str, *, since: str = "2000-01-01", until: str = "2100-01-01"
) -> dict[str, Any] | None:
    given = {"areaId": area_id, "since": since, "until": until}
    found = who(text_of("IssueSolving"), **given).data["issueSolving"]
    if found is None:
        return None
    assert (found.pop("area")["id"], found.pop("since"), found.pop("until")) == (area_id, since, until)
    return dict(found)


def moved(desk: Desk, number: str, placed_at: datetime) -> None:
    """Make it one that was reported at another time."""

    async def do(work: Work) -> None:
        await work.db.execute(update(OrderRow).where(OrderRow.number == number).values(placed_at=placed_at))

    desk.inside(do)


def test_problems_are_solved_inside_and_only_the_rest_go_up(desk: Desk) -> None:
    worker, leader = desk.staff("helper-village"), desk.staff("dispatcher")
    nothing = {
        "reported": 0,
        "pending": 0,
        "solved": 0,
        "solvedInside": 0,
        "insidePercent": None,
        "byLevel": [],
    }
    assert solving(leader, desk.area(STREET)) == nothing
    silent = sent(worker, "PlaceOrder", kind="ISSUE", areaId=desk.area(COMMUNITY))
    assert (silent.code, silent.body["errors"][0]["extensions"]["fields"]) == (
        "INVALID_INPUT",
        ["input.note"],
    )
    for who in (worker, desk.resident(fresh())):  # by a social worker, or by a resident
        number = reported(desk, who)
        assert offered_to(desk, number) == "VILLAGE"
        solved(worker, number)
    hard, late, waiting = (reported(desk, worker) for _ in range(3))
    done(worker, "ClaimOrder", number=hard)
    done(worker, "ProgressOrder", number=hard, step="RELEASE", reason="须由街道协调物业公司")
    assert offered_to(desk, hard) == "TOWN"
    solved(desk.staff("helper-town"), hard)
    later(desk, minutes=239)
    assert offered_to(desk, late) == "VILLAGE"
    later(desk, minutes=241)  # nobody took it in four hours
    later(desk, minutes=482)
    assert offered_to(desk, late) == "COUNTY"
    solved(desk.staff("helper-county"), late)
    found = solving(leader, desk.area(STREET))
    assert found == truth(desk, top=AreaLevel.TOWN)
    assert found is not None
    assert (found["reported"], found["solved"], found["solvedInside"], found["insidePercent"]) == (
        5,
        4,
        3,
        75.0,
    )
    community = solving(leader, desk.area(COMMUNITY))
    assert community == truth(desk, top=AreaLevel.VILLAGE)
    assert community is not None
    assert community["insidePercent"] == 50.0
    assert offered_to(desk, waiting) == "COUNTY"
    assert solving(leader, desk.area("320115001"))["reported"] == 0  # type: ignore[index]  # another street's, which is there
    assert solving(desk.resident(fresh()), desk.area(STREET)) is None


def test_counts_are_of_the_days_that_are_asked_for(desk: Desk) -> None:
    worker, leader, area = desk.staff("helper-village"), desk.staff("dispatcher"), desk.area(COMMUNITY)
    for placed_at in (  # in Nanjing: 2 March, its first moment and its last; 3 March
        datetime(2026, 3, 1, 16, 0, tzinfo=UTC),
        datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 2, 16, 0, tzinfo=UTC),
    ):
        number = reported(desk, worker)
        solved(worker, number)
        moved(desk, number, placed_at)
    for since, until, count in (
        ("2026-03-01", "2026-03-01", 0),
        ("2026-03-02", "2026-03-02", 2),
        ("2026-03-03", "2026-03-03", 1),
        ("2026-03-02", "2026-03-03", 3),
    ):
        found = solving(leader, area, since=since, until=until)
        assert found is not None
        assert (found["reported"], found["solved"]) == (count, count), (since, until)
        assert found["byLevel"] == ([{"level": "VILLAGE", "solved": count}] if count else [])
    turned = {"since": "2026-03-03", "until": "2026-03-02"}
    assert leader(text_of("IssueSolving"), areaId=area, **turned).code == "INVALID_INPUT"
    asked = leader(text_of("IssueSolving"), areaId=area, until="2026-03-02").data["issueSolving"]
    assert (asked["since"], asked["until"], asked["reported"]) == ("2026-03-02", "2026-03-02", 2)
    alone = leader(text_of("IssueSolving"), areaId=area).data["issueSolving"]
    assert alone["since"] == alone["until"]
