"""引导至他处: nobody is led elsewhere with what the hall takes, nor without a word where to (DOMAIN B02)."""

from __future__ import annotations

from collections.abc import Sequence

from bangban.features.hall.problems import TakenHere
from bangban.features.hall.rules.queues import Matter, Queue, right_queues
from bangban.kernel.problems import InvalidInput


def require_elsewhere(queues: Sequence[Queue], matter: Matter, *, reason: str | None) -> None:
    """Refuse to lead a visitor elsewhere with an item that a window of the point takes, or without a word.

    What the catalog does not have, any comprehensive window would take: such a question may be answered elsewhere.

    Raises:
        TakenHere: It names the queues.
        InvalidInput: No reason.
    """
    taking = () if matter.code is None else right_queues(queues, matter)
    if taking:
        raise TakenHere([each.key for each in taking])
    if reason is None:
        raise InvalidInput(
            "Say where the visitor is led to, or why.", "请填写引导去向或原因。", fields=("input.note",)
        )
