"""How a district leaves, in the API: its state, its archive, and the work on it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import strawberry
from sqlalchemy import ColumnElement, DateTime, Numeric, Text, case, cast, func

from bangban.features.archives.service.leaving import ARCHIVE, DROP
from bangban.features.districts.statuses import DistrictStatus
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.jobs.tables import TaskRow
from bangban.kernel.planner.fields import column, one, same_row
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Pick, Rows
from bangban.kernel.tenancy.tables import DistrictRow


@reads(TaskRow, platform=True)
@strawberry.type(description="Work on a district's archive or end, and how far it is 归档任务.")
class ArchiveTask:
    id: strawberry.ID = column("Identifier 标识.")
    kind: str = column("What is done: district.archive or district.drop 任务类型.")
    done: bool = column("Whether it has ended well 是否完成.", lambda r: r.c.state == "DONE")
    step: str | None = column("Name of the present step 当前步骤.")
    steps_done: int = column("How much of the step is done 已完成数.", lambda r: r.c.done)
    steps_total: int = column("How much of it there is 总数.", lambda r: r.c.total)
    problem: str | None = column(
        "What went wrong, if it failed 问题.",
        lambda r: case((r.request.bind("language", Text()) == "zh-CN", r.c.problem_zh), else_=r.c.problem_en),
    )


@reads(DistrictRow, platform=True)
@strawberry.type(description="A verified archive of a district 归档.")
class DistrictArchive:
    file: str = column("Name of the file on the server 文件名.", lambda r: r.c.archive["file"].astext)
    sha256: str = column("Digest of the file 校验值.", lambda r: r.c.archive["sha256"].astext)
    size: Decimal = column("Bytes 字节数.", lambda r: cast(r.c.archive["bytes"].astext, Numeric()))
    rows: Decimal = column("Rows in all tables 行数.", lambda r: cast(r.c.archive["rows"].astext, Numeric()))
    files: Decimal = column(
        "Files of cases with what they hold 附件数.",
        lambda r: cast(func.coalesce(r.c.archive["files"].astext, "0"), Numeric()),
    )
    files_left_out: Decimal = column(
        "Kept files whose contents are not in it, since the store had lost them 缺失附件数.",
        lambda r: cast(func.coalesce(r.c.archive["filesLeftOut"].astext, "0"), Numeric()),
    )
    taken_at: datetime = column(
        "When the snapshot was taken 快照时间.",
        lambda r: cast(r.c.archive["at"].astext, DateTime(timezone=True)),
    )


def _newest(rows: Rows) -> Pick:
    kinds = rows.c.kind.in_([ARCHIVE, DROP])
    return Pick((rows.c.district == rows.parent.slug) & kinds, (rows.c.asked_at.desc(), rows.c.id.desc()))


@reads(DistrictRow, platform=True)
@strawberry.type(description="A district on its way out, or taking its archive 退出与归档.")
class Departure:
    slug: strawberry.ID = column("The district's slug 地区标识.")
    status: DistrictStatus = column("Life of the district 状态.")
    leaving_since: datetime | None = column("When it asked to leave 申请退出时间.")
    archive: DistrictArchive | None = same_row(
        "Its last verified archive 最近的归档.", when=lambda r: r.c.archive.is_not(None)
    )
    task: ArchiveTask | None = one("The newest work on it 最近的任务.", _newest)


def _own(root: Rows) -> Predicate:
    slug: ColumnElement[str] = root.request.bind("district_slug", Text())
    return root.c.slug == slug


@strawberry.type
class ArchiveQuery:
    departure: Departure | None = one(
        "How far the request's district is with its archive and with leaving 退出进度.",
        _own,
        requires=Permission.DISTRICT_LEAVE,
        platform=True,
    )
