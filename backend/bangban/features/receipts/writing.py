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


@strawberry.input(description="Which receipt of which case 出具回执.")
class IssueReceiptInput:
    number: str = strawberry.field(description="The case's number 办件编号.")
    kind: ReceiptKind = strawberry.field(description="Which paper 回执种类.")


@strawberry.type
class ReceiptMutation:
    @mutation("Ask for an address to fetch a receipt from, as PDF, once 出具回执.", Permission.RECEIPT_READ)
    async def issue_receipt(
        self,
        info: Info,
        input: Annotated[IssueReceiptInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the contract's name
    ) -> FileAddress:
        desk = info.context.services.files
        return await address_of(
            info, lambda work: service.issue_receipt(work, desk, number=input.number, kind=input.kind)
        )
