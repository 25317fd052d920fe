"""Custody in the API: what can be done. Each mutation is one transaction; resolvers only translate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry

from bangban.features.cases.graphql import Case
from bangban.features.cases.inputs import HandOverCaseInput, PapersInput, TakeOverCaseInput
from bangban.features.custody import handing, service
from bangban.features.custody.graphql import Custody
from bangban.features.custody.inputs import papers_of
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.ids import CaseId
from bangban.kernel.planner.parameters import as_uuid, maybe_uuid
from bangban.kernel.tenancy.work import Work

_INPUT = strawberry.argument(description="What to do 输入.")
_NUMBER = "The case's number 办件编号."
_PAPERS = "Which papers, each material once 材料."
_NOTE = "Anything to add 备注."


@strawberry.input(description="Papers taken from the applicant 代收材料.")
class TakePapersInput:
    number: str = strawberry.field(description=_NUMBER)
    papers: list[PapersInput] = strawberry.field(description=_PAPERS)
    note: str | None = strawberry.field(default=None, description=_NOTE)


@strawberry.input(description="Papers passed on, to a person or to a unit 转交材料.")
class ForwardPapersInput:
    number: str = strawberry.field(description=_NUMBER)
    papers: list[PapersInput] = strawberry.field(description=_PAPERS)
    to_staff_id: strawberry.ID | None = strawberry.field(
        default=None, description="The person who goes on with them 接收人."
    )
    to_area_id: strawberry.ID | None = strawberry.field(
        default=None, description="The unit where they stay 接收单位."
    )
    from_area_id: strawberry.ID | None = strawberry.field(
        default=None, description="The unit that gives them, if not the caller 移交单位."
    )
    from_staff_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The colleague who has them, for whoever may move every case of the area 移交人.",
    )
    note: str | None = strawberry.field(default=None, description=_NOTE)


@strawberry.input(description="Papers given back to the applicant 退还材料.")
class ReturnPapersInput:
    number: str = strawberry.field(description=_NUMBER)
    papers: list[PapersInput] = strawberry.field(description=_PAPERS)
    from_area_id: strawberry.ID | None = strawberry.field(
        default=None, description="The unit that gives them, if not the caller 退还单位."
    )
    from_staff_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The colleague who has them, for whoever may move every case of the area 退还人.",
    )
    note: str | None = strawberry.field(default=None, description=_NOTE)


def _id(given: strawberry.ID | None, name: str) -> UUID | None:
    return maybe_uuid(given, ("input", name))


async def _custody(info: Info, do: Callable[[Work], Awaitable[CaseId]]) -> Custody:
    return await row_of(info, Custody, do)


@strawberry.type
class CustodyMutation:
    @mutation("Take papers of the applicant into custody 代收材料.", Permission.CUSTODY_RECORD)
    async def take_papers(self, info: Info, input: Annotated[TakePapersInput, _INPUT]) -> Custody:  # noqa: A002 - the contract's name
        return await _custody(
            info,
            lambda work: service.take_papers(
                work, number=input.number, papers=papers_of(input.papers), note=input.note
            ),
        )

    @mutation("Pass papers on to a person or a unit 转交材料.", Permission.CUSTODY_RECORD)
    async def forward_papers(self, info: Info, input: Annotated[ForwardPapersInput, _INPUT]) -> Custody:  # noqa: A002 - the contract's name
        to_staff, to_area = _id(input.to_staff_id, "toStaffId"), _id(input.to_area_id, "toAreaId")
        from_area = _id(input.from_area_id, "fromAreaId")
        from_staff = _id(input.from_staff_id, "fromStaffId")
        return await _custody(
            info,
            lambda work: service.forward_papers(
                work,
                number=input.number,
                papers=papers_of(input.papers),
                to_staff_id=to_staff,
                to_area_id=to_area,
                from_area_id=from_area,
                from_staff_id=from_staff,
                note=input.note,
            ),
        )

    @mutation("Give papers back to the applicant 退还材料.", Permission.CUSTODY_RECORD)
    async def return_papers(self, info: Info, input: Annotated[ReturnPapersInput, _INPUT]) -> Custody:  # noqa: A002 - the contract's name
        from_area = _id(input.from_area_id, "fromAreaId")
        from_staff = _id(input.from_staff_id, "fromStaffId")
        return await _custody(
            info,
            lambda work: service.return_papers(
                work,
                number=input.number,
                papers=papers_of(input.papers),
                from_area_id=from_area,
                from_staff_id=from_staff,
                note=input.note,
            ),
        )

    @mutation(
        "Hand over, with papers; the sender answers for both until it is taken 交接.",
        Permission.CASE_HAND_OVER,
    )
    async def hand_over_case(self, info: Info, input: Annotated[HandOverCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        to_staff_id = as_uuid(input.to_staff_id, ("input", "toStaffId"))
        return await row_of(
            info,
            Case,
            lambda work: handing.hand_over_case(
                work,
                number=input.number,
                to_staff_id=to_staff_id,
                reason=input.reason,
                papers=papers_of(input.papers or ()),
            ),
        )

    @mutation("Take over what was handed over 接手.", Permission.CASE_TAKE_OVER)
    async def take_over_case(self, info: Info, input: Annotated[TakeOverCaseInput, _INPUT]) -> Case:  # noqa: A002 - the contract's name
        return await row_of(
            info,
            Case,
            lambda work: handing.take_over_case(
                work, number=input.number, without_papers=bool(input.without_papers)
            ),
        )
