"""Halls, visits and batches, in plain Python."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import ceil
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from tests.api.truth import Page, Part
from tests.api.truths.casework import CaseFields
from tests.api.truths.hall_measures import measured
from tests.api.truths.moments import Moments, spans_without
from tests.api.truths.saying import Said, minutes, natural

from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.hall.tables import (
    GuideShiftRow,
    HallAlertRow,
    IntakeBatchCaseRow,
    IntakeBatchRow,
    OvertimeRow,
    TicketRow,
    VisitRow,
)
from bangban.features.hall.values import CareNeed
from bangban.features.people.tables import AssignmentRow
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow
from bangban.kernel.access.vocabulary import Permission

MOST_DAYS = 31
AT_WINDOW = ("CALLED", "SERVING")


class HallFields(CaseFields, Moments):
    """Named ``Type_field``."""

    def _overseen(self, point_id: Any, permission: Permission = Permission.OVERSIGHT_READ) -> bool:
        """Whether the caller sees how the point's hall runs, or has the other permission there."""
        point = self.one(ServicePointRow, id=point_id)
        return self.granted(permission, point.area_id)

    def _hall(self, name: str, usual: int) -> int:
        found = self._said("hall", name)
        return usual if found is None else int(found)

    def _window(self, row: Any) -> str | None:
        found = self.one(ServiceWindowRow, id=row.window_id)
        return None if found is None else str(found.number)

    def Hall_my_tickets(
        self, row: Any, phone: str | None = None, identity_number: str | None = None
    ) -> list[Any]:
        """No resident is among those who ask here: others have no numbers."""
        return []

    def Query_hall(self, _: Part, point_id: str) -> Any:
        return next((r for r in self.rows[ServicePointRow] if str(r.id) == point_id), None)

    # ------------------------------------------------------------------ what the screen shows

    def Hall_queues(self, row: Any) -> list[Any]:
        kept: dict[tuple[Any, ...], list[Any]] = {}
        for each in self.of(ServiceWindowRow, point_id=row.id):
            if each.closed_on is None or each.closed_on > self.moment.day:
                same = (each.kind, tuple(each.service_codes), tuple(each.themes))
                kept.setdefault(same, []).append(each)
        found = [self._queue(row.id, kind, windows) for (kind, _, _), windows in kept.items()]
        return sorted(found, key=lambda each: natural(each.key))

    def _queue(self, point_id: Any, kind: Any, windows: list[Any]) -> Any:
        numbers = sorted((each.number for each in windows), key=natural)
        special = kind != "COMPREHENSIVE"
        names = [f"W{each}" for each in numbers] if special else ["A"]
        line = self._line(point_id, names[0])
        today = self.of(TicketRow, point_id=point_id, day=self.moment.day)
        ours = [each for each in today if self._line(point_id, each.queue) == line]
        waiting = sum(each.state == "ISSUED" for each in ours)
        served = [(t.ended_at - t.served_from).total_seconds() for t in ours if t.state == "SERVED"]
        pace = sum(served) / len(served) / 60 if len(served) >= 5 else self._hall("service_minutes", 10)
        return SimpleNamespace(
            key=names[0] if special else "A",
            special=special,
            windows=numbers,
            waiting=waiting,
            estimated_wait_minutes=ceil(round(waiting * pace / len(numbers), 9)),
            now_serving=self._serving(ours),
        )

    def _line(self, point_id: Any, queue: str) -> Any:
        """Who calls a queue's numbers: the special windows that take the same as the named one, or else all others."""
        for each in self.of(ServiceWindowRow, point_id=point_id):
            still = each.closed_on is None or each.closed_on > self.moment.day
            if still and each.kind != "COMPREHENSIVE" and f"W{each.number}" == queue:
                return tuple(each.service_codes), tuple(each.themes)
        return None

    def _serving(self, tickets: list[Any]) -> list[Any]:
        called = sorted((each for each in tickets if each.state in AT_WINDOW), key=lambda r: r.id)
        return sorted(called, key=lambda r: r.called_at, reverse=True)

    def Hall_now_serving(self, row: Any) -> list[Any]:
        return self._serving(self.of(TicketRow, point_id=row.id, day=self.moment.day))

    def TicketCall_window(self, row: Any) -> str | None:
        return self._window(row)

    # ------------------------------------------------------------------ what its staff look at

    def Hall_shifts(self, row: Any, day: str | None = None) -> list[Any]:
        if not self._overseen(row.id):
            return []
        wanted = self.moment.day if day is None else date.fromisoformat(day)
        return sorted(self.of(GuideShiftRow, point_id=row.id, day=wanted), key=lambda r: (r.begins_at, r.id))

    def GuideShift_kind(self, row: Any) -> str:
        return row.kind or "GUIDE"

    def GuideShift_guide(self, row: Any) -> Any:
        return self._person(row.guide_id)

    def GuideShift_cancelled(self, row: Any) -> bool:
        return row.cancelled_at is not None

    def Hall_crowd_limits(self, row: Any) -> Any:
        """The point's own, else the district's, else the matrix's."""
        if not self._overseen(row.id):
            return None
        said, own = self._said("hall", "crowd") or {}, (row.queue_length, row.wait_minutes)
        usual = (said.get("queue_length", 20), said.get("wait_minutes", 20))
        length, minutes_ = (
            each if each is not None else other for each, other in zip(own, usual, strict=True)
        )
        return SimpleNamespace(queue_length=length, wait_minutes=minutes_)

    def Hall_alerts(self, row: Any) -> list[Any]:
        found = [
            each
            for each in self.of(HallAlertRow, point_id=row.id)
            if self._overseen(row.id) and (each.cleared_at is None or each.day == self.moment.day)
        ]
        return sorted(found, key=lambda r: (r.raised_at, r.id))

    def HallAlert_lead(self, row: Any) -> Any:
        return self._person(row.lead_id)

    def HallAlert_actions(self, row: Any) -> list[Any]:
        return [
            SimpleNamespace(action=each["action"], at=datetime.fromisoformat(each["at"]), done_by=each["by"])
            for each in row.actions
        ]

    def AlertAnswer_by(self, row: Any) -> Any:
        return self._person(UUID(row.done_by))

    def HallAlert_minutes_to_clear(self, row: Any) -> int | None:
        return minutes(row.raised_at, row.cleared_at)

    def Hall_rota_gaps(
        self, row: Any, since: str | None = None, days: int = 7, kind: str = "GUIDE"
    ) -> list[Any]:
        if not self._overseen(row.id):
            return []
        first = self.moment.day if since is None else date.fromisoformat(since)
        most = min(days, MOST_DAYS, (date.max - first).days)
        asked = [first + timedelta(days=n) for n in range(most)]
        standing = [day for day in asked if self.stands(row, day)]
        opened = [self.wall(day, *span) for day in standing for span in self.spans(row, day)]
        whole = [self.wall(day, 0, 24 * 60) for day in standing]
        turns = [
            (each.begins_at, each.ends_at)
            for each in self.of(GuideShiftRow, point_id=row.id)
            if each.cancelled_at is None and self.GuideShift_kind(each) == kind and self.has_somebody(each)
        ]
        wanted = spans_without(whole, opened) if kind == "ON_CALL" else opened
        return [
            SimpleNamespace(begins_at=begin, ends_at=end, minutes=minutes(begin, end))
            for begin, end in spans_without(wanted, turns)
        ]

    def Hall_statistics(self, row: Any, since: str | None = None, until: str | None = None) -> Any:
        if not self._overseen(row.id):
            return None
        last = self.moment.day if until is None else date.fromisoformat(until)
        first = last if since is None else date.fromisoformat(since)
        overtimes = self.of(OvertimeRow, point_id=row.id)
        rows = SimpleNamespace(
            overtimes=overtimes,
            **{
                name: self.of(table, point_id=row.id)
                for name, table in (
                    ("visits", VisitRow),
                    ("tickets", TicketRow),
                    ("shifts", GuideShiftRow),
                    ("alerts", HallAlertRow),
                )
            },
        )
        found = measured(rows, first, last, target=self._hall("target_minutes", 10), now=self.now)
        if self.principal.kind == "AUDITOR":
            found["median_wait_minutes_of_priority"] = None
        return SimpleNamespace(since=first, until=last, **found)

    # ------------------------------------------------------------------ visits and tickets

    def Query_visits(
        self,
        _: Part,
        point_id: str,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the contract's name
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        asked = self._asked(filter)
        found = [
            r
            for r in self.rows[VisitRow]
            if str(r.point_id) == point_id
            and self._overseen(r.point_id, Permission.HALL_READ)
            and ("day" not in asked or r.day == date.fromisoformat(asked["day"]))
            and ("states" not in asked or r.state in asked["states"])
            and ("number" not in asked or asked["number"] in {t.number for t in self._tickets(r)})
        ]
        return self.page(found, "greeted", lambda r: (r.greeted_at, r.id), first, after, down=True)

    def Visit_service(self, row: Any) -> Any:
        return self.one(ServiceItemRow, id=row.service_item_id)

    def _unmasked(self, value: Any) -> Any:
        return None if self.principal.kind == "AUDITOR" else value

    def _inside(self, row: Any, value: Any) -> Any:
        """What only those posted at the point's own unit read, and those on its rota that day."""
        me, today = self.principal.id, self.moment.day
        point = self.one(ServicePointRow, id=row.point_id)
        posted = any(
            each.since <= today <= (each.until or today) and each.point_id in (None, point.id)
            for each in self.of(AssignmentRow, staff_id=me, area_id=point.area_id)
        )
        turns = self.of(GuideShiftRow, point_id=point.id, guide_id=me, day=row.day)
        seen = posted or any(each.cancelled_at is None for each in turns)
        return self._unmasked(value) if seen else None

    def Visit_purpose(self, row: Any) -> Any:
        return self._inside(row, row.purpose)

    def Visit_end_note(self, row: Any) -> Any:
        return self._inside(row, row.end_note)

    def Visit_visitor(self, row: Any) -> Any:
        return row.visitor_masked

    def Visit_care_needs(self, row: Any) -> Any:
        return self._inside(row, list(row.care_needs))

    def proposed(self, row: Any) -> list[str]:
        said, modes = self._said("hall", "proposals"), self._said("modes") or []
        usual = {each: ["CARING"] if each == "HARDSHIP" else ["CARING", "DOOR"] for each in CareNeed}
        wanted = {one for need in row.care_needs for one in (usual if said is None else said).get(need, ())}
        point = self.one(ServicePointRow, id=row.point_id)
        level, item = self.area(point.area_id).level, self.one(ServiceItemRow, id=row.service_item_id)
        kinds = self._said("orders", "kinds")
        comes = kinds is None or any(
            each["kind"] in ("PICKUP", "DELIVERY") and level in each.get("falls_to", [level])
            for each in kinds
        )
        offered = {
            "CARING": not modes or any(each["mode"] == "CARING" for each in modes),
            "DOOR": comes and (item is None or "DOOR" in item.channels),
        }
        return [each for each in ("CARING", "DOOR") if each in wanted and offered[each]]

    def Visit_proposals(self, row: Any) -> Any:
        return self._inside(row, self.proposed(row))

    def taken_up(self, row: Any) -> list[str]:
        case = self.one(CaseRow, id=row.case_id)
        took = {"CARING": case is not None and "CARING" in case.modes, "DOOR": row.order_id is not None}
        return [each for each in self.proposed(row) if took[each]]

    def Visit_taken_up(self, row: Any) -> Any:
        return self._inside(row, self.taken_up(row))

    def Visit_guide(self, row: Any) -> Any:
        return self._person(row.guide_id)

    def Visit_papers(self, row: Any) -> list[Said] | None:
        return None if row.papers is None else [Said({"note": None, **each}) for each in row.papers]

    def CheckedPaper_note(self, paper: Said) -> Any:
        return None if self.principal.kind == "AUDITOR" else paper.note

    def Visit_notice(self, row: Any) -> Part | None:
        return None if row.told is None else Part(row)

    def VisitNotice_missing(self, part: Part) -> list[Said] | None:
        found = part.of.told_papers
        return None if found is None else [Said({"note": None, **each}) for each in found]

    def VisitNotice_issued_at(self, part: Part) -> Any:
        return part.of.told_at

    def VisitNotice_issued_by(self, part: Part) -> Any:
        return self._person(part.of.told_by)

    def VisitNotice_deadline(self, part: Part) -> Any:
        return part.of.told_until

    def VisitNotice_channel(self, part: Part) -> Any:
        return part.of.told_channel

    def VisitNotice_how(self, part: Part) -> Any:
        return part.of.told_how

    def VisitNotice_where(self, part: Part) -> Any:
        found = part.of.told_where_id
        return None if found is None else self.one(ServicePointRow, id=found)

    def VisitNotice_acknowledged_at(self, part: Part) -> Any:
        return part.of.told_signed_at

    def VisitNotice_acknowledged_to(self, part: Part) -> Any:
        return self._person(part.of.told_signed_to)

    def _tickets(self, row: Any) -> list[Any]:
        return sorted(self.of(TicketRow, visit_id=row.id), key=lambda r: (r.issued_at, r.id))

    def Visit_tickets(self, row: Any) -> list[Any]:
        return self._tickets(row)

    def Visit_minutes_in_hall(self, row: Any) -> int | None:
        return minutes(row.arrived_at or row.greeted_at, row.ended_at)

    def Visit_case(self, row: Any) -> Any:
        return self.visible_case(row.case_id)

    def Ticket_priority(self, row: Any) -> Any:
        return self._inside(row, row.priority)

    def Ticket_ahead(self, row: Any) -> Any:
        if row.state != "ISSUED":
            return None
        waiting = self.of(TicketRow, point_id=row.point_id, day=row.day, state=row.state)
        line = self._line(row.point_id, row.queue)
        same = [each for each in waiting if self._line(row.point_id, each.queue) == line]
        return self._unmasked(sum(_turn(each) < _turn(row) for each in same))

    def Ticket_window(self, row: Any) -> str | None:
        return self._window(row)

    def Ticket_overtime(self, row: Any) -> Any:
        return self.one(OvertimeRow, ticket_id=row.id)

    def Ticket_visit(self, row: Any) -> Any:
        return self.one(VisitRow, id=row.visit_id)

    def Overtime_explanation(self, row: Any) -> Any:
        return self._unmasked(row.explanation)

    def Overtime_minutes(self, row: Any) -> int | None:
        late = minutes(row.starts_at, row.ended_at)
        return None if late is None else max(late, 0)

    # ------------------------------------------------------------------ batches

    def Query_intake_batch(self, _: Part, number: str) -> Any:
        found = self.one(IntakeBatchRow, number=number)
        return found if found is not None and self._overseen(found.point_id) else None

    def Query_intake_batches(
        self,
        _: Part,
        point_id: str,
        closed: bool | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Page:
        found = [
            r
            for r in self.rows[IntakeBatchRow]
            if str(r.point_id) == point_id
            and self._overseen(r.point_id)
            and (closed is None or (self.IntakeBatch_closed_at(r) is not None) is closed)
        ]
        return self.page(found, "batch", lambda r: (r.received_at, r.id), first, after, down=True)

    def IntakeBatch_closed(self, row: Any) -> int:
        return sum((each.completed_at or each.ended_at) is not None for each in self._of_batch(row))

    def IntakeBatch_window(self, row: Any) -> str | None:
        return self._window(row)

    def IntakeBatch_collector(self, row: Any) -> Any:
        return self._person(row.collector_id)

    def _of_batch(self, row: Any) -> list[Any]:
        found = [self.one(CaseRow, id=each.case_id) for each in self.of(IntakeBatchCaseRow, batch_id=row.id)]
        return sorted(found, key=lambda r: r.number)

    def IntakeBatch_cases(self, row: Any) -> list[Any]:
        return [each for each in self._of_batch(row) if self.visible_case(each.id)]

    def IntakeBatch_closed_at(self, row: Any) -> Any:
        ends = [each.completed_at or each.ended_at for each in self._of_batch(row)]
        return max(ends) if ends and None not in ends else None


def _turn(row: Any) -> tuple[Any, ...]:
    """When a ticket is called: the highest class first, then by time, then by number."""
    return -row.priority, row.queued_at, row.serial
