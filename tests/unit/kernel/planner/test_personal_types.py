"""What is about people is marked so: an auditor's reading of it goes into the trail before it is answered."""

from __future__ import annotations

from typing import Final

from bangban.kernel.planner.reads import Guard, reads_of
from bangban.web.schema import core_schema

PERSONAL: Final = {
    *(
        "Booking",
        "BundleApplication",
        "Case",
        "CaseFile",
        "Custody",
        "FirstAsk",
        "Order",
        "OutreachCandidate",
    ),
    "Visit",
}
# Guarded by where they are, and about nobody who was helped: staff, operators, counts, or what hangs on a visit.
OTHERS: Final = {
    *("AuditEntry", "PlatformEntry", "Operator", "PlatformDistrict", "WorkGroup", "HelperSkills", "SkillGap"),
    *(
        "CrowdLimits",
        "GuideShift",
        "HallAlert",
        "HallStatistics",
        "RotaGap",
        "Ticket",
        "IntakeBatch",
        "ServiceCard",
    ),
    *("Coverage", "NetworkConformance", "IssueSolving", "StatisticCount", "DistrictStatistic"),
    *("Outreach", "ProxyUse", "Recognition", "Training", "AuditSeal"),
}


def test_every_guarded_type_is_of_one_kind_or_the_other() -> None:
    guards: dict[str, Guard] = {}
    for name, type_ in core_schema().type_map.items():
        origin = getattr(type_.extensions.get("strawberry-definition"), "origin", None)
        guard = None if origin is None else reads_of(origin).guard
        if guard is not None:
            guards[name] = guard
    assert {name for name, guard in guards.items() if guard.personal} == PERSONAL
    assert set(guards) == PERSONAL | OTHERS
