"""A resident's own numbers in a hall: after a guide or a terminal took their phone or identity number.

They are asked for since they are stored sealed alone: hashed here they are compared with those of the visit, and with
what shows whose they are, each under a purpose of its own: the phone with the account's, the identity number with that
of an accepted case of the account. They open nothing but the numbers of whoever is signed in.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import Integer, LargeBinary, Select, Uuid, and_, cast, false, null, or_, select

from bangban.features.accounts.tables import ResidentRow
from bangban.features.cases.tables import CaseRow
from bangban.features.hall.guards import window_number
from bangban.features.hall.queue_sql import ahead
from bangban.features.hall.rules.tickets import LIVE
from bangban.features.hall.tables import VISITOR_PURPOSE, TicketRow, VisitRow
from bangban.features.hall.values import TicketState
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.planner.fields import column
from bangban.kernel.planner.periods import today
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Pick, Rows

_LIVE = sorted(state.value for state in LIVE)


@reads(TicketRow)
@strawberry.type(description="The caller's own number in a hall, while it is live 本人号票.")
class OwnTicket:
    number: str = column("The number that is called 号码.")
    queue: str = column("Its queue 队列.")
    state: TicketState = column("State 状态.")
    ahead: int | None = column(
        "How many are called before it; null once it was called 前面等候人数.",
        ahead,
        auditor=lambda _: cast(
            null(), Integer()
        ),  # they have none, and may not read the classes that it counts by
    )
    window: str | None = column("The window it was called to 窗口号.", window_number)
    called_at: datetime | None = column("When it was called last 叫号时间.")
    calls: int = column("How often it was called 叫号次数.")
    issued_at: datetime = column("When it was given 取号时间.")


def own_tickets(
    rows: Rows,
    phone: Annotated[
        str | None,
        strawberry.argument(
            description="The phone of the caller's own account, where the number was given for it 本人手机号."
        ),
    ] = None,
    identity_number: Annotated[
        str | None,
        strawberry.argument(
            description="The identity number of a case of the caller's that was accepted, "
            "where the number was given for it 本人证件号码."
        ),
    ] = None,
) -> Pick:
    """Live numbers of today at the point at hand, given for whom a resident has shown to be."""
    if rows.request.principal_kind != PrincipalKind.RESIDENT:
        return Pick(false())
    me: Any = rows.request.bind("me", Uuid())
    given = [
        _given_for(rows, text, shown(rows, me, text))
        for text, shown in ((phone, _account), (identity_number, _accepted))
        if text is not None
    ]
    mine = and_(
        rows.c.point_id == rows.parent.id,
        rows.c.day == today(rows),
        rows.c.state.in_(_LIVE),
        or_(false(), *(rows.c.visit_id.in_(visits) for visits in given)),
    )
    return Pick(mine, (rows.c.issued_at, rows.c.id))


def _given_for(rows: Rows, text: Any, shown: Select[Any]) -> Select[Any]:
    """Today's visits of whoever gave this text, if it was shown to be the caller's."""
    visit = VisitRow.__table__.alias("own_visit")
    return select(visit.c.id).where(
        visit.c.visitor_hash == rows.request.derive(text, VISITOR_PURPOSE, LargeBinary()),
        visit.c.day == today(rows),
        shown.exists(),
    )


def _account(rows: Rows, me: Any, phone: Any) -> Select[Any]:
    resident = ResidentRow.__table__.alias("own_account")
    return select(resident.c.id).where(
        resident.c.id == me, resident.c.phone_hash == rows.request.derive(phone, "phone", LargeBinary())
    )


def _accepted(rows: Rows, me: Any, identity_number: Any) -> Select[Any]:
    """What somebody only says of themselves proves nothing: the office has accepted a case under that number."""
    case = CaseRow.__table__.alias("own_case")
    return select(case.c.id).where(
        case.c.resident_id == me,
        case.c.identity_hash == rows.request.derive(identity_number, "identity", LargeBinary()),
        case.c.accepted_at.is_not(None),
    )
