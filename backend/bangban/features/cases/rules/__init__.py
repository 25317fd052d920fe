"""The rules of casework: who may move a case from where to where, and what that records (DOMAIN C02).

Pure: facts and an occasion in, one ``Transition`` out: new facts, event, audit entry and outbox kinds
together, so that none can be forgotten. An illegal move raises a named ``Problem``.

Whether the actor may act at the case's area is decided before, by the access policy. Whoever has the
permission there may act, not only the holder: a window accepts what a village's helper brought. The event
names who acted; the holder answers for the case, and stays the same until it is handed over and taken. While
a hand-over is open, nobody completes the case.

Nothing here knows a fee: help is free (DOMAIN C01, invariant 18).
"""

from bangban.features.cases.rules.decisions import accept, complete
from bangban.features.cases.rules.endings import decline, resume, suspend, terminate, withdraw
from bangban.features.cases.rules.intake import give_notice, pre_check, submit, supply
from bangban.features.cases.rules.notices import acknowledge_notice
from bangban.features.cases.rules.rating import rate, rate_meanwhile
from bangban.features.cases.rules.relay import expire, give_back, hand_over, recall, send_back, take_over

__all__ = [
    "accept",
    "acknowledge_notice",
    "complete",
    "decline",
    "expire",
    "give_back",
    "give_notice",
    "hand_over",
    "pre_check",
    "rate",
    "rate_meanwhile",
    "recall",
    "resume",
    "send_back",
    "submit",
    "supply",
    "suspend",
    "take_over",
    "terminate",
    "withdraw",
]
