"""What the mutations that keep staff and portals are given."""

from __future__ import annotations

from datetime import date

import strawberry

from bangban.features.files.graphql import FileInput
from bangban.features.people.enums import StaffSource


@strawberry.input(description="A list of staff to take over 导入人员.")
class ImportStaffInput:
    file: FileInput = strawberry.field(
        description=(
            "CSV or XLSX with a line for each person and post: name, login or number, phone, e-mail, enterprise "
            "WeChat, role, area, point, since, until, source, full-time, team 人员名单文件."
        )
    )
    apply: bool = strawberry.field(
        default=False, description="Take it over; without it, only say what would change 是否执行."
    )
    invite: bool = strawberry.field(
        default=False, description="Invite everybody whom the list adds 是否邀请新增人员."
    )


@strawberry.input(description="A role to give at once 任职.")
class PostInput:
    role: str = strawberry.field(description="Role 角色.")
    area_id: strawberry.ID = strawberry.field(description="Where it is held 任职区域.")
    point_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Service point where the person works; a partner's clerk has one 所在服务点.",
    )
    since: date | None = strawberry.field(default=None, description="First day; today if left out 起始日期.")
    until: date | None = strawberry.field(default=None, description="Last day, if it is known 截止日期.")


@strawberry.input(description="A person to add 新增人员.")
class AddStaffInput:
    name: str = strawberry.field(description="Name 姓名.")
    login: str | None = strawberry.field(
        default=None, description="Login, for people with an account 登录名."
    )
    number: str | None = strawberry.field(
        default=None, description="Number by which lists know the person; the login if left out 工号."
    )
    phone: str | None = strawberry.field(default=None, description="Phone, which gets invitations 手机号.")
    email: str | None = strawberry.field(
        default=None, description="E-mail address, used where there is no phone 电子邮箱."
    )
    wecom: str | None = strawberry.field(
        default=None, description="Userid in enterprise WeChat, which gets messages first 企业微信账号."
    )
    source: StaffSource | None = strawberry.field(
        default=None, description="Where the person comes from 人员来源."
    )
    full_time: bool = strawberry.field(default=True, description="Whether full-time 是否专职.")
    language: str = strawberry.field(default="zh-CN", description="Language of messages: zh-CN or en 语言.")
    post: PostInput | None = strawberry.field(
        default=None,
        description="First role; only who manages the whole district may leave it out 首个任职.",
    )
    invite: bool = strawberry.field(default=False, description="Send an invitation at once 是否立即邀请.")


@strawberry.input(description="What to change of a person; null takes away, left out stays 修改人员.")
class UpdateStaffInput:
    staff_id: strawberry.ID = strawberry.field(description="Whom 人员.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Name 姓名.")
    login: str | None = strawberry.field(default=strawberry.UNSET, description="Login 登录名.")
    phone: str | None = strawberry.field(default=strawberry.UNSET, description="Phone 手机号.")
    email: str | None = strawberry.field(default=strawberry.UNSET, description="E-mail address 电子邮箱.")
    wecom: str | None = strawberry.field(
        default=strawberry.UNSET, description="Userid in enterprise WeChat 企业微信账号."
    )
    source: StaffSource | None = strawberry.field(default=strawberry.UNSET, description="Source 人员来源.")
    full_time: bool | None = strawberry.field(default=strawberry.UNSET, description="Full-time 是否专职.")
    language: str | None = strawberry.field(default=strawberry.UNSET, description="zh-CN or en 语言.")


@strawberry.input(description="One person 人员.")
class StaffInput:
    staff_id: strawberry.ID = strawberry.field(description="Whom 人员.")


@strawberry.input(description="People to invite 邀请人员.")
class InviteStaffInput:
    staff_ids: list[strawberry.ID] = strawberry.field(description="Whom, 500 at most 人员.")


@strawberry.input(description="A role to give 任职.")
class AssignRoleInput:
    staff_id: strawberry.ID = strawberry.field(description="To whom 人员.")
    role: str = strawberry.field(description="Role 角色.")
    area_id: strawberry.ID = strawberry.field(description="Where it is held 任职区域.")
    point_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Service point where the person works; a partner's clerk has one 所在服务点.",
    )
    since: date | None = strawberry.field(default=None, description="First day; today if left out 起始日期.")
    until: date | None = strawberry.field(default=None, description="Last day, if it is known 截止日期.")


@strawberry.input(description="A role to end 结束任职.")
class EndAssignmentInput:
    assignment_id: strawberry.ID = strawberry.field(description="Which one, from `posts` 任职记录.")
    until: date | None = strawberry.field(default=None, description="Last day; today if left out 截止日期.")


@strawberry.input(description="A portal to open an account for 新建门户账号.")
class CreatePortalInput:
    name: str = strawberry.field(description="Name 名称.")
    origins: list[str] = strawberry.field(
        description="Origins its pages come from, such as https://portal.example.cn 允许来源."
    )
    trusted_documents_only: bool = strawberry.field(
        default=False, description="Let it send registered documents only 是否仅限可信查询."
    )


@strawberry.input(description="What to change of a portal; left out stays 修改门户账号.")
class UpdatePortalInput:
    portal_id: strawberry.ID = strawberry.field(description="Which one 门户.")
    name: str | None = strawberry.field(default=None, description="Name 名称.")
    origins: list[str] | None = strawberry.field(default=None, description="All its origins 允许来源.")
    trusted_documents_only: bool | None = strawberry.field(
        default=None, description="Let it send registered documents only 是否仅限可信查询."
    )


@strawberry.input(description="Another secret for a portal 更换门户密钥.")
class RotatePortalSecretInput:
    portal_id: strawberry.ID = strawberry.field(description="Which one 门户.")
    grace_minutes: int = strawberry.field(
        default=0, description="Minutes that the old secret stays good, 1440 at most 旧密钥保留分钟数."
    )


@strawberry.input(description="One portal 门户.")
class PortalInput:
    portal_id: strawberry.ID = strawberry.field(description="Which one 门户.")
