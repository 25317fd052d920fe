"""首问负责 (DOMAIN B01, B02, B06): who is asked answers for it to the end, whoever works on it meanwhile.

Pure: facts and an act in, changed facts out, or a ``Problem``. No rule changes the owner, and no state sends the asker
anywhere: a matter goes to somebody else by a transfer inside, which that person accepts, or it stays where it was.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from bangban.features.first_asks.problems import (
    AskStateRefused,
    NotInCharge,
    NoTransfer,
    TransferReceiverUnfit,
)
from bangban.features.first_asks.values import AskState
from bangban.features.orders.placing_problems import NobodyToAsk
from bangban.features.orders.rules.facts import Helper
from bangban.kernel.identifiers import refuse_unfit
from bangban.kernel.problems import InvalidInput

LONGEST: Final = 2_000
OPEN: Final = frozenset(set(AskState) - {AskState.CLOSED})
_TRANSFERABLE: Final = frozenset({AskState.RECEIVED, AskState.HANDLING, AskState.FOLLOWING})
_ANSWERABLE: Final = frozenset({*_TRANSFERABLE, AskState.ANSWERED})


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A record as the rules see it. ``offered_to`` are those for one of whom a transfer waits."""

    state: AskState
    within_duty: bool
    owner_id: UUID
    handler_id: UUID
    offered_to: frozenset[UUID] = frozenset()
    outcome: str | None = None

    @property
    def at_rest(self) -> AskState:
        """The state where no transfer is open and nothing is answered."""
        if self.handler_id != self.owner_id:
            return AskState.FOLLOWING
        return AskState.HANDLING if self.within_duty else AskState.RECEIVED


def receive(*, owner_id: UUID, within_duty: bool) -> Ask:
    """接待: who was asked owns it and has it. Within their own duty it is being handled at once."""
    state = AskState.HANDLING if within_duty else AskState.RECEIVED
    return Ask(state=state, within_duty=within_duty, owner_id=owner_id, handler_id=owner_id)


def owner_among(helpers: Sequence[Helper], on_call: Collection[UUID] = ()) -> UUID:
    """Who owns what is asked online: the first of those on call, or of all where nobody is.

    ``helpers`` come in the order of choice of orders. Raises ``NobodyToAsk`` where there is nobody at all, so that
    nothing is ever asked of nobody (invariant 2).
    """
    if not helpers:
        raise NobodyToAsk
    return next((each.id for each in helpers if each.id in on_call), helpers[0].id)


def transfer(ask: Ask, *, to: Collection[UUID], by: UUID, may_manage: bool = False) -> Ask:
    """内转: offered to a colleague, or to all of a team; until one of them accepts, the one who had it has it.

    Raises:
        AskStateRefused: It is answered, closed, or offered to somebody already.
        NotInCharge: By neither owner nor handler, nor a supervisor.
        TransferReceiverUnfit: ``to`` is empty: nobody of them is in service and may take it.
        InvalidInput: Nobody but who has it already would receive it.
    """
    if ask.state not in _TRANSFERABLE:
        raise AskStateRefused(ask.state)
    _require_in_charge(ask, by, may_manage=may_manage)
    if not to:
        raise TransferReceiverUnfit(fields=("input.toStaffId", "input.toTeamId"))
    others = frozenset(to) - {ask.handler_id}
    if not others:
        raise InvalidInput(
            "This person has the matter already.", "此人已是承办人。", fields=("input.toStaffId",)
        )
    return replace(ask, state=AskState.TRANSFERRED, offered_to=others)


def take(ask: Ask, *, by: UUID) -> Ask:
    """接收: the receiver, of a team the first, handles it from now on, the owner follows. Raises ``NoTransfer``."""
    _require_offered(ask, by)
    taken = replace(ask, handler_id=by, offered_to=frozenset())
    # Back with who was asked, it is theirs to handle, whatever it was before.
    return replace(taken, state=AskState.HANDLING if by == ask.owner_id else AskState.FOLLOWING)


def give_back(ask: Ask, *, by: UUID | None, may_manage: bool = False) -> Ask:
    """退回: by a receiver, or by time (None); it is where it was. Raises ``NoTransfer``.

    撤回: those who could pass it on take it back before somebody has it, so that a slip costs nobody two hours.
    """
    takes_back = by is None or may_manage or by in (ask.owner_id, ask.handler_id)
    if ask.state is not AskState.TRANSFERRED or not (takes_back or by in ask.offered_to):
        raise NoTransfer
    return replace(ask, offered_to=frozenset(), state=ask.at_rest)


def answer(ask: Ask, text: str, *, by: UUID) -> Ask:
    """答复, as often as there is something to say; each answer stays.

    Raises:
        AskStateRefused: It is closed, or nobody knows yet who has it.
        NotInCharge: By neither owner nor handler.
        InvalidInput: Nothing is said, or too much.
    """
    if ask.state not in _ANSWERABLE:
        raise AskStateRefused(ask.state)
    _require_in_charge(ask, by)
    stated(text, field="input.text")
    return replace(ask, state=AskState.ANSWERED)


def close(ask: Ask, outcome: str, *, by: UUID, may_manage: bool = False) -> Ask:
    """办结: by who was asked (or a supervisor for them), once it is answered, with what came of it.

    Raises:
        AskStateRefused: It is not answered, or closed already.
        NotInCharge: By somebody else, the handler included.
        InvalidInput: No outcome.
    """
    if ask.state is not AskState.ANSWERED:
        raise AskStateRefused(ask.state)
    if by != ask.owner_id and not may_manage:
        raise NotInCharge
    return replace(ask, state=AskState.CLOSED, outcome=stated(outcome, field="input.outcome"))


def stated(text: str | None, *, field: str) -> str:
    """What was said, without blanks around it. Raises InvalidInput for nothing, or too much; ``NumberInText``."""
    found = (text or "").strip()
    if not 0 < len(found) <= LONGEST:
        raise InvalidInput(
            f"Say something, in at most {LONGEST} characters.",
            f"请填写内容,不超过 {LONGEST} 个字。",
            fields=(field,),
        )
    refuse_unfit(found, fields=(field,))
    return found


def _require_in_charge(ask: Ask, by: UUID, *, may_manage: bool = False) -> None:
    if by not in (ask.owner_id, ask.handler_id) and not may_manage:
        raise NotInCharge


def _require_offered(ask: Ask, by: UUID) -> None:
    if by not in ask.offered_to:
        raise NoTransfer
