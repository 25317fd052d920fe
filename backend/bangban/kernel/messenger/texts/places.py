"""Texts about halls, bookings, contact books and terminals."""

from __future__ import annotations

from typing import Final

from bangban.kernel.messenger.templates import Template, Text

TEXTS: Final = {
    Template.BOOKING_MADE: Text(
        zh="【{brand}】您已预约 {point}，时间 {begins_at}。如不能前来，请提前取消。",
        en="[{brand}] You booked {point} for {begins_at}. If you cannot come, please cancel in time.",
    ),
    Template.BOOKING_CALLED_OFF: Text(
        zh="【{brand}】{point} 届时不开放，您 {begins_at} 的预约已取消，请另约时间。",
        en="[{brand}] {point} will be closed, so your booking for {begins_at} is cancelled. Please book another time.",
    ),
    Template.TERMINAL_FAULT: Text(
        zh="【{brand}】{point}的自助终端“{terminal}”报告故障，请尽快安排维修。",
        en="[{brand}] The terminal “{terminal}” at {point} reports a fault. Please have it mended.",
    ),
    Template.HALL_QUEUE_LONG: Text(
        zh="【{brand}】{point} {queue} 队列现有 {measured} 人等候，请疏导。",
        en="[{brand}] {measured} people wait in queue {queue} at {point}. Please see to it.",
    ),
    Template.HALL_WAIT_LONG: Text(
        zh="【{brand}】{point} {queue} 队列有人已等候 {measured} 分钟，请疏导。",
        en="[{brand}] Somebody has waited {measured} minutes in queue {queue} at {point}. Please see to it.",
    ),
    Template.CONTACT_ENDING: Text(
        zh="【{brand}】“{team}”的通讯录信息有效至 {until}，请核对并重新发布。",
        en="[{brand}] The contact book's entry of {team} is good until {until}. Please check and publish it anew.",
    ),
    Template.CONTACT_STALE: Text(
        zh="【{brand}】“{team}”的通讯录信息已于 {until} 到期，请尽快核对并重新发布。",
        en="[{brand}] The contact book's entry of {team} ran out on {until}. Please check and publish it now.",
    ),
}
