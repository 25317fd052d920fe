"""The district's access policy in the API: what its administrator can do. Resolvers only translate."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated

import strawberry

from bangban.features.files.graphql import FileInput, ImportFault, import_faults
from bangban.features.files.reading import read_table
from bangban.features.policy.graphql import PolicyEffect
from bangban.features.policy.service import PolicyChanged, add_lines, import_lines, remove_lines
from bangban.features.policy.sheet import COLUMNS, lines_of_table, lines_of_text, policy_text
from bangban.kernel.access.lines import Effect
from bangban.kernel.access.lines import PolicyLine as Line
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import once
from bangban.kernel.planner.parameters import as_uuids
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(description="A line of the access policy 权限规则.")
class PolicyLineInput:
    role: str = strawberry.field(description="Role; * only to deny 角色.")
    level: str = strawberry.field(description="Level; * only to deny 层级.")
    object: str = strawberry.field(description="What it is about; * only to deny 对象.")
    action: str = strawberry.field(description="What is done; * only to deny 操作.")
    effect: PolicyEffect = strawberry.field(default=PolicyEffect.ALLOW, description="What it does 效力.")


@strawberry.input(description="Lines to add 新增权限规则.")
class AddPolicyLinesInput:
    lines: list[PolicyLineInput] = strawberry.field(description="The lines 规则.")


@strawberry.input(description="Lines to remove 删除权限规则.")
class RemovePolicyLinesInput:
    ids: list[strawberry.ID] = strawberry.field(description="Which of the district's own lines 规则标识.")


@strawberry.input(description="Lines from a file 导入权限规则.")
class ImportPolicyLinesInput:
    file: FileInput = strawberry.field(description="A policy file, or a table, CSV or XLSX 文件.")
    replace: bool = strawberry.field(
        default=False, description="Whether own lines that the file does not name go 是否替换."
    )
    apply: bool = strawberry.field(default=False, description="False shows what it would do 是否执行.")


@strawberry.type(description="What became of the district's policy lines, or would 权限规则变化.")
class PolicyChange:
    applied: bool = strawberry.field(description="Whether it was done 是否已执行.")
    added: list[str] = strawberry.field(description="Lines that came, as in a policy file 新增规则.")
    removed: list[str] = strawberry.field(description="Lines that went, as in a policy file 删除规则.")
    faults: list[ImportFault] = strawberry.field(description="Faulty lines of the file 文件错误.")


async def _changed(
    info: Info, do: Callable[[Work], Awaitable[PolicyChanged]], faults: list[ImportFault] | None = None
) -> PolicyChange:
    async def as_json(_: Work, done: PolicyChanged) -> str:
        said = {**asdict(done), "faults": [asdict(each) for each in faults or ()]}
        return json.dumps(said, ensure_ascii=False)

    found = json.loads(await once(info.context, do, as_json))
    # This process answers by the new policy at once; the others are told.
    info.context.services.tenancy.forget(info.context.get_district().slug)
    return PolicyChange(**{**found, "faults": [ImportFault(**each) for each in found["faults"]]})


@strawberry.type
class PolicyMutation:
    @mutation("Add lines to the district's policy 新增权限规则.", Permission.POLICY_MANAGE)
    async def add_policy_lines(
        self,
        info: Info,
        input: Annotated[AddPolicyLinesInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> PolicyChange:
        lines = [
            Line(each.role, each.level, each.object, each.action, Effect[each.effect.name].value, number)
            for number, each in enumerate(input.lines, start=1)
        ]
        return await _changed(info, lambda work: add_lines(work, lines))

    @mutation("Remove lines from the district's policy 删除权限规则.", Permission.POLICY_MANAGE)
    async def remove_policy_lines(
        self,
        info: Info,
        input: Annotated[RemovePolicyLinesInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> PolicyChange:
        ids = frozenset(as_uuids(input.ids, ("input", "ids")))
        return await _changed(info, lambda work: remove_lines(work, ids))

    @mutation("Add lines from a file to the district's policy 导入权限规则.", Permission.POLICY_MANAGE)
    async def import_policy_lines(
        self,
        info: Info,
        input: Annotated[ImportPolicyLinesInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> PolicyChange:
        text = policy_text(input.file.content)
        if text is not None:
            lines, faults = lines_of_text(text)
        else:
            table = await read_table(input.file.content, name=input.file.name, columns=COLUMNS)
            lines, faults = lines_of_table(table)
        return await _changed(
            info,
            lambda work: import_lines(work, lines, faults, replace=input.replace, apply=input.apply),
            import_faults(faults, info.context.language),
        )
