"""A hall in the API: what is done from the number until the visitor has left, and about crowds meanwhile.

Each mutation is one transaction; resolvers only translate.
"""

from __future__ import annotations

from typing import Annotated, Any, cast

import strawberry

from bangban.features.cases.service import ApplicantDetails
from bangban.features.hall.batch_graphql import IntakeBatch
from bangban.features.hall.graphql import Ticket, Visit
from bangban.features.hall.inputs import (
    AnswerHallAlertInput,
    CallNextTicketInput,
    CollectBatchInput,
    EndVisitInput,
    IssueTicketInput,
    MoveTicketInput,
    OpenOvertimeInput,
    id_of,
)
from bangban.features.hall.rules.papers import Found
from bangban.features.hall.screen import HallAlert
from bangban.features.hall.service.batches import Application, collect_batch
from bangban.features.hall.service.calling import call_next
from bangban.features.hall.service.crowds import answer_alert
from bangban.features.hall.service.moving import move_ticket
from bangban.features.hall.service.overtime import start_overtime
from bangban.features.hall.service.self_service import AtTerminal, take_ticket
from bangban.features.hall.service.tickets import issue_ticket
from bangban.features.hall.service.visits import end_visit
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.problems import InvalidInput, refused_at

_INPUT = strawberry.argument(description="What to do 输入.")
_TERMINAL = "input.atTerminal"
_ITS = ("serviceCode", "papers", "visitor")


@strawberry.type
class TicketMutation:
    @mutation("Give a number in the right queue, one to a visitor and queue 取号.", Permission.HALL_TICKET)
    async def issue_ticket(self, info: Info, input: Annotated[IssueTicketInput, _INPUT]) -> Ticket:  # noqa: A002 - the contract's name
        how: dict[str, Any] = {"queue": input.queue, "advisory": input.advisory}
        given = input.at_terminal
        if (given is None) is (input.visit_id is None):
            raise InvalidInput(
                "A number is for a visit or given at a terminal: name one of the two.",
                "请二选一:到访,或自助终端。",
                fields=("input.visitId", "input.atTerminal"),
            )
        if given is None:
            visit_id = id_of(cast("strawberry.ID", input.visit_id), "visitId")
            return await row_of(info, Ticket, lambda work: issue_ticket(work, visit_id=visit_id, **how))
        terminal = AtTerminal(
            key=given.key,
            service_code=given.service_code,
            visitor=given.visitor,
            applicant_kind=given.applicant_kind,
            found=[Found(code=each.code, state=each.state, note=each.note) for each in given.papers or ()],
        )
        with refused_at(
            {"input.visitId": _TERMINAL, **{f"input.{name}": f"{_TERMINAL}.{name}" for name in _ITS}}
        ):
            return await row_of(info, Ticket, lambda work: take_ticket(work, terminal=terminal, **how))

    @mutation("Call whose turn it is to a window 叫号.", Permission.HALL_CALL)
    async def call_next_ticket(
        self,
        info: Info,
        input: Annotated[CallNextTicketInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> Ticket:
        window_id = id_of(input.window_id, "windowId")
        return await row_of(info, Ticket, lambda work: call_next(work, window_id=window_id))

    @mutation("Serve, finish, transfer or cancel a ticket 号票操作.", Permission.HALL_CALL)
    async def move_ticket(self, info: Info, input: Annotated[MoveTicketInput, _INPUT]) -> Ticket:  # noqa: A002 - the contract's name
        ticket_id = id_of(input.ticket_id, "ticketId")
        with refused_at({"input.visitId": "input.ticketId"}):
            return await row_of(
                info,
                Ticket,
                lambda work: move_ticket(
                    work,
                    ticket_id=ticket_id,
                    what=input.step,
                    service_code=input.service_code,
                    explanation=input.explanation,
                    case_number=input.case_number,
                ),
            )

    @mutation(
        "Take in many applications of one submitter: all become cases, or none does 集中收件.",
        Permission.HALL_CALL,
    )
    async def collect_batch(
        self,
        info: Info,
        input: Annotated[CollectBatchInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> IntakeBatch:
        window_id = id_of(input.window_id, "windowId")
        submitter = ApplicantDetails(
            kind=input.submitter.kind,
            name=input.submitter.name,
            identity_number=input.submitter.identity_number,
            phone=input.submitter.phone,
        )
        applications = [
            Application(
                service_code=each.service_code,
                area_id=as_uuid(each.area_id, ("input", "applications", str(index), "areaId")),
                supplied=each.supplied or (),
                note=each.note,
            )
            for index, each in enumerate(input.applications)
        ]
        return await row_of(
            info,
            IntakeBatch,
            lambda work: collect_batch(
                work, window_id=window_id, submitter=submitter, applications=applications
            ),
        )

    @mutation(
        "Let a window serve a ticket after closing; opened before closing 开启延时服务.",
        Permission.HALL_GREET,
    )
    async def open_overtime(self, info: Info, input: Annotated[OpenOvertimeInput, _INPUT]) -> Ticket:  # noqa: A002 - the contract's name
        ticket_id, window_id = id_of(input.ticket_id, "ticketId"), id_of(input.window_id, "windowId")
        with refused_at({"input.visitId": "input.ticketId", "input.step": "input.ticketId"}):
            return await row_of(
                info,
                Ticket,
                lambda work: start_overtime(work, ticket_id=ticket_id, window_id=window_id, kind=input.kind),
            )

    @mutation("End a visit that has no live ticket 结束到访.", Permission.HALL_GREET)
    async def end_visit(self, info: Info, input: Annotated[EndVisitInput, _INPUT]) -> Visit:  # noqa: A002 - the contract's name
        visit_id = id_of(input.visit_id, "visitId")
        return await row_of(
            info,
            Visit,
            lambda work: end_visit(
                work, visit_id=visit_id, how=input.how, note=input.note, case_number=input.case_number
            ),
        )

    @mutation("Keep what was done about a crowd 记录疏导措施.", Permission.HALL_GREET)
    async def answer_hall_alert(
        self,
        info: Info,
        input: Annotated[AnswerHallAlertInput, _INPUT],  # noqa: A002 - the contract's name
    ) -> HallAlert:
        alert_id = id_of(input.alert_id, "alertId")
        return await row_of(
            info, HallAlert, lambda work: answer_alert(work, alert_id=alert_id, action=input.action)
        )
