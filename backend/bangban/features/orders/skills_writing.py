"""Skills and trainings in the API, and an order's door in the clear."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, cast
from uuid import UUID

import strawberry
from sqlalchemy import Uuid

from bangban.features.orders import service
from bangban.features.orders.enums import TrainingKind
from bangban.features.orders.skills_graphql import HelperSkills
from bangban.features.orders.trainings_graphql import Training
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import answer_of, once, row_of
from bangban.kernel.planner.parameters import as_uuid, as_uuids
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


@strawberry.input(description="What a helper can help with 帮办人员技能.")
class SetSkillsInput:
    staff_id: strawberry.ID = strawberry.field(description="Who 人员.")
    all_round: bool = strawberry.field(default=False, description="With everything 全科.")
    themes: list[str] = strawberry.field(default_factory=list, description="Themes of the catalog 服务主题.")
    services: list[str] = strawberry.field(default_factory=list, description="Codes of matters 事项编码.")
    approved: bool = strawberry.field(
        default=False, description="Of a volunteer: whether they are let in 志愿者审核通过."
    )


@strawberry.input(description="A training or a coaching that was held 培训或辅导.")
class RecordTrainingInput:
    title: str = strawberry.field(description="What it was 培训名称.")
    held_on: date = strawberry.field(description="When 培训日期.")
    trainer: str = strawberry.field(description="By whom 讲师.")
    services: list[str] = strawberry.field(
        default_factory=list, description="Codes of the matters it was on 事项编码."
    )
    attendee_ids: list[strawberry.ID] = strawberry.field(
        description="Who attended; of a coaching, who coached 参训人员(辅导为辅导人员)."
    )
    kind: TrainingKind | None = strawberry.field(
        default=TrainingKind.TRAINING,
        description="A training of those who help, or a coaching of the people 类型.",
    )
    served: int | None = strawberry.field(
        default=None, description="How many people were coached; for a coaching alone 辅导人数."
    )
    passed_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Who of them passed its test; left out, there was none and all are trained 测验合格人员.",
    )


@strawberry.input(description="A look at where to go 查看上门信息.")
class RevealOrderInput:
    number: str = strawberry.field(description="The order's number 帮办单编号.")
    reason: str | None = strawberry.field(
        default=None,
        description="Why, in five characters or more, by whoever does not have the order in hand 查看理由.",
    )


@strawberry.type(
    description="Where to go and whom to call, or who signed there; every look is recorded 上门信息."
)
class OrderContact:
    address: str | None = strawberry.field(description="The door 上门地址.")
    longitude: float | None = strawberry.field(
        description="Of the place that was marked, degrees east, WGS-84 经度."
    )
    latitude: float | None = strawberry.field(
        description="Of the place that was marked, degrees north, WGS-84 纬度."
    )
    phone: str | None = strawberry.field(description="Phone of whoever asked; none for volunteers 联系电话.")
    signed_by: str | None = strawberry.field(
        description="Who signed at the door, for whoever may reveal applicants there 签收人姓名."
    )


@strawberry.type
class SkillMutation:
    @mutation("Say what a helper can help with; let a volunteer in 登记技能.", Permission.SKILL_MANAGE)
    async def set_skills(self, info: Info, input: Annotated[SetSkillsInput, _INPUT]) -> HelperSkills:  # noqa: A002 - the contract's name
        staff_id = as_uuid(input.staff_id, ("input", "staffId"))
        skills = service.Skills(
            all_round=input.all_round, themes=input.themes, services=input.services, approved=input.approved
        )
        answer = await answer_of(
            info,
            lambda work: service.set_skills(work, staff_id=staff_id, skills=skills),
            where=lambda rows: rows.c.staff_id == rows.request.bind("staff_id", Uuid()),
            tag="skills-by-helper",
            values=lambda found: {"staff_id": found},
        )
        return cast("HelperSkills", answer)

    @mutation(
        "Keep that a training was held and who attended, or a coaching 登记培训.", Permission.SKILL_MANAGE
    )
    async def record_training(self, info: Info, input: Annotated[RecordTrainingInput, _INPUT]) -> Training:  # noqa: A002 - the contract's name
        attendees = as_uuids(input.attendee_ids, ("input", "attendeeIds"))
        given = input.passed_ids
        passed = None if given is None else as_uuids(given, ("input", "passedIds"))

        async def record(work: Work) -> UUID:
            return await service.record_training(
                work,
                title=input.title,
                held_on=input.held_on,
                trainer=input.trainer,
                services=input.services,
                attendees=attendees,
                kind=input.kind or TrainingKind.TRAINING,
                served=input.served,
                passed=passed,
            )

        return await row_of(info, Training, record)

    @mutation(
        "See the door of an order in hand, or who signed there; recorded and limited 查看上门信息.",
        Permission.ORDER_DO,
        Permission.CASE_REVEAL,
    )
    async def reveal_order(self, info: Info, input: Annotated[RevealOrderInput, _INPUT]) -> OrderContact:  # noqa: A002 - the contract's name
        async def as_json(_: Work, seen: service.Contact) -> str:
            return json.dumps(seen._asdict())

        found = await once(
            info.context,
            lambda work: service.reveal_order(work, number=input.number, reason=input.reason),
            as_json,
        )
        return OrderContact(**json.loads(found))
