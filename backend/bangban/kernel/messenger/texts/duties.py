"""Texts of supervision: what is late, or soon will be, to whoever can still mend it."""

from __future__ import annotations

from typing import Final

from bangban.kernel.messenger.templates import Template, Text

TEXTS: Final = {
    Template.DUTY_YELLOW: Text(
        zh="【{brand}】预警：{number}“{item}”将于 {due_on} 到期，请抓紧办理。",
        en="[{brand}] Warning: {number} “{item}” is due on {due_on}.",
    ),
    Template.DUTY_RED: Text(
        zh="【{brand}】临期：{number}“{item}”最迟应于 {due_on} 办结。",
        en="[{brand}] Urgent: {number} “{item}” must be completed by {due_on}.",
    ),
    Template.DUTY_OVERDUE: Text(
        zh="【{brand}】超期：{number}“{item}”应于 {due_on} 办结，已列入督办。",
        en="[{brand}] Overdue: {number} “{item}” was due on {due_on} and is under supervision now.",
    ),
    Template.DUTY_LEGAL_LIMIT: Text(
        zh="【{brand}】超法定时限：{number}“{item}”（承诺 {due_on} 办结）已超过法定办理时限，已列入督办。",
        en=(
            "[{brand}] Beyond the legal limit: {number} “{item}”, promised for {due_on}, takes longer than the law "
            "allows and is under supervision now."
        ),
    ),
    Template.DUTY_PROMISE_BROKEN: Text(
        zh="【{brand}】容缺逾期：{number}“{item}”承诺于 {due_on} 前补交的材料尚未补齐，已列入督办。",
        en=(
            "[{brand}] Promise broken: the papers promised by {due_on} for {number} “{item}” have not come. It is "
            "under supervision now."
        ),
    ),
    Template.DUTY_NOTICE_EXPIRED: Text(
        zh="【{brand}】补正逾期：{number}“{item}”的补正期限 {due_on} 已过，材料尚未补齐，请联系申请人。",
        en=(
            "[{brand}] Papers not supplied: the day for {number} “{item}” was {due_on}. Please contact the applicant."
        ),
    ),
    Template.DUTY_REVIEW_LATE: Text(
        zh="【{brand}】初审超时：{number}“{item}”应于 {due_on} 完成初审，请立即办理。",
        en="[{brand}] Not reviewed in time: {number} “{item}” was to be reviewed on {due_on}. Please do so at once.",
    ),
    Template.DUTY_FEEDBACK_LATE: Text(
        zh="【{brand}】反馈超时：{number}“{item}”应于 {due_on} 告知申请人是否受理、需补正什么，已列入督办。",
        en=(
            "[{brand}] No answer: the applicant of {number} “{item}” was to hear by {due_on} whether it is accepted "
            "or what is missing. It is under supervision now."
        ),
    ),
    Template.DUTY_ACCEPTANCE_LATE: Text(
        zh=(
            "【{brand}】逾期未告知：{number}“{item}”应于 {due_on} 前受理、告知补正或不予受理。属行政许可的，"
            "依《行政许可法》第三十二条自收到申请材料之日起即为受理，已列入督办。"
        ),
        en=(
            "[{brand}] Beyond the legal limit: {number} “{item}” was to be accepted, declined or returned for papers "
            "by {due_on}. A licence counts as accepted from the day it was applied for (Administrative Licensing Law, "
            "Article 32). It is under supervision now."
        ),
    ),
    Template.DUTY_ANSWER_DUE: Text(
        zh="【{brand}】确认将到期：{number}“{item}”应于 {due_on} 前答复，请抓紧办理。",
        en="[{brand}] Your department's confirmation {number} “{item}” is due on {due_on}.",
    ),
    Template.DUTY_ANSWER_LATE: Text(
        zh="【{brand}】确认逾期：{number}“{item}”应于 {due_on} 前答复，已列入督办。",
        en=(
            "[{brand}] Your department's confirmation {number} “{item}” was due on {due_on} and is under "
            "supervision now."
        ),
    ),
    Template.DUTY_PAPERS_HELD: Text(
        zh="【{brand}】代收材料未转交：{number}“{item}”的材料应于 {due_on} 前转交，请尽快转交或退还。",
        en=(
            "[{brand}] Papers not forwarded: those of {number} “{item}” were to be forwarded by {due_on}. Please "
            "forward or return them."
        ),
    ),
    Template.DUTY_BATCH_LATE: Text(
        zh="【{brand}】集中收件超时：批次 {number}（{item}）应于 {due_on} 前全部启动办理，仍有未启动的办件。",
        en=(
            "[{brand}] Batch not begun: work on all of {number} ({item}) was to begin by {due_on}, and some of its "
            "cases still wait."
        ),
    ),
    Template.DUTY_ORDER_IDLE: Text(
        zh="【{brand}】帮办单未办理：{number}（{item}）已认领，应于 {due_on} 前开始办理，请跟进。",
        en="[{brand}] Nobody works on order {number} ({item}), which was taken and due by {due_on}. Please see to it.",
    ),
    Template.DUTY_ORDER_STUCK: Text(
        zh="【{brand}】帮办单久未办理：{number}（{item}）至 {due_on} 仍未开始办理，已列入督办。",
        en="[{brand}] Still nobody works on order {number} ({item}), due by {due_on}. It is under supervision now.",
    ),
    Template.DUTY_TERMINAL_FAULT: Text(
        zh="【{brand}】自助终端故障未修复：{item}的“{number}”应于 {due_on} 前修复，已列入督办。",
        en=(
            "[{brand}] Fault not mended: the terminal “{number}” at {item} was to work again by {due_on}. It is under "
            "supervision now."
        ),
    ),
    Template.DUTY_VOLUNTEER_WAITING: Text(
        zh="【{brand}】{item}{number} 申请加入，请于 {due_on} 前审核。",
        en="[{brand}] {number} ({item}) waits to be let in. Please decide by {due_on}.",
    ),
    Template.DUTY_VOLUNTEER_LATE: Text(
        zh="【{brand}】{item}{number} 的加入申请应于 {due_on} 前审核，已逾期，请尽快审核。",
        en="[{brand}] {number} ({item}) was to be let in, or not, by {due_on}. Please decide now.",
    ),
    Template.DUTY_CHECK_IN_DUE: Text(
        zh="【{brand}】跟踪回访提醒：请于 {due_on} 向申请人反馈 {number}“{item}”的进展。",
        en="[{brand}] Check-in due: please tell the applicant of {number} “{item}” on {due_on} how it stands.",
    ),
    Template.DUTY_CHECK_IN_LATE: Text(
        zh="【{brand}】跟踪回访超时：{number}“{item}”应于 {due_on} 前向申请人反馈进展，已列入督办。",
        en=(
            "[{brand}] Check-in missed: the applicant of {number} “{item}” was to hear by {due_on} how it stands. "
            "It is under supervision now."
        ),
    ),
    Template.DUTY_POST_ENDING: Text(
        zh="【{brand}】任职将到期：{number} 的任职至 {due_on} 止，手中尚有{item}，请在此前移交。",
        en="[{brand}] A post ends: that of {number} on {due_on}. Still in hand: {item}. Please give it over before.",
    ),
    Template.DUTY_POST_ENDED: Text(
        zh="【{brand}】任职已到期：{number} 的任职已于 {due_on} 到期，手中尚有{item}，请尽快改派或移交，已列入督办。",
        en=(
            "[{brand}] A post has ended: that of {number} on {due_on}. Nobody goes on with what was in hand: {item}. "
            "Please move it. It is under supervision now."
        ),
    ),
    Template.DUTY_URGED: Text(
        zh="【{brand}】催办：请尽快办理 {number}“{item}”（期限 {due_on}）。",
        en="[{brand}] Reminder from your supervisor: please deal with {number} “{item}”, due on {due_on}.",
    ),
    Template.DUTIES_GATHERED: Text(
        zh="【{brand}】新增 {count} 件督办件，请及时处理。",
        en="[{brand}] New duties for you to look into: {count}.",
    ),
}
