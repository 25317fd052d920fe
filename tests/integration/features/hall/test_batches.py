"""Many applications at once: all or none, one receipt, a pool that shares them, closed with the last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.integration.features.cases.casework import ITEM, World, applicant
from tests.integration.features.hall.halls import Hall

from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.problems import ItemUnknown
from bangban.features.hall.problems import BatchTooLarge
from bangban.features.hall.service.batches import Application, collect_batch
from bangban.features.hall.tables import IntakeBatchCaseRow, IntakeBatchRow


def collect(hall: Hall, codes: Sequence[str]) -> UUID:
    area = hall.world.areas["village-a"].id
    papers = [Application(service_code=code, area_id=area) for code in codes]
    return hall.world.act(
        "clerk", collect_batch, window_id=hall.windows["1"], submitter=applicant(9), applications=papers
    )


def count(world: World, table: type[Any]) -> int:
    async def find(db: Any) -> int:
        return int(await db.scalar(select(func.count()).select_from(table)))

    return world.read(find)


def test_twelve_become_cases_with_one_receipt(hall: Hall) -> None:
    batch_id = collect(hall, [ITEM] * 12)
    (batch,) = hall.world.rows(IntakeBatchRow, IntakeBatchRow.id == batch_id)
    assert batch.size == 12
    assert batch.number.startswith("TS20260608P-")
    assert str(batch.due_on) == "2026-06-09"
    links = hall.world.rows(IntakeBatchCaseRow, IntakeBatchCaseRow.batch_id == batch_id)
    assert sorted(each.position for each in links) == list(range(12))
    cases = hall.world.rows(CaseRow, CaseRow.id.in_([each.case_id for each in links]))
    assert {each.first_asked_id for each in cases} == {hall.world.people["clerk"].id}
    # Whoever may accept at the county's hall: of the sample people the county's clerk alone.
    assert {each.holder_id for each in cases} == {hall.world.people["clerk"].id}


def test_one_application_that_cannot_stand_leaves_none(hall: Hall) -> None:
    before = count(hall.world, CaseRow), count(hall.world, IntakeBatchRow)
    with pytest.raises(ItemUnknown):
        collect(hall, [ITEM, ITEM, "NO-SUCH-ITEM", ITEM])
    assert (count(hall.world, CaseRow), count(hall.world, IntakeBatchRow)) == before


@pytest.mark.parametrize("size", [0, 1, 51])
def test_a_batch_has_bounds(hall: Hall, size: int) -> None:
    with pytest.raises(BatchTooLarge):
        collect(hall, [ITEM] * size)
