"""Which queues a point has: what the statement says of any windows is what the rules say."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.api.casework import PERMIT, Desk, Run, mutation_of
from tests.api.clients import Place, refusal
from tests.api.halls import make_point
from tests.api.parts.places import fresh_point

from bangban.features.hall.rules.queues import Window, queues_of
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.places.drafts import WindowDraft
from bangban.features.places.rows import put_windows
from bangban.features.places.values import WindowKind
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

MOVE = mutation_of("moveTicket", "id")
HALL = "query($p: ID!) { hall(pointId: $p) { queues { key special windows } } }"
NAMES = st.lists(st.sampled_from(["甲", "乙", "丙"]), max_size=2)  # in any order, also twice
WINDOWS = st.dictionaries(
    st.sampled_from(["1", "2", "3", "10", "20", "01", "A1", "A10", "A9", "七"]),
    st.tuples(NAMES, NAMES),  # codes and themes; a window without either is comprehensive
    max_size=6,
)

Drawn = dict[str, tuple[list[str], list[str]]]


@pytest.fixture(scope="module")
def desk(rushan: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(rushan, services, run, app_settings.outbox_folder)


async def _put(work: Work, *, windows: Drawn) -> UUID:
    """A fresh point with these windows."""
    point = await make_point(work)
    drafts = [
        WindowDraft(
            number=number,
            name=f"窗口{number}",
            kind=WindowKind.SPECIAL if codes or themes else WindowKind.COMPREHENSIVE,
            service_codes=tuple(codes),
            themes=tuple(themes),
        )
        for number, (codes, themes) in windows.items()
    ]
    put_windows(work, point, drafts, {})
    await work.db.flush()
    return point


def test_the_statement_and_the_rules_name_the_same_queues(desk: Desk) -> None:
    clerk = desk.staff("clerk-county")

    @settings(max_examples=25, deadline=None)
    @given(drawn=WINDOWS)
    def same(drawn: Drawn) -> None:
        windows = [
            Window(
                id=new_id(),
                number=number,
                special=bool(codes or themes),
                service_codes=frozenset(codes),
                themes=frozenset(themes),
            )
            for number, (codes, themes) in drawn.items()
        ]
        point = desk.inside(partial(_put, windows=drawn))
        said: Any = clerk(HALL, p=str(point)).data["hall"]["queues"]
        assert said == [
            {"key": each.key, "special": each.special, "windows": [one.number for one in each.windows]}
            for each in queues_of(windows)
        ]

    same()


WAITING = "query($p: ID!) { hall(pointId: $p) { queues { key waiting } } }"
SET = mutation_of("setServicePoint", "windows { number }")
OF = {"serviceCodes": [PERMIT], "kind": "SPECIAL"}


def window(number: str, **how: Any) -> dict[str, Any]:
    return {"number": number, "name": f"窗口{number}", **how}


def test_who_waits_for_a_special_window_that_closes_is_called_by_the_others_in_turn(desk: Desk) -> None:
    admin, guide, clerk = desk.staff("admin"), desk.staff("guide"), desk.staff("clerk-county")
    point = {**fresh_point(desk), "kind": "HALL", "area": "371083", "openingHours": "24/7"}
    asked = mutation_of("setServicePoint", "id windows { id number }")
    windows = [window("10", **OF), window("2"), window("3", **OF)]
    hall = admin(asked, input={**point, "windows": windows}).data["setServicePoint"]
    assert [each["number"] for each in hall["windows"]] == ["2", "3", "10"]
    desk.inside(partial(_on_shift, point=UUID(hall["id"]), guide=UUID(desk.staff_id("guide"))))

    def number(**about: Any) -> Any:
        given = {"pointId": hall["id"], "applicantKind": "PERSON", **about}
        visit = guide(mutation_of("greetVisitor", "id"), input=given).data["greetVisitor"]["id"]
        if "serviceCode" in about:
            papers = [{"code": each, "state": "HAS"} for each in ("ID-CARD", "DWELLING", "PHOTO")]
            assert guide(mutation_of("checkPapers", "id"), input={"visitId": visit, "papers": papers}).data
        return guide(mutation_of("issueTicket", "id number ahead"), input={"visitId": visit}).data[
            "issueTicket"
        ]

    def waiting() -> dict[str, int]:
        found = clerk(WAITING, p=hall["id"]).data["hall"]["queues"]
        return {each["key"]: each["waiting"] for each in found}

    first, second = number(serviceCode=PERMIT), number(purpose="咨询")
    assert (first["number"], second["number"]) == ("W3-001", "A-001")
    assert waiting() == {"A": 1, "W3": 1}
    only_special = admin(SET, input={**point, "windows": [window("3", **OF)]})
    assert refusal(only_special) == ("CONFLICT", ["input.windows"])
    assert "A-001" in str(only_special.body)
    assert "W3-001" not in str(only_special.body)
    yesterday = admin(SET, input={**point, "until": "2026-01-01"})
    assert refusal(yesterday) == ("CONFLICT", ["input.until"])
    assert admin(SET, input={**point, "windows": [window("2")]}).data
    assert waiting() == {"A": 2}
    third = number(purpose="咨询")
    assert third["ahead"] == 2, "both are called before"
    at = {each["number"]: each["id"] for each in hall["windows"]}
    called = clerk(mutation_of("callNextTicket", "id number"), input={"windowId": at["2"]}).data[
        "callNextTicket"
    ]
    assert called["number"] == "W3-001", "it was given first"
    shown = "query($p: ID!) { hall(pointId: $p) { queues { nowServing { number } } } }"
    assert clerk(shown, p=hall["id"]).data["hall"]["queues"] == [{"nowServing": [{"number": "W3-001"}]}]
    there = clerk(MOVE, input={"ticketId": called["id"], "step": "TRANSFER", "serviceCode": PERMIT})
    assert refusal(there) == ("CONFLICT", ["input.serviceCode"])
    assert refusal(clerk(MOVE, input={"ticketId": called["id"], "step": "TRANSFER"})) == (
        "CONFLICT",
        ["input.step"],
    )


async def _on_shift(work: Work, *, point: UUID, guide: UUID) -> None:
    turn = {
        "begins_at": work.now - timedelta(hours=1),
        "ends_at": work.now + timedelta(hours=1),
        "desk": None,
    }
    work.db.add(GuideShiftRow(id=new_id(), point_id=point, guide_id=guide, day=work.today, **turn))
