"""Texts about orders: to helpers what is offered, to who asked what became of it."""

from __future__ import annotations

from typing import Final

from bangban.kernel.messenger.templates import Template, Text

TEXTS: Final = {
    Template.ORDER_OFFERED: Text(
        zh="【{brand}】{area}有新的帮办单 {number}（{kind}），请及时认领。",
        en="[{brand}] A new order in {area} is offered to you: {number}, {kind}. Please claim it in time.",
    ),
    Template.ORDER_FELL_THROUGH: Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）下级逾时无人认领，现转至您处，请及时认领。",
        en=(
            "[{brand}] Nobody below took the order {number} in {area}, {kind}, in time. It is offered to you "
            "now; please claim it."
        ),
    ),
    Template.ORDER_LEFT_OVER: Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）各级均逾时无人认领，请指派。",
        en="[{brand}] Nobody at any level took the order {number} in {area}, {kind}. Please assign it.",
    ),
    Template.ORDER_UNTAKEN: Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）指派后未被接收，现已重新派出，必要时请改派他人。",
        en=(
            "[{brand}] The order {number} in {area}, {kind}, was not taken by whom it was assigned to. "
            "It is offered again; assign it to somebody else if need be."
        ),
    ),
    Template.ORDER_ASSIGNED: Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）已指派给您，请及时办理。",
        en="[{brand}] The order {number} in {area}, {kind}, was assigned to you.",
    ),
    Template.ORDER_TAKEN: Text(
        zh="【{brand}】您的帮办单 {number} 已由 {helper} 接单，帮办全程免费。",
        en="[{brand}] {helper} has taken your order {number}. Help is free of charge.",
    ),
    Template.ORDER_GIVEN_BACK: Text(
        zh="【{brand}】接单人员不能继续办理您的帮办单 {number}，正在重新派单，有人接单后将再告知您。",
        en=(
            "[{brand}] Whoever had your order {number} cannot go on with it. It is offered to others, and you will "
            "hear who takes it."
        ),
    ),
    Template.ORDER_DONE: Text(
        zh="【{brand}】您的帮办单 {number} 已由 {helper} 办完，欢迎您评价本次服务。",
        en="[{brand}] {helper} has done your order {number}. You are welcome to rate our service.",
    ),
    Template.ORDER_CANCELLED: Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）已取消，无需再办。",
        en="[{brand}] The order {number} in {area}, {kind}, was cancelled. There is nothing left to do.",
    ),
    Template.ORDER_CASE_OVER: Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）所属办件已结束：已收的材料请登记并退还，未收的请报未办成。",
        en=(
            "[{brand}] The case of order {number} in {area}, {kind}, has ended. "
            "Record and return the papers that you took; if you took none, report a failed try."
        ),
    ),
    Template.ORDER_TRY_FAILED: Text(
        zh="【{brand}】您的帮办单 {number} 本次未能办成，{helper} 将与您约定下次时间。",
        en="[{brand}] Your order {number} could not be done this time. {helper} will agree on another time with you.",
    ),
    Template.ORDER_TRY_AGAIN: Text(
        zh="【{brand}】您的帮办单 {number} 本次未能办成，{helper} 将于 {window} 再次上门。",
        en="[{brand}] Your order {number} could not be done this time. {helper} will come again at {window}.",
    ),
    Template.ORDER_WINDOW_MISSED: Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）约定时段 {window} 已过，尚未出发，请立即联系群众。",
        en=(
            "[{brand}] The agreed time of order {number} in {area}, {kind}, is over ({window}) and nobody set out. "
            "Please call whoever is waiting."
        ),
    ),
}
