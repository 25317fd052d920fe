"""Papers at the door (DOMAIN C10, invariant 7): a pickup that is done takes them, a delivery hands them over. Pure.

Only the end of a try that went well moves anything, and only for a case: custody is kept by cases.
"""

from __future__ import annotations

from collections.abc import Collection

from bangban.features.custody.values import CustodyKind
from bangban.features.orders.problems import SignatureMissing
from bangban.features.orders.values import AT_THE_DOOR, OrderKind, OrderStep
from bangban.features.profiles.values import SignatureRule
from bangban.kernel.problems import InvalidInput

_MOVES = {OrderKind.PICKUP: CustodyKind.TAKEN, OrderKind.DELIVERY: CustodyKind.RETURNED}


def movement_of(
    kind: OrderKind, step: OrderStep, *, papers: Collection[object], case_number: str | None
) -> CustodyKind | None:
    """What becomes of the papers that are named with a step; None where none are.

    Raises InvalidInput where this step moves no papers, so that nobody believes that it did.
    """
    if not papers:
        return None
    found = _MOVES.get(kind)
    if found is None or step is not OrderStep.FINISH or case_number is None:
        raise InvalidInput(
            "Papers are named when a pickup or delivery of a case is finished, and at no other time.",
            "仅在办件的上门取件、上门送达完成时填写材料。",
            fields=("input.papers",),
        )
    return found


def check_signature(
    kind: OrderKind, step: OrderStep, *, signed: bool, moves_papers: bool, wanted: SignatureRule
) -> None:
    """签收: whether a task may end as it does, signed or not (DOMAIN C10).

    Raises:
        SignatureMissing: The district wants one here.
        InvalidInput: Nothing at a door ends with this step, so nobody signed.
    """
    ends = kind in AT_THE_DOOR and step is OrderStep.FINISH
    if signed and not ends:
        raise InvalidInput(
            "A signature is given when a pickup or delivery is finished, and at no other time.",
            "仅在上门取件、上门送达完成时填写签收信息。",
            fields=("input.signature",),
        )
    needed = wanted is SignatureRule.ALWAYS or (wanted is SignatureRule.WITH_PAPERS and moves_papers)
    if ends and needed and not signed:
        raise SignatureMissing
