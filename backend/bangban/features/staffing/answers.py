"""What an import of staff and a round of invitations answer."""

from __future__ import annotations

import json
from typing import Any

import strawberry

from bangban.features.files.graphql import ImportFault, import_faults
from bangban.features.people.periods import Counts
from bangban.features.people.staff_imports import StaffImported
from bangban.features.staffing.service import Invited


@strawberry.type(description="How many of one kind an import touches 导入计数.")
class ImportCounts:
    created: int = strawberry.field(description="New 新增.")
    changed: int = strawberry.field(description="Changed 变更.")
    unchanged: int = strawberry.field(description="As they were 未变.")


@strawberry.type(description="What a line of a list changes; contacts are masked 人员差异.")
class StaffDifference:
    line: int = strawberry.field(description="Line of the file 行号.")
    person: str = strawberry.field(description="Whose 姓名.")
    field: str = strawberry.field(description="What: new, post, team, or a column's name 项目.")
    before: str | None = strawberry.field(description="As it is 变更前.")
    after: str = strawberry.field(description="As it becomes 变更后.")


@strawberry.type(description="What an import of staff did, or would do 人员导入结果.")
class StaffImport:
    applied: bool = strawberry.field(description="Whether it was taken over 是否已执行.")
    staff: ImportCounts = strawberry.field(description="People 人员.")
    assignments: ImportCounts = strawberry.field(description="Roles at areas 任职.")
    memberships: ImportCounts = strawberry.field(description="Memberships of teams 队伍成员.")
    invited: int = strawberry.field(description="How many are sent an invitation 邀请人数.")
    differences: list[StaffDifference] = strawberry.field(description="Each change, 1000 at most 差异.")
    faults: list[ImportFault] = strawberry.field(description="Each faulty line 错误.")


@strawberry.type(description="Somebody who is sent no invitation 未邀请人员.")
class NotInvitedStaff:
    staff_id: strawberry.ID = strawberry.field(description="Whom 人员.")
    reason: str = strawberry.field(description="Why, in the caller's language 原因.")


@strawberry.type(description="A round of invitations 邀请结果.")
class StaffInvitations:
    invited: list[strawberry.ID] = strawberry.field(description="Who is sent one 已邀请人员.")
    not_invited: list[NotInvitedStaff] = strawberry.field(description="Who is not, and why 未邀请人员.")


def pack_import(done: StaffImported, invited: int, language: str) -> str:
    """The answer as JSON, to be kept for a retry."""
    return json.dumps(
        {
            "applied": done.applied,
            **{name: _counts(getattr(done, name)) for name in _COUNTED},
            "invited": invited,
            "differences": [{name: getattr(each, name) for name in _DIFFERENCE} for each in done.differences],
            "faults": [
                {"line": each.line, "column": each.column, "message": each.message}
                for each in import_faults(done.faults, language)
            ],
        },
        ensure_ascii=False,
    )


def unpack_import(text: str) -> StaffImport:
    """The answer again."""
    kept: dict[str, Any] = json.loads(text)
    return StaffImport(
        applied=kept["applied"],
        staff=ImportCounts(**kept["staff"]),
        assignments=ImportCounts(**kept["assignments"]),
        memberships=ImportCounts(**kept["memberships"]),
        invited=kept["invited"],
        differences=[StaffDifference(**each) for each in kept["differences"]],
        faults=[ImportFault(**each) for each in kept["faults"]],
    )


def pack_invitations(done: Invited, language: str) -> str:
    """The answer as JSON, to be kept for a retry."""
    return json.dumps(
        {
            "invited": [str(each) for each in done.staff_ids],
            "not_invited": [[str(each.staff_id), each.why.message(language)] for each in done.not_invited],
        },
        ensure_ascii=False,
    )


def unpack_invitations(text: str) -> StaffInvitations:
    """The answer again."""
    kept = json.loads(text)
    return StaffInvitations(
        invited=[strawberry.ID(each) for each in kept["invited"]],
        not_invited=[
            NotInvitedStaff(staff_id=strawberry.ID(who), reason=why) for who, why in kept["not_invited"]
        ],
    )


_COUNTED = ("staff", "assignments", "memberships")
_DIFFERENCE = ("line", "person", "field", "before", "after")


def _counts(counts: Counts) -> dict[str, int]:
    return {"created": counts.created, "changed": counts.changed, "unchanged": counts.unchanged}
