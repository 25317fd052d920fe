"""Receipts in the API: asking for one."""

from __future__ import annotations

from typing import Annotated

import strawberry

from bangban.features.receipts import service
from bangban.features.receipts.enums import ReceiptKind
from bangban.features.uploads.writing import FileAddress, address_of
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.problems import InvalidInput


@strawberry.input(description="Which receipt, of which case or visit 出具回执.")
class IssueReceiptInput:
    number: str | None = strawberry.field(default=None, description="The case's number 办件编号.")
    visit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Or the visit, of which there is the one-time notice 到访."
    )
    kind: ReceiptKind = strawberry.field(description="Which paper 回执种类.")


@strawberry.type
class ReceiptMutation:
    @mutation("Ask for an address to fetch a receipt from, as PDF, once 出具回执.", Permission.RECEIPT_READ)
    async def issue_receipt(
        self,
        info: Info,
        input: Annotated[IssueReceiptInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> FileAddress:
        desk, number, kind = info.context.services.files, input.number, input.kind
        if (number is None) is (input.visit_id is None):
            raise InvalidInput(
                "A receipt is of a case or of a visit: name one of the two.",
                "请二选一:办件,或到访。",
                fields=("input.number", "input.visitId"),
            )
        if number is not None:
            return await address_of(
                info, lambda work: service.issue_receipt(work, desk, number=number, kind=kind)
            )
        visit_id = as_uuid(input.visit_id, ("input", "visitId"))
        return await address_of(
            info, lambda work: service.issue_visit_receipt(work, desk, visit_id=visit_id, kind=kind)
        )
