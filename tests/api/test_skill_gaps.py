"""Which matters of a unit nobody there can help with: what the statement says is what the rows say."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from tests.api.casework import Desk, Run
from tests.api.clients import Place
from tests.api.named import text_of

from bangban.features.catalog.tables import DelegationRow, ServiceItemRow
from bangban.features.catalog.values import DelegationScope
from bangban.features.orders.tables import HelperSkillRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

TURNS = 6


@pytest.fixture(scope="module")
def desk(rushan: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(rushan, services, run, app_settings.outbox_folder)


async def _drawn(work: Work, *, turn: int) -> tuple[set[str], int]:
    """Delegations to where helpers are posted, skills as they fall; the gaps that follow, and how many were covered."""
    random = Random(turn)
    themes = {
        row.code: row.details.get("theme")
        for row in await work.db.scalars(select(ServiceItemRow).order_by(ServiceItemRow.version))
    }
    posts = (
        await work.db.execute(
            select(AssignmentRow.area_id, AssignmentRow.staff_id)
            .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
            .where(
                AssignmentRow.role == Role.HELPER.value,
                StaffRow.active,
                AssignmentRow.since <= work.today,
                AssignmentRow.until.is_(None) | (AssignmentRow.until >= work.today),
            )
        )
    ).all()
    named = [each for each in themes.values() if each]
    for staff_id in sorted({post.staff_id for post in posts}, key=str):
        if random.random() < 0.8:
            await work.db.merge(
                HelperSkillRow(
                    staff_id=staff_id,
                    all_round=random.random() < 0.1,
                    themes=random.sample(named, random.randint(0, 2)),
                    services=random.sample(sorted(themes), random.randint(0, 2)),
                    changed_at=work.now,
                )
            )
    work.db.add_all(
        DelegationRow(
            id=new_id(),
            service_code=random.choice(sorted(themes)),
            from_area_id=area,
            to_area_id=area,
            scope=DelegationScope.PRE_CHECK,
            since=work.today,
            basis=f"样本{turn}",
        )
        for area in random.sample(sorted({post.area_id for post in posts}, key=str), 1)
    )
    await work.db.flush()
    skills = {row.staff_id: row for row in await work.db.scalars(select(HelperSkillRow))}
    points = {row.id: row.area_id for row in await work.db.scalars(select(ServicePointRow))}

    def can(staff_id: Any, code: str) -> bool:
        skill = skills.get(staff_id)
        return skill is not None and (
            skill.all_round or code in skill.services or themes.get(code) in skill.themes
        )

    live = [
        each
        for each in await work.db.scalars(select(DelegationRow).where(DelegationRow.staff_id.is_(None)))
        if each.since <= work.today
        and (each.until is None or each.until >= work.today)
        and (each.withdrawn_on is None or each.withdrawn_on > work.today)
    ]
    gaps = {
        str(each.id)
        for each in live
        if not any(
            post.area_id == (each.to_area_id or points[each.to_point_id])
            and can(post.staff_id, each.service_code)
            for post in posts
        )
    }
    return gaps, len(live) - len(gaps)


def test_the_statement_finds_the_gaps_that_the_rows_have(desk: Desk) -> None:
    dispatcher, seen = desk.staff("dispatcher"), [0, 0]
    for turn in range(TURNS):
        gaps, covered = desk.inside(partial(_drawn, turn=turn))
        found: Any = dispatcher(text_of("SkillGaps"), first=100).data["skillGaps"]["edges"]
        assert {each["node"]["id"] for each in found} == gaps
        seen = [seen[0] + len(gaps), seen[1] + covered]
    assert all(seen), "some matters are covered and some are not"
