"""The case that an order dispatches, and the hand-over that the order made: ended with what it came of.

Whoever acts on an order locks it first, then its case, then whoever gets both (``people.staying``).
"""

from __future__ import annotations

from bangban.features.cases import rules as case_rules
from bangban.features.cases.service.loading import Loaded as LoadedCase
from bangban.features.cases.service.loading import locked_case
from bangban.features.cases.service.saving import save as save_case
from bangban.features.orders.rules.facts import Transition
from bangban.features.orders.rules.together import check_in_hand, untaken, waits_for_case
from bangban.features.orders.service.loading import Loaded
from bangban.features.orders.values import OrderKind, OrderStep


async def dispatched_case(loaded: Loaded) -> LoadedCase | None:
    """The case that the order dispatches, locked; None where it dispatches none."""
    if loaded.facts.kind is not OrderKind.CASE:
        return None
    return await locked_case(loaded.work, number=loaded.row.case_number)


async def stepped(loaded: Loaded, case: LoadedCase, step: OrderStep, taken: Transition) -> Transition:
    """What a step with the order makes of its case, and with that of itself. Raises as ``check_in_hand``."""
    check_in_hand(loaded.facts, case.facts, step)
    if step is OrderStep.CANCEL:
        await undo_handover(loaded, case, reason=taken.event.note)
    elif step is OrderStep.RELEASE and await undo_handover(loaded, case, reason=taken.event.note):
        return untaken(taken)
    return taken


async def undo_handover(loaded: Loaded, case: LoadedCase, *, reason: str | None) -> bool:
    """End the hand-over to whoever has the order, if they did not take it yet; whether there was one.

    Given back where they do it themselves, else recalled: whoever moves the order moves its case, so nobody is asked
    again. A hand-over to anybody else is none of the order's.
    """
    if not waits_for_case(loaded.facts, case.facts):
        return False
    own = case.actor.id == loaded.facts.holder_id
    undo = case_rules.give_back if own else case_rules.recall
    why = reason or f"帮办单 {loaded.row.number}"
    await save_case(case, undo(case.facts, reason=why, actor=case.actor, occasion=case.occasion))
    return True
