"""Taking over the log of a team's work group, in the API (DOMAIN C12)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import strawberry

from bangban.features.files.graphql import ImportFault, import_faults
from bangban.features.first_asks import service
from bangban.features.first_asks.group_rules import GroupAnswer, GroupQuestion
from bangban.features.first_asks.writing import AskerInput
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import once
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.tenancy.work import Work


@strawberry.input(description="What somebody of the team said to a question in the group 群内答复.")
class GroupAnswerInput:
    staff_id: strawberry.ID = strawberry.field(description="Who answered 答复人.")
    at: datetime = strawberry.field(description="When 答复时间.")
    text: str = strawberry.field(description="What was answered 答复内容.")


@strawberry.input(description="A question that was asked in the group 群内咨询.")
class GroupQuestionInput:
    number: str = strawberry.field(description="Its number in the group's log 消息编号.")
    asked_at: datetime = strawberry.field(description="When it was asked 提问时间.")
    matter: str = strawberry.field(description="What was asked 问题内容.")
    asker: AskerInput | None = strawberry.field(default=None, description="Who asked, if known 提问人.")
    case_number: str | None = strawberry.field(
        default=None, description="The case that it is about 办件编号."
    )
    answers: list[GroupAnswerInput] = strawberry.field(
        default_factory=list, description="What was answered so far 答复."
    )


@strawberry.input(description="Part of the log of a team's work group 工作群消息.")
class ImportGroupLogInput:
    team_id: strawberry.ID = strawberry.field(description="Whose group 队伍.")
    lines: list[GroupQuestionInput] = strawberry.field(
        description="Its questions, 200 at most; those known already are passed over 消息."
    )


@strawberry.type(description="What came of taking a group's log over 群消息导入结果.")
class GroupLogImport:
    applied: bool = strawberry.field(description="Whether it was taken over, all of it 是否已导入.")
    questions: int = strawberry.field(description="New questions 新增问题数.")
    answers: int = strawberry.field(description="New answers 新增答复数.")
    repeated: int = strawberry.field(description="Lines that said nothing new 重复行数.")
    faults: list[ImportFault] = strawberry.field(description="Each faulty line, from 1 on 错误.")


@strawberry.type
class GroupLogMutation:
    @mutation(
        "Take over the log of a team's work group, all of it or nothing 导入工作群消息.",
        Permission.ASKING_IMPORT,
    )
    async def import_group_log(
        self,
        info: Info,
        input: Annotated[ImportGroupLogInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> GroupLogImport:
        team_id, language = as_uuid(input.team_id, ("input", "teamId")), info.context.language
        lines = [_question(each, line) for line, each in enumerate(input.lines)]
        askers = [
            None if each.asker is None else service.Asker(name=each.asker.name, phone=each.asker.phone)
            for each in input.lines
        ]

        async def packed(_: Work, done: service.LogTaken) -> str:
            faults = [asdict(each) for each in import_faults(done.faults, language)]
            counts = {"questions": done.questions, "answers": done.answers, "repeated": done.repeated}
            return json.dumps({"applied": not faults, **counts, "faults": faults}, ensure_ascii=False)

        answer = await once(
            info.context,
            lambda work: service.import_group_log(work, team_id=team_id, lines=lines, askers=askers),
            packed,
        )
        kept = json.loads(answer)
        faults = [ImportFault(**each) for each in kept.pop("faults")]
        return GroupLogImport(**kept, faults=faults)


def _question(given: GroupQuestionInput, line: int) -> GroupQuestion:
    return GroupQuestion(
        number=given.number.strip(),
        asked_at=given.asked_at,
        matter=given.matter.strip(),
        case_number=(given.case_number or "").strip() or None,
        answers=frozenset(
            GroupAnswer(
                as_uuid(each.staff_id, ("input", "lines", str(line), "answers", str(place), "staffId")),
                each.at,
                each.text.strip(),
            )
            for place, each in enumerate(given.answers)
        ),
    )
