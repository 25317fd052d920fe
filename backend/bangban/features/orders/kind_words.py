"""What is asked for by an order, in words."""

from __future__ import annotations

from typing import Final

from bangban.features.orders.values import OrderKind

KIND_ZH: Final = {
    OrderKind.NEED: "群众点单",
    OrderKind.CALL_OUT: "园区呼叫",
    OrderKind.PICKUP: "上门取件",
    OrderKind.DELIVERY: "上门送达",
    OrderKind.CASE: "办件派单",
    OrderKind.ISSUE: "社区问题",
}
KIND_EN: Final = {
    OrderKind.NEED: "a resident's need",
    OrderKind.CALL_OUT: "a call-out",
    OrderKind.PICKUP: "a pickup at the door",
    OrderKind.DELIVERY: "a delivery to the door",
    OrderKind.CASE: "a case to take up",
    OrderKind.ISSUE: "a problem of the community",
}


def kind_word(kind: OrderKind, language: str) -> str:
    """What is asked for, in somebody's language."""
    return (KIND_ZH if language.startswith("zh") else KIND_EN)[kind]
