"""What help with follow-up and care for those in need is measured by, counted row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.api.truths.hall_measures import minutes_between, quantile
from tests.api.truths.measuring import Line, Measuring, share

from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.cases.values import HelpMode
from bangban.features.hall.tables import TicketRow, VisitRow
from bangban.features.supervision.tables import DutyRow

FEWEST = 5  # people; of fewer nothing is told


class MeasuredCare(Measuring):
    """Cases by how they were helped, and visitors who are looked after first."""

    def _helped(self) -> Iterator[Line]:
        cases = [each for each in self._among(CaseRow) if self._within(each.submitted_at)]
        for mode in HelpMode:
            yield share("MODE_USE", sum(mode in each.modes for each in cases), len(cases), mode.value)
        ours = {each.id for each in self._among(CaseRow)}
        made = [
            self.truth.local_day(each.at) <= each.due_on
            for each in self.truth.of(CaseEventRow, kind="CHECKED_IN")
            if each.case_id in ours and self._on(each.due_on)
        ]
        missed = [
            each
            for each in self.truth.of(DutyRow, kind="CHECK_IN_LATE")
            if each.case_id in ours and self._on(each.due_on)
        ]
        yield share("CHECK_INS_KEPT", sum(made), sum(made) + len(missed))

    def _at_points(self, table: type) -> list[Any]:
        """The rows of a table of halls on the days."""
        found = self.truth.rows[table]
        return [
            each for each in found if self._on(each.day) and self._here(self.truth.any_point(each).area_id)
        ]

    def _cared(self) -> Iterator[Line]:
        served = [each for each in self._at_points(TicketRow) if each.served_from is not None]
        waits = {
            first: [
                minutes_between(each.queued_at, each.served_from)
                for each in served
                if (each.priority > 0) is first
            ]
            for first in (True, False)
        }
        known = self.truth.principal.kind != "AUDITOR"
        enough = known and len(waits[True]) >= FEWEST
        for key, first in (("PRIORITY_WAIT_MINUTES", True), ("OTHER_WAIT_MINUTES", False)):
            yield (key, None), (quantile(waits[first], 0.5) if enough else None, None, None)
        visits = [each for each in self._at_points(VisitRow) if self.truth.proposed(each)]
        if not known or len(visits) < FEWEST:
            yield ("PROPOSALS_TAKEN_UP", None), (None, None, None)
            return
        taken = sum(len(self.truth.taken_up(each)) for each in visits)
        yield share("PROPOSALS_TAKEN_UP", taken, sum(len(self.truth.proposed(each)) for each in visits))
