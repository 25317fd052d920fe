"""Files in the API: what can be read of them. What they hold is fetched from an address of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Text, and_, literal, or_, select

from bangban.features.cases.guard import CASE_GUARD
from bangban.features.cases.tables import CaseRow
from bangban.features.uploads.enums import FileKind, Rejection, UploadPurpose, UploadState
from bangban.features.uploads.service.results import is_given_out
from bangban.features.uploads.tables import UploadRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, many
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Pick, Rows


def _of_cases_within(columns: Any, paths: ColumnElement[Any]) -> Predicate:
    case = CaseRow.__table__.alias("case_of_file")
    assert CASE_GUARD.within is not None
    return columns.case_id.in_(select(case.c.id).where(CASE_GUARD.within(case.c, paths)))


def _of_own_cases(columns: Any, request: Any) -> Predicate:
    case = CaseRow.__table__.alias("own_case_of_file")
    assert CASE_GUARD.own is not None
    own = columns.case_id.in_(select(case.c.id).where(CASE_GUARD.own(case.c, request)))
    if request.principal_kind != "RESIDENT":
        return own
    there = CaseRow.__table__.alias("case_with_result")
    with_result = columns.case_id.in_(select(there.c.id).where(is_given_out(there.c)))
    return and_(own, or_(columns.purpose != UploadPurpose.RESULT.value, with_result))


# Whoever may see a case may see which files it has; its applicant results only once they are given out.
_GUARD = Guard(Permission.CASE_READ, within=_of_cases_within, own=_of_own_cases, personal=True)


@reads(UploadRow, guard=_GUARD)
@strawberry.type(description="A file of a case 附件.")
class CaseFile:
    id: strawberry.ID = column("Identifier 标识.")
    purpose: UploadPurpose = column("What it is for 附件用途.")
    material_code: str | None = column("Code of the material it stands for 材料编码.")
    name: str | None = column(
        "Its name; masked for auditors, empty once erased 文件名.",
        lambda r: r.c.name,
        auditor=lambda r: literal("***", Text()),  # noqa: ARG005 - the same for every row
    )
    kind: FileKind = column("Kind of file, by its content 文件类型.")
    size: int = column("Bytes 字节数.")
    state: UploadState = column("State 附件状态.")
    rejection: Rejection | None = column("Why it was not kept 退回原因.", lambda r: r.c.why)
    sha256: str | None = column("SHA-256 of its content, in hexadecimal digits 内容摘要.")
    requested_at: datetime = column("When it was asked for 申请上传时间.", lambda r: r.c.asked_at)
    stored_at: datetime | None = column(
        "When it was kept or rejected 保存或退回时间.", lambda r: r.c.ended_at
    )
    supplied_at: datetime | None = column("When it was supplied as a material 作为材料提交时间.")


def _files(
    root: Rows, number: Annotated[str, strawberry.argument(description="The case's number 办件编号.")]
) -> Pick:
    case = CaseRow.__table__.alias("case_with_files")
    of_case = root.c.case_id.in_(select(case.c.id).where(case.c.number == number))
    return Pick(of_case, (root.c.id,))


@strawberry.type
class UploadQuery:
    case_files: list[CaseFile] = many(
        "The files of one case, the earliest first 办件附件.", _files, requires=Permission.CASE_READ
    )
