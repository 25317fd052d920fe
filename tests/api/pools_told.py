"""Arguments for what people are told, book and are thanked for, and for what can be done where. See ``pools``."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.api.drawing import Pools
from tests.api.pools import given, in_force, maybe, page
from tests.api.truth import Truth

from bangban.features.areas.tables import AreaRow
from bangban.features.bookings.tables import BookingRow
from bangban.features.cases.tables import CaseRow
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.outreach.tables import OutreachRow
from bangban.features.people.tables import TeamRow
from bangban.features.places.tables import ServicePointRow
from bangban.features.printed_guides.tables import PrintedGuideRow
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.recognitions.tables import RecognitionRow


def pools_told(truth: Truth) -> Pools:
    """Arguments that find something, and some that do not."""
    rows, today = truth.rows, truth.moment.day
    upper = [each for each in rows[AreaRow] if each.path.count(".") < 3]
    near = [str(today + timedelta(days=each)) for each in (-31, -1, 0, 1, 30)]
    days = [*near, "2019-12-31", str(date(9999, 12, 30))]
    told = truth.cursors("outreach", rows[OutreachRow], lambda r: (r.starts_on, r.id))
    booked = truth.cursors("bookings", rows[BookingRow], lambda r: (r.begins_at, r.id))
    turns = [each for each in rows[GuideShiftRow] if each.kind == "REPRESENTATIVE"]
    turn = truth.cursors("turn", turns, lambda r: (r.begins_at, r.id))
    thanked = truth.cursors("given", rows[RecognitionRow], lambda r: (r.on_date, r.id))
    used = truth.cursors("used", rows[ProxyUseRow], lambda r: (r.at, r.id))
    guided = truth.cursors("guidance", rows[GuidanceRow], lambda r: (r.code, r.version))
    printed = truth.cursors("guide", rows[PrintedGuideRow], lambda r: (r.code, r.version))
    contact = truth.cursors("contact", rows[TeamRow][:20], lambda r: (r.key, r.id))
    with_use = {each.case_id for each in rows[ProxyUseRow]}
    numbers = [each.number for each in rows[CaseRow] if each.id in with_use]
    none = [str(UUID(int=0))]  # where a district has nothing of the kind
    points = [str(each.point_id) for each in (*rows[BookingRow], *turns)] or none
    everywhere = [str(each.id) for each in rows[ServicePointRow]] or none
    teams = [str(each.id) for each in rows[TeamRow]] or none
    thankers = [str(each.recorded_by) for each in rows[RecognitionRow]] or none

    def area(random: Random) -> str:
        return str(random.choice(upper).id)

    def of(table: type, column: str, random: Random) -> str:
        """What some row has there, or nothing that any has."""
        return str(random.choice([*(getattr(each, column) for each in rows[table]), "NONE"]))

    def between(random: Random, *, usual: str = "") -> dict[str, Any]:
        """A first and a last day in their order, since others are refused; ``usual`` is today where it is left out."""
        first, last = sorted(random.choices(days, k=2))
        drawn = {"since": maybe(random, first, often=0.4), "until": maybe(random, last, often=0.4)}
        if usual == "until" and not isinstance(drawn["until"], str) and isinstance(drawn["since"], str):
            drawn["since"] = min(first, str(today))
        if usual == "since" and not isinstance(drawn["since"], str) and isinstance(drawn["until"], str):
            drawn["until"] = max(last, str(today))
        return drawn

    def listed(random: Random, cursors: list[str], **filter_: Any) -> dict[str, Any]:
        return {"filter": maybe(random, given(**filter_)), **page(random, cursors)}

    return {
        ("Query", "outreaches"): lambda r: listed(
            r,
            told,
            areaId=maybe(r, area(r), often=0.3),
            kind=maybe(r, "MARKET", "SHOP", often=0.3),
            cancelled=maybe(r, True, False, often=0.3),
            **between(r),
        ),
        ("Outreach", "candidates"): lambda r: {"first": maybe(r, 1, 2, 5)},
        ("Query", "bookings"): lambda r: listed(
            r,
            booked,
            pointId=maybe(r, r.choice(points), often=0.3),
            day=maybe(r, *days, often=0.3),
            states=maybe(r, ["BOOKED"], ["ARRIVED", "MISSED", "CANCELLED"], [], often=0.3),
        ),
        ("Query", "representatives"): lambda r: {
            "pointId": maybe(r, r.choice(points), often=0.3),
            **between(r, usual="since"),
            **page(r, turn),
        },
        ("Query", "recognitions"): lambda r: listed(
            r,
            thanked,
            kind=maybe(r, "BANNER", "LETTER", often=0.3),
            areaId=maybe(r, area(r), often=0.3),
            staffId=maybe(r, r.choice(thankers), often=0.3),
            teamId=maybe(r, r.choice(teams), often=0.2),
            **between(r),
        ),
        ("Query", "proxyUses"): lambda r: listed(
            r,
            used,
            number=maybe(r, r.choice([*numbers, "NONE"]), often=0.2),
            areaId=maybe(r, area(r), often=0.3),
            elderly=maybe(r, True, False, often=0.3),
            **between(r),
        ),
        ("Query", "guidances"): lambda r: {**page(r, guided), "on": in_force(r, rows[GuidanceRow])},
        ("Query", "guidance"): lambda r: {
            "code": of(GuidanceRow, "code", r),
            "version": maybe(r, 1, 2, 3, 4, often=0.4),
            "answers": maybe(
                r, [], ["on"], ["out"], ["on", "one"], ["on", "two"], ["out", "on"], ["on", "no"], ["further"]
            ),
        },
        ("Query", "printedGuides"): lambda r: {
            "code": maybe(r, of(PrintedGuideRow, "code", r)),
            **page(r, printed),
        },
        ("Query", "contactBook"): lambda r: {
            "areaId": maybe(r, area(r), often=0.2),
            "stale": maybe(r, True, False, often=0.4),
            **page(r, contact),
        },
        ("Query", "pointServices"): lambda r: {
            "pointId": r.choice(everywhere),
            "on": maybe(r, *near, "2019-12-31", often=0.4),  # before the scene's later version of an item
            **({"first": r.choice((1, 2, 500))} if r.random() < 0.4 else {}),
            "afterCode": maybe(r, "SAMPLE", "TPL-RESIDENCE-PERMIT", often=0.3),
        },
        ("Query", "issueSolving"): lambda r: {"areaId": area(r), **between(r, usual="until")},
    }
