"""Receipts in the API: whether a paper that somebody shows is one of this district's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import strawberry
from sqlalchemy import (
    DateTime,
    Text,
    Uuid,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)

from bangban.features.cases.attached import standing_of
from bangban.features.cases.enums import CaseOutcome, CaseState, ResultStanding
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.hall.tables import VisitRow
from bangban.features.hall.values import VisitState
from bangban.features.receipts.enums import ReceiptKind
from bangban.features.receipts.values import MARKS, VISIT_MARK
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.values import PAPER_ID, PAPER_MARK, PAPER_NUMBER
from bangban.kernel.planner.fields import column, one
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Pick, Rows

_MOMENT: Final = DateTime(timezone=True)
_NOBODY: Final = "***"
"""Who gave no number, or was forgotten."""


@reads()
@strawberry.type(description="What a genuine receipt is about, as it is now; masked 回执核验结果.")
class ReceiptCheck:
    kind: ReceiptKind = column("Which paper 回执种类.")
    number: str = column("The case's number; of a visit, what the code begins with 办件编号.")
    service_name: str = column("The matter 事项名称.")
    applicant: str = column("Who asked, masked 申请人(脱敏).")
    state: CaseState | None = column("State of the case 办件状态.")
    visit_state: VisitState | None = column("Or of the visit 到访状态.")
    submitted_at: datetime = column("When it was applied for; of a visit, when somebody came 申请时间.")
    accepted_at: datetime | None = column("When it was accepted 受理时间.")
    completed_at: datetime | None = column("When it was completed 办结时间.")
    outcome: CaseOutcome | None = column("Result 办理结果.")
    result_standing: ResultStanding | None = column("Whether it stands on a condition 结果效力.")
    told_at: datetime | None = column("Of a notice to a visitor, when it was given 告知时间.")


def _genuine(
    root: Rows, code: Annotated[str, strawberry.argument(description="The code on the paper 核验编号.")]
) -> Pick:
    request = root.request
    cases, item = CaseRow.__table__.alias("case_on_paper"), ServiceItemRow.__table__.alias("item_on_paper")
    number, mark = request.derive(code, PAPER_NUMBER, Text()), request.derive(code, PAPER_MARK, Text())
    kinds = case({letter: kind.value for kind, letter in MARKS.items()}, value=mark)
    of_case = (
        select(
            kinds.label("kind"),
            cases.c.number,
            item.c.name.label("service_name"),
            cases.c.applicant_name_masked.label("applicant"),
            cases.c.state,
            _nothing(Text()).label("visit_state"),
            cases.c.submitted_at,
            cases.c.accepted_at,
            cases.c.completed_at,
            cases.c.outcome,
            standing_of(cases.c).label("result_standing"),
            _nothing(_MOMENT).label("told_at"),
        )
        .join(item, item.c.id == cases.c.service_item_id)
        .where(cases.c.number == number, kinds.is_not(None))
    )
    drawn = union_all(of_case, _of_visit(request, code, mark)).subquery("paper")
    return Pick(true(), drawn=drawn)


def _of_visit(request: Any, code: str, mark: Any) -> Any:
    """The same of the notice that a visitor was given."""
    visit, item = VisitRow.__table__.alias("visit_on_paper"), ServiceItemRow.__table__.alias("item_told_of")
    return (
        select(
            literal(ReceiptKind.NOTICE.value, Text()).label("kind"),
            cast(request.derive(code, PAPER_NUMBER, Text()), Text()).label("number"),
            item.c.name.label("service_name"),
            func.coalesce(visit.c.visitor_masked, literal(_NOBODY, Text())).label("applicant"),
            _nothing(Text()).label("state"),
            visit.c.state.label("visit_state"),
            visit.c.greeted_at.label("submitted_at"),
            _nothing(_MOMENT).label("accepted_at"),
            _nothing(_MOMENT).label("completed_at"),
            _nothing(Text()).label("outcome"),
            _nothing(Text()).label("result_standing"),
            visit.c.told_at,
        )
        .join(item, item.c.id == visit.c.service_item_id)
        .where(
            visit.c.id == request.derive(code, PAPER_ID, Uuid()),
            mark == literal(VISIT_MARK, Text()),
            visit.c.told_at.is_not(None),
        )
    )


def _nothing(type_: Any) -> Any:
    return cast(null(), type_)


@strawberry.type
class ReceiptQuery:
    verify_receipt: ReceiptCheck | None = one(
        "Whether a receipt is genuine: null for one that is not 核验回执真伪.",
        _genuine,
        requires=Permission.RECEIPT_VERIFY,
    )
