"""Keeping staff in the API. Each mutation is one transaction; resolvers only translate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import strawberry

from bangban.features.accounts.invitations import check_invitable
from bangban.features.files.reading import read_table
from bangban.features.people import keeping
from bangban.features.people.problems import RoleUnknown
from bangban.features.people.service import assign
from bangban.features.people.staff_imports import StaffImported
from bangban.features.people.staff_sheet import COLUMNS, MOST_LINES
from bangban.features.staffing import service
from bangban.features.staffing.answers import (
    StaffImport,
    StaffInvitations,
    pack_import,
    pack_invitations,
    unpack_import,
    unpack_invitations,
)
from bangban.features.staffing.graphql import StaffAccount
from bangban.features.staffing.inputs import (
    AddStaffInput,
    AssignRoleInput,
    EndAssignmentInput,
    ImportStaffInput,
    InviteStaffInput,
    StaffInput,
    UpdateStaffInput,
)
from bangban.kernel.access.roles import HELD_ROLES
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import once, row_of
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.problems import refused_at
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")
_CHANGEABLE = ("name", "login", "phone", "email", "wecom", "source", "full_time", "language")


async def _account(info: Info, do: Callable[[Work], Awaitable[UUID]]) -> StaffAccount:
    return await row_of(info, StaffAccount, do)


def _id(text: strawberry.ID, field: str) -> UUID:
    return as_uuid(text, ("input", field))


def _point(given: strawberry.ID | None, *path: str) -> UUID | None:
    return None if given is None else as_uuid(given, ("input", *path))


def _check_role(role: str, *field: str) -> str:
    # A portal's role is given with its account, and held by nobody else.
    if role not in HELD_ROLES:
        raise RoleUnknown(role=role[:40], fields=(".".join(("input", *field)),))
    return role


_OF_POST = ("role", "areaId", "since", "until", "pointId")


@strawberry.type
class StaffingMutation:
    @mutation("Take staff over from a list: look first, then apply 导入人员.", Permission.STAFF_MANAGE)
    async def import_staff(self, info: Info, input: Annotated[ImportStaffInput, _INPUT]) -> StaffImport:  # noqa: A002 - the contract's name
        language = info.context.language
        sheet = await read_table(
            input.file.content, name=input.file.name, columns=COLUMNS, most_lines=MOST_LINES
        )

        async def packed(_: Work, done: tuple[StaffImported, int]) -> str:
            return pack_import(*done, language)

        answer = await once(
            info.context,
            lambda work: service.import_and_invite(work, sheet, apply=input.apply, invite_new=input.invite),
            packed,
        )
        return unpack_import(answer)

    @mutation("Add a person 新增人员.", Permission.STAFF_MANAGE)
    async def add_staff(self, info: Info, input: Annotated[AddStaffInput, _INPUT]) -> StaffAccount:  # noqa: A002 - the contract's name
        post = None
        if input.post is not None:
            post = keeping.Post(
                role=_check_role(input.post.role, "post", "role"),
                area_id=as_uuid(input.post.area_id, ("input", "post", "areaId")),
                since=input.post.since,
                until=input.post.until,
                point_id=_point(input.post.point_id, "post", "pointId"),
            )
        new = keeping.NewStaff(
            name=input.name,
            login=input.login,
            number=input.number,
            phone=input.phone,
            email=input.email,
            wecom=input.wecom,
            source=input.source,
            full_time=input.full_time,
            language=input.language,
        )

        async def do(work: Work) -> UUID:
            with refused_at({f"input.{name}": f"input.post.{name}" for name in _OF_POST}):
                row = await keeping.add_staff(work, new, post=post)
            if input.invite:
                check_invitable(row)
                await service.invite(work, staff_ids=[row.id])
            return row.id

        return await _account(info, do)

    @mutation("Change what is known of a person 修改人员.", Permission.STAFF_MANAGE)
    async def update_staff(self, info: Info, input: Annotated[UpdateStaffInput, _INPUT]) -> StaffAccount:  # noqa: A002 - the contract's name
        staff_id = _id(input.staff_id, "staffId")
        given: dict[str, Any] = {name: getattr(input, name) for name in _CHANGEABLE}
        changes = {name: value for name, value in given.items() if value is not strawberry.UNSET}

        async def do(work: Work) -> UUID:
            return (await service.change_staff(work, staff_id=staff_id, changes=changes)).id

        return await _account(info, do)

    @mutation(
        "Close an account, at once and everywhere; refused while its owner has something in hand 停用人员.",
        Permission.STAFF_MANAGE,
    )
    async def deactivate_staff(self, info: Info, input: Annotated[StaffInput, _INPUT]) -> StaffAccount:  # noqa: A002 - the contract's name
        staff_id = _id(input.staff_id, "staffId")

        async def do(work: Work) -> UUID:
            return (await service.deactivate_staff(work, staff_id=staff_id)).id

        return await _account(info, do)

    @mutation("Open a closed account again 恢复人员.", Permission.STAFF_MANAGE)
    async def reactivate_staff(self, info: Info, input: Annotated[StaffInput, _INPUT]) -> StaffAccount:  # noqa: A002 - the contract's name
        staff_id = _id(input.staff_id, "staffId")

        async def do(work: Work) -> UUID:
            return (await service.reactivate_staff(work, staff_id=staff_id)).id

        return await _account(info, do)

    @mutation("Give somebody a role at an area 任职.", Permission.STAFF_MANAGE)
    async def assign_role(self, info: Info, input: Annotated[AssignRoleInput, _INPUT]) -> StaffAccount:  # noqa: A002 - the contract's name
        staff_id, area_id = _id(input.staff_id, "staffId"), _id(input.area_id, "areaId")
        role, point_id = _check_role(input.role, "role"), _point(input.point_id, "pointId")

        async def do(work: Work) -> UUID:
            row = await assign(
                work,
                staff_id=staff_id,
                role=role,
                area_id=area_id,
                since=input.since,
                until=input.until,
                point_id=point_id,
            )
            return row.staff_id

        return await _account(info, do)

    @mutation("Let a role at an area end 结束任职.", Permission.STAFF_MANAGE)
    async def end_assignment(self, info: Info, input: Annotated[EndAssignmentInput, _INPUT]) -> StaffAccount:  # noqa: A002 - the contract's name
        assignment_id = _id(input.assignment_id, "assignmentId")

        async def do(work: Work) -> UUID:
            row = await service.end_post(work, assignment_id=assignment_id, until=input.until or work.today)
            return row.staff_id

        return await _account(info, do)

    @mutation("Send people invitations to set their first password 邀请人员.", Permission.STAFF_MANAGE)
    async def invite_staff(self, info: Info, input: Annotated[InviteStaffInput, _INPUT]) -> StaffInvitations:  # noqa: A002 - the contract's name
        staff_ids = [_id(each, "staffIds") for each in input.staff_ids]
        language = info.context.language

        async def packed(_: Work, done: service.Invited) -> str:
            return pack_invitations(done, language)

        answer = await once(info.context, lambda work: service.invite(work, staff_ids=staff_ids), packed)
        return unpack_invitations(answer)

    @mutation(
        "Take somebody's password away and send an invitation to set another one 重置人员密码.",
        Permission.STAFF_MANAGE,
    )
    async def reset_staff_password(self, info: Info, input: Annotated[StaffInput, _INPUT]) -> StaffAccount:  # noqa: A002 - the contract's name
        staff_id = _id(input.staff_id, "staffId")

        async def do(work: Work) -> UUID:
            return (await service.reset_staff_password(work, staff_id=staff_id)).id

        return await _account(info, do)
