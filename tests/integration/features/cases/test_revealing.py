"""An applicant's data in the clear: to whom, why, how often, and on record."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.integration.features.cases.casework import MONDAY, World, applicant

from bangban.features.cases import service
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.problems import Forbidden, InvalidInput, RateLimited


class TestRevealing:
    def test_is_recorded_with_its_reason_and_without_the_data(self, world: World) -> None:
        number = world.apply(applicant=applicant(5))
        seen = world.act("clerk", service.reveal_applicant, number=number, reason="电话核实材料")
        assert (seen.identity_number, seen.phone) == (applicant(5).identity_number, applicant(5).phone)
        entry = world.rows(
            AuditEntryRow,
            AuditEntryRow.object == f"case:{number}",
            AuditEntryRow.action == "case:reveal",
        )[0]
        assert entry.details == {"reason": "电话核实材料"}

    def test_needs_permission_and_a_reason(self, world: World) -> None:
        number = world.apply("resident")
        for who in ("helper-a", "admin", "auditor", "resident"):
            with pytest.raises(Forbidden):
                world.act(who, service.reveal_applicant, number=number, reason="电话核实材料")
        with pytest.raises(InvalidInput):
            world.act("clerk", service.reveal_applicant, number=number, reason="看一下")

    def test_is_limited_to_twenty_an_hour(self, world: World) -> None:
        number = world.apply(area="town-a", who="clerk-a")
        for _ in range(20):
            world.act("clerk-a", service.reveal_applicant, number=number, reason="电话核实材料")
        with pytest.raises(RateLimited):
            world.act("clerk-a", service.reveal_applicant, number=number, reason="电话核实材料")
        later = MONDAY + dt.timedelta(hours=1, seconds=1)
        world.act("clerk-a", service.reveal_applicant, number=number, reason="电话核实材料", now=later)
