"""Files become the materials of their case; pre-check then looks at them as at any others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, select, update

from bangban.features.cases.service import supply_materials
from bangban.features.cases.service.loading import load_case
from bangban.features.uploads.problems import FileNotThere, no_such_file
from bangban.features.uploads.tables import UploadRow
from bangban.features.uploads.values import UploadPurpose, UploadState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import CaseId
from bangban.kernel.problems import InvalidInput, refused_at
from bangban.kernel.tenancy.work import Work

_UPLOADS: Final = cast("Table", UploadRow.__table__)
_FIELD: Final = "input.fileIds"


async def supply_files(work: Work, *, number: str, file_ids: Sequence[UUID]) -> CaseId:
    """补交材料 by files that are kept: each stands for the material it was sent for, and several may for one.

    Raises:
        NotFound: One of them is none of this case's materials.
        FileNotThere: One of them is not kept.
        As ``cases.service.supply_materials``, which decides whether the case waits for them.
    """
    if not file_ids or len(set(file_ids)) != len(file_ids):
        raise InvalidInput(
            "Name at least one file, and each of them once.",
            "请至少列出一个附件,且不要重复。",
            fields=(_FIELD,),
        )
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_SUPPLY,))
    loaded.authorise(Permission.CASE_SUPPLY)
    rows = (
        await work.db.execute(
            select(UploadRow.state, UploadRow.material_code).where(
                UploadRow.id.in_(file_ids),
                UploadRow.case_id == loaded.row.id,
                UploadRow.purpose == UploadPurpose.MATERIAL,
            )
        )
    ).all()
    if len(rows) != len(file_ids):
        raise no_such_file(_FIELD)
    if any(row.state is not UploadState.STORED for row in rows):
        raise FileNotThere(fields=(_FIELD,))
    await work.db.execute(update(_UPLOADS).where(_UPLOADS.c.id.in_(file_ids)).values(supplied_at=work.now))
    codes = sorted({row.material_code for row in rows})
    with refused_at({"input.codes": _FIELD}):
        return await supply_materials(work, number=number, codes=codes)


async def stored_of(work: Work, case_id: UUID) -> list[UploadRow]:
    """The files of a case that are kept, in the order in which they were asked for."""
    found = await work.db.scalars(
        select(UploadRow)
        .where(UploadRow.case_id == case_id, UploadRow.state == UploadState.STORED)
        .order_by(UploadRow.id)
    )
    return list(found)
