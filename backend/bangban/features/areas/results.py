"""What imports of areas answer in the API."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import strawberry

from bangban.features.areas.imports import MOST_DIFFERENCES, Difference, Imported
from bangban.features.areas.rules import ChangeKind
from bangban.features.files.graphql import ImportFault, import_faults
from bangban.kernel.graphql.enums import describe
from bangban.kernel.sheets import LineFault

describe(
    ChangeKind,
    "What happens to an area 区域变化类型.",
    {
        ChangeKind.CREATED: "Created; after is its name 新增.",
        ChangeKind.RENAMED: "Renamed 更名.",
        ChangeKind.RECODED: "Another division code 变更代码.",
        ChangeKind.RECLASSED: "Another kind, and perhaps level 变更类型.",
        ChangeKind.MOVED: "Under another area; both are named 变更上级.",
        ChangeKind.RETIRED: "Out of use from the day in after 停用.",
        ChangeKind.RESTORED: "In use again 恢复使用.",
    },
    name="AreaChangeKind",
)


@strawberry.type(description="One thing that an import changes 导入差异.")
class AreaDifference:
    kind: ChangeKind = strawberry.field(description="What happens 变化类型.")
    key: str = strawberry.field(description="The area's key, which never changes 区域键.")
    code: str | None = strawberry.field(description="Its division code, if it has one 区划代码.")
    name: str = strawberry.field(description="Its name, afterwards 名称.")
    before: str | None = strawberry.field(description="Name, code, kind, area above or day before 变更前.")
    after: str | None = strawberry.field(description="The same afterwards 变更后.")


@strawberry.type(description="What an import of areas does, or would do 区域导入结果.")
class AreaImport:
    applied: bool = strawberry.field(description="Whether it was done; else this is a preview 是否已导入.")
    created: int = strawberry.field(description="New areas 新增数.")
    changed: int = strawberry.field(description="Areas that change 变更数.")
    unchanged: int = strawberry.field(description="Areas that are so already 未变数.")
    retired: int = strawberry.field(description="Areas put out of use, as was asked for 停用数.")
    missing: int = strawberry.field(
        description="Areas in use that should be named and are not; they stay unless asked otherwise 未列出数."
    )
    ignored: int = strawberry.field(
        description="Lines of levels that the district does not use 未使用层级的行数."
    )
    left_out: int = strawberry.field(
        description="Lines of other counties, where a division code was given 其他县区的行数."
    )
    difference_count: int = strawberry.field(description="How many differences there are 差异总数.")
    differences: list[AreaDifference] = strawberry.field(
        description=f"The differences, the first {MOST_DIFFERENCES} of them 差异."
    )
    faults: list[ImportFault] = strawberry.field(
        description="Lines at fault; with any, nothing is imported 错误行."
    )


def stored_import(done: Imported) -> str:
    """An outcome as the text that is kept for an Idempotency-Key."""
    return json.dumps(asdict(done))


def area_import(kept: str, language: str) -> AreaImport:
    """The answer in the caller's language."""
    raw: dict[str, Any] = json.loads(kept)
    faults = [LineFault(**each) for each in raw.pop("faults")]
    differences = [
        Difference(**{**each, "kind": ChangeKind(each["kind"])}) for each in raw.pop("differences")
    ]
    return AreaImport(
        **raw,
        differences=[
            AreaDifference(
                kind=each.kind,
                key=each.key,
                code=each.code,
                name=each.name,
                before=each.before,
                after=each.after,
            )
            for each in differences
        ],
        faults=import_faults(faults, language),
    )
