"""The district's one seal, as the API's common tests need to know it."""

from __future__ import annotations

from sqlalchemy import select
from tests.api.access_world import World
from tests.api.shapes import AREA, Part, Root

from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.cases.values import CaseState
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work


async def _fill(work: Work, world: World) -> None:
    """A result of a case in branch a, under a seal."""
    case = select(CaseRow.id).where(CaseRow.number == world.marks["number"])
    row = CaseEventRow(
        id=new_id(),
        case_id=(await work.db.scalars(case)).one(),
        at=work.now,
        kind="COMPLETED",
        to_state=CaseState.COMPLETED,
        seal_year=work.today.year,
        seal_number=1,
        seal={"name": {"zh": "样本章", "en": "Sample Seal"}},
    )
    work.db.add(row)


PART = Part(
    roots={
        "Query.sealUses": Root(
            AREA,
            "{ sealUses(first: 100) { edges { node { number name keeper caseNumber } } } }",
            caller="auditor",
        ),
    },
    bounds={"SealUses": 1},
    variables={"SealUses": lambda _: {"year": 2026}},
    logins={"SealUses": "auditor"},
    fill=_fill,
)
