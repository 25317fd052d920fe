"""A hall in the API: who is on the rota, who came, and what they are told.

Each mutation is one transaction; resolvers only translate.
"""

from __future__ import annotations

from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from sqlalchemy import Uuid, func

from bangban.features.cases import service
from bangban.features.cases.service import Telling
from bangban.features.cases.tables import CaseRow
from bangban.features.hall.graphql import AcknowledgedNotice, Visit
from bangban.features.hall.inputs import (
    AcknowledgeNoticeInput,
    CancelGuideShiftInput,
    CheckPapersInput,
    GreetVisitorInput,
    PlanGuideShiftInput,
    id_of,
)
from bangban.features.hall.rules.papers import Found
from bangban.features.hall.screen import GuideShift
from bangban.features.hall.service.rota import Shift, cancel_shift, plan_shift
from bangban.features.hall.service.telling import sign_for_visit
from bangban.features.hall.service.visits import Greeting, check_papers, greet_visitor
from bangban.features.hall.tables import VisitRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import answer_of, row_of
from bangban.kernel.planner.sources import Rows
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")


def _given(rows: Rows, name: str) -> Any:
    return rows.request.bind(name, Uuid())


@strawberry.type
class HallMutation:
    @mutation("Put a guide, or somebody on call, on the rota of a point 安排值班.", Permission.HALL_MANAGE)
    async def plan_guide_shift(
        self,
        info: Info,
        input: Annotated[PlanGuideShiftInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> GuideShift:
        point_id = id_of(input.point_id, "pointId")
        shift = Shift(
            guide_id=id_of(input.guide_id, "guideId"),
            begins_at=input.begins_at,
            ends_at=input.ends_at,
            desk=input.desk,
            lead=input.lead,
            kind=input.kind,
        )
        return await row_of(info, GuideShift, lambda work: plan_shift(work, point_id=point_id, shift=shift))

    @mutation("Take a shift off the rota; one that runs ends now 取消导办值班.", Permission.HALL_MANAGE)
    async def cancel_guide_shift(
        self,
        info: Info,
        input: Annotated[CancelGuideShiftInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> GuideShift:
        shift_id = id_of(input.shift_id, "shiftId")
        return await row_of(info, GuideShift, lambda work: cancel_shift(work, shift_id=shift_id))

    @mutation("Open a visit, by a guide who is on shift 接待来访.", Permission.HALL_GREET)
    async def greet_visitor(self, info: Info, input: Annotated[GreetVisitorInput, _INPUT]) -> Visit:  # noqa: A002 - the contract's name
        point_id = id_of(input.point_id, "pointId")
        greeting = Greeting(
            applicant_kind=input.applicant_kind,
            service_code=input.service_code,
            purpose=input.purpose,
            visitor=input.visitor,
            care_needs=input.care_needs or (),
            arrived_at=input.arrived_at,
            case_number=input.case_number,
        )
        return await row_of(
            info, Visit, lambda work: greet_visitor(work, point_id=point_id, greeting=greeting)
        )

    @mutation(
        "Look at all required papers; what is missing is told at once, and once 材料预检与一次性告知.",
        Permission.HALL_GREET,
    )
    async def check_papers(self, info: Info, input: Annotated[CheckPapersInput, _INPUT]) -> Visit:  # noqa: A002 - the contract's name
        visit_id = id_of(input.visit_id, "visitId")
        found = [Found(code=each.code, state=each.state, note=each.note) for each in input.papers]
        where_id = None if input.where_id is None else id_of(input.where_id, "whereId")
        telling = Telling(channel=input.channel, how=input.how, where_id=where_id)
        return await row_of(
            info, Visit, lambda work: check_papers(work, visit_id=visit_id, found=found, telling=telling)
        )

    @mutation(
        "Acknowledge the one-time notice of a case, or of a visit whose visitor signed 签收一次性告知.",
        Permission.CASE_SUPPLY,
        Permission.HALL_GREET,
    )
    async def acknowledge_notice(
        self,
        info: Info,
        input: Annotated[AcknowledgeNoticeInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> AcknowledgedNotice:
        number, visit_id = input.number, None if input.visit_id is None else id_of(input.visit_id, "visitId")
        if (number is None) is (visit_id is None) or (visit_id is not None and input.signer is not None):
            raise InvalidInput(
                "A notice is of a case or of a visit: name one of the two; only a case's has a choice of signers.",
                "请二选一:办件,或到访;签收方式仅用于办件。",
                fields=("input.number", "input.visitId"),
            )

        async def acknowledge(work: Work) -> dict[str, UUID | None]:
            if visit_id is not None:
                return {"visit_id": await sign_for_visit(work, visit_id=visit_id), "case_id": None}
            case_id = await service.acknowledge_notice(work, number=number or "", signer=input.signer)
            return {"visit_id": None, "case_id": case_id}

        answer = await answer_of(
            info,
            acknowledge,
            where=lambda rows: rows.c.id == func.coalesce(_given(rows, "visit_id"), _given(rows, "case_id")),
            tag=f"acknowledged notice of a {'case' if visit_id is None else 'visit'}",
            values=dict,
            table=CaseRow if visit_id is None else VisitRow,
        )
        return cast("AcknowledgedNotice", answer)
