"""Receipts in the API: whether a paper that somebody shows is one of this district's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import Text, case, select, true

from bangban.features.cases.enums import CaseOutcome, CaseState
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.receipts.enums import ReceiptKind
from bangban.features.receipts.values import MARKS
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.values import PAPER_MARK, PAPER_NUMBER
from bangban.kernel.planner.fields import Pick, Rows, column, one
from bangban.kernel.planner.reads import reads


@reads()
@strawberry.type(description="What a genuine receipt is about, as it is now; masked 回执核验结果.")
class ReceiptCheck:
    kind: ReceiptKind = column("Which paper 回执种类.")
    number: str = column("The case's number 办件编号.")
    service_name: str = column("The matter 事项名称.")
    applicant: str = column("Who asked, masked 申请人(脱敏).")
    state: CaseState = column("State of the case 办件状态.")
    submitted_at: datetime = column("When it was applied for 申请时间.")
    accepted_at: datetime | None = column("When it was accepted 受理时间.")
    completed_at: datetime | None = column("When it was completed 办结时间.")
    outcome: CaseOutcome | None = column("Result 办理结果.")


def _genuine(
    root: Rows, code: Annotated[str, strawberry.argument(description="The code on the paper 核验编号.")]
) -> Pick:
    request = root.request
    cases, item = CaseRow.__table__.alias("case_on_paper"), ServiceItemRow.__table__.alias("item_on_paper")
    mark = request.derive(code, PAPER_MARK, Text())
    kinds = case({letter: kind.value for kind, letter in MARKS.items()}, value=mark)
    drawn = (
        select(
            kinds.label("kind"),
            cases.c.number,
            item.c.name.label("service_name"),
            cases.c.applicant_name_masked.label("applicant"),
            cases.c.state,
            cases.c.submitted_at,
            cases.c.accepted_at,
            cases.c.completed_at,
            cases.c.outcome,
        )
        .join(item, item.c.id == cases.c.service_item_id)
        .where(cases.c.number == request.derive(code, PAPER_NUMBER, Text()))
        .subquery("paper")
    )
    return Pick(true(), drawn=drawn)


@strawberry.type
class ReceiptQuery:
    verify_receipt: ReceiptCheck | None = one(
        "Whether a receipt is genuine: null for one that is not 核验回执真伪.",
        _genuine,
        requires=Permission.RECEIPT_VERIFY,
    )
