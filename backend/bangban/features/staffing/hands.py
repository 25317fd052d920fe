"""What people have in hand that somebody else has to go on with once they are gone (invariants 2, 6 and 7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final, Protocol

from sqlalchemy import Date, Integer, Select, Text, cast, func, literal, null, select, union_all

from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.tables import CaseRow, HandoverRow
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.first_asks.rules import OPEN
from bangban.features.first_asks.tables import FirstAskRow, FirstAskTransferRow
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import HELD
from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import Permission

# What somebody needs over their own to go on with each, or at least to pass it on. Who has any post at all may be
# asked about a turn on the rota.
_NEEDS: Final[Mapping[str, tuple[Permission, ...]]] = {
    "cases": (Permission.CASE_HAND_OVER,),
    "offered": (Permission.CASE_RETURN,),
    "orders": (Permission.ORDER_DO,),
    "asks": (Permission.ASKING_TRANSFER, Permission.ASKING_ANSWER),
    "passed": (Permission.ASKING_TRANSFER,),
    "papers": (Permission.CUSTODY_RECORD,),
    "turns": (),
}
KINDS: Final = tuple(_NEEDS)
_ONE: Final = literal(1, Integer())
_WHENEVER: Final = cast(null(), Date())


class Hand(Protocol):
    """So many things of a kind that somebody has; of turns on the rota, on one day."""

    @property
    def kind(self) -> str: ...
    @property
    def day(self) -> date | None: ...
    @property
    def amount(self) -> int: ...


def left_of(
    policy: CompiledPolicy, hands: Iterable[Hand], roles: Collection[Role], *, since: date | None
) -> dict[str, int]:
    """What nobody could go on with, by kind: what these roles do not let its holder do from a day on."""
    left = dict.fromkeys(KINDS, 0)
    for hand in hands:
        if hand.day is not None and since is not None and hand.day < since:
            continue
        if not _goes_on(policy, roles, _NEEDS[hand.kind]):
            left[hand.kind] += int(hand.amount)
    return left


def _goes_on(policy: CompiledPolicy, roles: Collection[Role], needs: Iterable[Permission]) -> bool:
    return bool(roles) and all(any(policy.allows(role, Reach.OWN, each) for role in roles) for each in needs)


def in_hand(whose: Any, now: datetime) -> Any:
    """``staff_id``, ``kind``, ``day`` and ``amount`` of what these people have in hand, as rows to select from.

    ``whose`` is a list of ids or a statement that selects them.
    """
    offer, turn = FirstAskTransferRow, GuideShiftRow
    parts = union_all(
        _held("cases", CaseRow.holder_id, whose).where(CaseRow.state.in_(sorted(LIVE))),
        _held("offered", HandoverRow.to_id, whose).where(
            HandoverRow.taken_at.is_(None), HandoverRow.returned_at.is_(None)
        ),
        _held("orders", OrderRow.holder_id, whose).where(OrderRow.state.in_(sorted(HELD))),
        _held("asks", FirstAskRow.handler_id, whose).where(FirstAskRow.state.in_(sorted(OPEN))),
        _held("passed", offer.to_id, whose).where(offer.taken_at.is_(None), offer.returned_at.is_(None)),
        _held("turns", turn.guide_id, whose, day=turn.day).where(
            turn.ends_at > now, turn.cancelled_at.is_(None)
        ),
        _papers(CustodyEntryRow.to_staff_id, whose, 1),
        _papers(CustodyEntryRow.from_staff_id, whose, -1),
    ).subquery("each_in_hand")
    amount = func.sum(parts.c.amount)
    return (
        select(parts.c.staff_id, parts.c.kind, parts.c.day, amount.label("amount"))
        .group_by(parts.c.staff_id, parts.c.kind, parts.c.day)
        .having(amount > 0)
        .subquery("in_hand")
    )


def _held(kind: str, holder: Any, whose: Any, *, amount: Any = _ONE, day: Any = _WHENEVER) -> Select[Any]:
    return select(
        holder.label("staff_id"),
        literal(kind, Text()).label("kind"),
        day.label("day"),
        amount.label("amount"),
    ).where(holder.in_(whose))


def _papers(holder: Any, whose: Any, sign: int) -> Select[Any]:
    """Sheets that came into somebody's hands, or went out of them; cases without papers under way are passed over."""
    sheets = (CustodyEntryRow.originals + CustodyEntryRow.copies) * sign
    return (
        _held("papers", holder, whose, amount=sheets)
        .join(CaseRow, CaseRow.id == CustodyEntryRow.case_id)
        .where(CaseRow.papers_out > 0)
    )
