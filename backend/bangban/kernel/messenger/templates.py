"""The texts of messages, in Chinese and English. They name a case by number and say nothing personal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter


class Template(StrEnum):
    """What a message is about."""

    SIGN_IN_CODE = "sign_in_code"
    ONBOARDING_CODE = "onboarding_code"
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a template's name, not a password
    OPERATOR_INVITATION = "operator_invitation"
    NOTICE_ISSUED = "notice_issued"
    CASE_SUBMITTED = "case_submitted"
    CASE_ACCEPTED = "case_accepted"
    CASE_COMPLETED = "case_completed"
    CASE_DECLINED = "case_declined"
    HANDOVER_OFFERED = "handover_offered"
    HANDOVER_RETURNED = "handover_returned"
    HANDOVER_EXPIRED = "handover_expired"
    CASE_SENT_BACK = "case_sent_back"
    CASE_RATED_DURING = "case_rated_during"
    NEXT_STEPS = "next_steps"
    TRANSFER_OFFERED = "transfer_offered"
    TRANSFER_EXPIRED = "transfer_expired"
    QUESTION_RECEIVED = "question_received"
    QUESTION_ANSWERED = "question_answered"
    QUESTION_LATE = "question_late"
    BUNDLE_ACCEPTED = "bundle_accepted"
    BUNDLE_PART_DONE = "bundle_part_done"
    BUNDLE_PART_REFUSED = "bundle_part_refused"
    BUNDLE_RESULTS_READY = "bundle_results_ready"
    CASE_SUSPENDED = "case_suspended"
    CASE_RESUMED = "case_resumed"
    CASE_TERMINATED = "case_terminated"
    CASE_WITHDRAWN = "case_withdrawn"
    TOLERANCE_DUE = "tolerance_due"
    DUTY_YELLOW = "duty_yellow"
    DUTY_RED = "duty_red"
    DUTY_OVERDUE = "duty_overdue"
    DUTY_LEGAL_LIMIT = "duty_legal_limit"
    DUTY_PROMISE_BROKEN = "duty_promise_broken"
    DUTY_NOTICE_EXPIRED = "duty_notice_expired"
    DUTY_REVIEW_LATE = "duty_review_late"
    DUTY_FEEDBACK_LATE = "duty_feedback_late"
    DUTY_ACCEPTANCE_LATE = "duty_acceptance_late"
    DUTY_ANSWER_DUE = "duty_answer_due"
    DUTY_ANSWER_LATE = "duty_answer_late"
    DUTY_PAPERS_HELD = "duty_papers_held"
    DUTY_BATCH_LATE = "duty_batch_late"
    DUTY_ORDER_IDLE = "duty_order_idle"
    DUTY_ORDER_STUCK = "duty_order_stuck"
    DUTY_TERMINAL_FAULT = "duty_terminal_fault"
    DUTY_VOLUNTEER_WAITING = "duty_volunteer_waiting"
    DUTY_VOLUNTEER_LATE = "duty_volunteer_late"
    DUTY_URGED = "duty_urged"
    DUTIES_GATHERED = "duties_gathered"
    ORDER_OFFERED = "order_offered"
    ORDER_FELL_THROUGH = "order_fell_through"
    ORDER_LEFT_OVER = "order_left_over"
    ORDER_ASSIGNED = "order_assigned"
    ORDER_TAKEN = "order_taken"
    ORDER_DONE = "order_done"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_TRY_FAILED = "order_try_failed"
    ORDER_TRY_AGAIN = "order_try_again"
    ORDER_WINDOW_MISSED = "order_window_missed"
    HALL_QUEUE_LONG = "hall_queue_long"
    HALL_WAIT_LONG = "hall_wait_long"
    BOOKING_MADE = "booking_made"
    CONTACT_ENDING = "contact_ending"
    CONTACT_STALE = "contact_stale"
    TERMINAL_FAULT = "terminal_fault"


@dataclass(frozen=True, slots=True)
class _Text:
    zh: str
    en: str


_TEXTS = {
    Template.SIGN_IN_CODE: _Text(
        zh="【{brand}】登录验证码 {code}，{minutes} 分钟内有效。请勿告知他人，工作人员不会索要验证码。",
        en=(
            "[{brand}] Your sign-in code is {code}, valid for {minutes} minutes. Tell it to nobody: "
            "our staff never ask for it."
        ),
    ),
    # The slug is all that it says of the application: what else applicants write might be anything, to anybody's phone.
    Template.ONBOARDING_CODE: _Text(
        zh="【帮办】入驻申请 {slug} 的验证码 {code}，{minutes} 分钟内有效。如非本人申请，请忽略本消息。",
        en=(
            "[Bangban] The code for the application to join as {slug} is {code}, valid for {minutes} minutes. "
            "If you did not apply, ignore this message."
        ),
    ),
    Template.INVITATION: _Text(
        zh=(
            "【{brand}】已为您开通账号 {login}。请在 {hours} 小时内用一次性口令 {token} 设置您的密码。"
            "请勿告知他人，工作人员不会索要口令。"
        ),
        en=(
            "[{brand}] Your account {login} is ready. Set your password within {hours} hours with the one-time "
            "token {token}. Tell it to nobody: our staff never ask for it."
        ),
    ),
    Template.PASSWORD_RESET: _Text(
        zh=(
            "【{brand}】账号 {login} 申请重置密码，一次性口令 {token}，{minutes} 分钟内有效。"
            "如非本人操作，请忽略本消息，原密码仍然有效。"
        ),
        en=(
            "[{brand}] A new password was asked for the account {login}. The one-time token is {token}, valid for "
            "{minutes} minutes. If it was not you, ignore this message: your password stays as it is."
        ),
    ),
    Template.OPERATOR_INVITATION: _Text(
        zh="【帮办平台】已为您开通平台账号 {login}，邀请口令 {token}，请在 {hours} 小时内设置密码。请勿转告他人。",
        en=(
            "[Bangban] Your operator's account {login} is ready. Set its password with the token {token} within "
            "{hours} hours, and pass the token on to nobody."
        ),
    ),
    Template.NOTICE_ISSUED: _Text(
        zh="【{brand}】您的“{item}”（{number}）还需补正：{materials}。以上为一次性告知的全部内容。",
        en=(
            "[{brand}] Your request “{item}” ({number}) still needs: {materials}. This notice names "
            "everything that is missing."
        ),
    ),
    Template.CASE_SUBMITTED: _Text(
        zh="【{brand}】收到网上申请 {number}“{item}”，由 {helper} 承办，请及时初审。",
        en="[{brand}] An application came in online: {number} “{item}”, with {helper}. Please review it soon.",
    ),
    Template.CASE_ACCEPTED: _Text(
        zh="【{brand}】您的“{item}”（{number}）已受理，承诺 {due_on} 前办结。",
        en="[{brand}] Your request “{item}” ({number}) was accepted and will be completed by {due_on}.",
    ),
    Template.CASE_COMPLETED: _Text(
        zh="【{brand}】您的“{item}”（{number}）已办结，欢迎您评价本次服务。",
        en="[{brand}] Your request “{item}” ({number}) is completed. You are welcome to rate our service.",
    ),
    Template.CASE_DECLINED: _Text(
        zh="【{brand}】您的“{item}”（{number}）不予受理，原因：{reason}。如有异议，可依法申请行政复议或提起行政诉讼。",
        en=(
            "[{brand}] Your request “{item}” ({number}) was not accepted: {reason}. You may apply for "
            "administrative reconsideration or go to court."
        ),
    ),
    Template.HANDOVER_OFFERED: _Text(
        zh="【{brand}】{sender} 请您接办 {number}“{item}”。在您接收之前，仍由对方负责。",
        en=(
            "[{brand}] {sender} hands {number} “{item}” over to you. Until you take it, "
            "the sender stays responsible."
        ),
    ),
    Template.HANDOVER_RETURNED: _Text(
        zh="【{brand}】{sender} 退回了 {number}“{item}”的交接，原因：{reason}。该件仍由您负责。",
        en=(
            "[{brand}] {sender} returned the hand-over of {number} “{item}”: {reason}. The case is still yours."
        ),
    ),
    Template.HANDOVER_EXPIRED: _Text(
        zh="【{brand}】{receiver} 未在时限内接收 {number}“{item}”，已自动退回，仍由 {sender} 负责。",
        en=(
            "[{brand}] {receiver} did not take {number} “{item}” in time. It went back: {sender} is "
            "responsible, as before."
        ),
    ),
    Template.CASE_SENT_BACK: _Text(
        zh="【{brand}】事项下放已收回，{sender} 名下的“{item}”（{number}）自即刻起由您承办。原因：{reason}。",
        en=(
            "[{brand}] The delegation was withdrawn: “{item}” ({number}), which {sender} held, is yours from now on. "
            "Reason: {reason}."
        ),
    ),
    Template.CASE_RATED_DURING: _Text(
        zh="【{brand}】您承办的“{item}”（{number}）收到申请人的办理中评价，请及时查看并跟进。",
        en="[{brand}] The applicant rated your work on “{item}” ({number}) so far. Please look at it now.",
    ),
    Template.TRANSFER_OFFERED: _Text(
        zh="【{brand}】{sender} 请您接办首问事项 {number}。请及时接收或退回，首问责任人不变。",
        en=(
            "[{brand}] {sender} asks you to take up what was asked under {number}. Accept it or give it back "
            "soon; who was asked first stays in charge."
        ),
    ),
    Template.TRANSFER_EXPIRED: _Text(
        zh="【{brand}】{receiver} 未在时限内接收首问事项 {number}，已自动退回，请首问责任人继续办理。",
        en=(
            "[{brand}] {receiver} did not take up {number} in time. It went back to where it was, and who was "
            "asked first goes on with it."
        ),
    ),
    Template.QUESTION_RECEIVED: _Text(
        zh="【{brand}】您的咨询已收到，编号 {number}，我们将在 {due_at} 前答复。",
        en="[{brand}] We received your question. Its number is {number}; you will have an answer by {due_at}.",
    ),
    Template.QUESTION_ANSWERED: _Text(
        zh="【{brand}】您的咨询（{number}）已有答复，请登录查看。",
        en="[{brand}] Your question {number} was answered. Sign in to read it.",
    ),
    Template.QUESTION_LATE: _Text(
        zh="【{brand}】咨询 {number} 已过承诺的答复时间（{due_at}），请首问责任人尽快答复。",
        en="[{brand}] Question {number} should have been answered by {due_at}. Whoever was asked answers it now.",
    ),
    Template.BOOKING_MADE: _Text(
        zh="【{brand}】您已预约 {point}，时间 {begins_at}。如不能前来，请提前取消。",
        en="[{brand}] You booked {point} for {begins_at}. If you cannot come, please cancel in time.",
    ),
    Template.NEXT_STEPS: _Text(
        zh="【{brand}】您的“{item}”（{number}）之后通常还要办理：{steps}。需要帮办请联系您的帮办人员。",
        en=(
            "[{brand}] After your request “{item}” ({number}) these matters usually follow: {steps}. "
            "Your helper is glad to help with them."
        ),
    ),
    Template.BUNDLE_ACCEPTED: _Text(
        zh="【{brand}】您的一件事申请（{number}）所含事项均已受理，承诺 {due_on} 前全部办结。",
        en=(
            "[{brand}] All matters of your request {number} were accepted. The last of them will be completed by "
            "{due_on}."
        ),
    ),
    Template.BUNDLE_PART_DONE: _Text(
        zh="【{brand}】您的一件事申请（{number}）中“{item}”已办结（{done}/{total}），结果将与其他事项一并发放。",
        en=(
            "[{brand}] “{item}” of your request {number} is completed ({done} of {total}). You get its result "
            "together with the others."
        ),
    ),
    Template.BUNDLE_PART_REFUSED: _Text(
        zh=(
            "【{brand}】您的一件事申请（{number}）中“{item}”未予办理，原因：{reason}；依据：{basis}。"
            "其他事项继续办理，不受影响。如有异议，可依法申请行政复议或提起行政诉讼。"
        ),
        en=(
            "[{brand}] “{item}” of your request {number} was refused: {reason} (basis: {basis}). The other matters "
            "go on. You may apply for administrative reconsideration or go to court."
        ),
    ),
    Template.BUNDLE_RESULTS_READY: _Text(
        zh=(
            "【{brand}】您的一件事申请（{number}）已全部办结，办成 {done} 项，共 {total} 项：{results}。"
            "请领取结果，欢迎评价。"
        ),
        en=(
            "[{brand}] All matters of your request {number} are decided, {done} of {total} as you asked: {results}. "
            "Please collect the results; you are welcome to rate our service."
        ),
    ),
    Template.CASE_SUSPENDED: _Text(
        zh="【{brand}】您的“{item}”（{number}）已中止办理，原因：{reason}。中止期间不计入办理时限。",
        en=(
            "[{brand}] Work on your request “{item}” ({number}) was suspended: {reason}. The time until it goes "
            "on does not count."
        ),
    ),
    Template.CASE_RESUMED: _Text(
        zh="【{brand}】您的“{item}”（{number}）已恢复办理，承诺 {due_on} 前办结。",
        en="[{brand}] Work on your request “{item}” ({number}) goes on. It will be completed by {due_on}.",
    ),
    Template.CASE_TERMINATED: _Text(
        zh="【{brand}】您的“{item}”（{number}）已终止办理，原因：{reason}。如有异议，可依法申请行政复议或提起行政诉讼。",
        en=(
            "[{brand}] Your request “{item}” ({number}) was terminated: {reason}. You may apply for "
            "administrative reconsideration or go to court."
        ),
    ),
    Template.CASE_WITHDRAWN: _Text(
        zh="【{brand}】工作人员已按您的要求撤回“{item}”（{number}）。如非您本人要求，请与我们联系。",
        en=(
            "[{brand}] Our staff withdrew your request “{item}” ({number}), as you had asked. If you had not, "
            "please contact us."
        ),
    ),
    Template.DUTY_YELLOW: _Text(
        zh="【{brand}】预警：{number}“{item}”将于 {due_on} 到期，请抓紧办理。",
        en="[{brand}] Warning: {number} “{item}” is due on {due_on}.",
    ),
    Template.DUTY_RED: _Text(
        zh="【{brand}】临期：{number}“{item}”最迟应于 {due_on} 办结。",
        en="[{brand}] Urgent: {number} “{item}” must be completed by {due_on}.",
    ),
    Template.DUTY_OVERDUE: _Text(
        zh="【{brand}】超期：{number}“{item}”应于 {due_on} 办结，已列入督办。",
        en="[{brand}] Overdue: {number} “{item}” was due on {due_on} and is under supervision now.",
    ),
    Template.DUTY_LEGAL_LIMIT: _Text(
        zh="【{brand}】超法定时限：{number}“{item}”（承诺 {due_on} 办结）已超过法定办理时限，已列入督办。",
        en=(
            "[{brand}] Beyond the legal limit: {number} “{item}”, promised for {due_on}, takes longer than the law "
            "allows and is under supervision now."
        ),
    ),
    Template.DUTY_PROMISE_BROKEN: _Text(
        zh="【{brand}】容缺逾期：{number}“{item}”承诺于 {due_on} 前补交的材料尚未补齐，已列入督办。",
        en=(
            "[{brand}] Promise broken: the papers promised by {due_on} for {number} “{item}” have not come. It is "
            "under supervision now."
        ),
    ),
    Template.DUTY_NOTICE_EXPIRED: _Text(
        zh="【{brand}】补正逾期：{number}“{item}”的补正期限 {due_on} 已过，材料尚未补齐，请联系申请人。",
        en=(
            "[{brand}] Papers not supplied: the day for {number} “{item}” was {due_on}. Please contact the applicant."
        ),
    ),
    Template.DUTY_REVIEW_LATE: _Text(
        zh="【{brand}】初审超时：{number}“{item}”应于 {due_on} 完成初审，请立即办理。",
        en="[{brand}] Not reviewed in time: {number} “{item}” was to be reviewed on {due_on}. Please do so at once.",
    ),
    Template.DUTY_FEEDBACK_LATE: _Text(
        zh="【{brand}】反馈超时：{number}“{item}”应于 {due_on} 告知申请人是否受理、需补正什么，已列入督办。",
        en=(
            "[{brand}] No answer: the applicant of {number} “{item}” was to hear by {due_on} whether it is accepted "
            "or what is missing. It is under supervision now."
        ),
    ),
    Template.DUTY_ACCEPTANCE_LATE: _Text(
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
    Template.DUTY_ANSWER_DUE: _Text(
        zh="【{brand}】确认将到期：{number}“{item}”应于 {due_on} 前答复，请抓紧办理。",
        en="[{brand}] Your department's confirmation {number} “{item}” is due on {due_on}.",
    ),
    Template.DUTY_ANSWER_LATE: _Text(
        zh="【{brand}】确认逾期：{number}“{item}”应于 {due_on} 前答复，已列入督办。",
        en=(
            "[{brand}] Your department's confirmation {number} “{item}” was due on {due_on} and is under "
            "supervision now."
        ),
    ),
    Template.DUTY_PAPERS_HELD: _Text(
        zh="【{brand}】代收材料未转交：{number}“{item}”的材料应于 {due_on} 前转交，请尽快转交或退还。",
        en=(
            "[{brand}] Papers not forwarded: those of {number} “{item}” were to be forwarded by {due_on}. Please "
            "forward or return them."
        ),
    ),
    Template.DUTY_BATCH_LATE: _Text(
        zh="【{brand}】集中收件超时：批次 {number}（{item}）应于 {due_on} 前全部启动办理，仍有未启动的办件。",
        en=(
            "[{brand}] Batch not begun: work on all of {number} ({item}) was to begin by {due_on}, and some of its "
            "cases still wait."
        ),
    ),
    Template.DUTY_ORDER_IDLE: _Text(
        zh="【{brand}】帮办单未办理：{number}（{item}）已认领，应于 {due_on} 前开始办理，请跟进。",
        en="[{brand}] Nobody works on order {number} ({item}), which was taken and due by {due_on}. Please see to it.",
    ),
    Template.DUTY_ORDER_STUCK: _Text(
        zh="【{brand}】帮办单久未办理：{number}（{item}）至 {due_on} 仍未开始办理，已列入督办。",
        en="[{brand}] Still nobody works on order {number} ({item}), due by {due_on}. It is under supervision now.",
    ),
    Template.DUTY_TERMINAL_FAULT: _Text(
        zh="【{brand}】自助终端故障未修复：{item}的“{number}”应于 {due_on} 前修复，已列入督办。",
        en=(
            "[{brand}] Fault not mended: the terminal “{number}” at {item} was to work again by {due_on}. It is under "
            "supervision now."
        ),
    ),
    Template.DUTY_VOLUNTEER_WAITING: _Text(
        zh="【{brand}】{item}{number} 申请加入，请于 {due_on} 前审核。",
        en="[{brand}] {number} ({item}) waits to be let in. Please decide by {due_on}.",
    ),
    Template.DUTY_VOLUNTEER_LATE: _Text(
        zh="【{brand}】{item}{number} 的加入申请应于 {due_on} 前审核，已逾期，请尽快审核。",
        en="[{brand}] {number} ({item}) was to be let in, or not, by {due_on}. Please decide now.",
    ),
    Template.DUTY_URGED: _Text(
        zh="【{brand}】催办：请尽快办理 {number}“{item}”（期限 {due_on}）。",
        en="[{brand}] Reminder from your supervisor: please deal with {number} “{item}”, due on {due_on}.",
    ),
    Template.DUTIES_GATHERED: _Text(
        zh="【{brand}】新增 {count} 件督办件，请及时处理。",
        en="[{brand}] New duties for you to look into: {count}.",
    ),
    Template.TOLERANCE_DUE: _Text(
        zh="【{brand}】您的“{item}”（{number}）容缺办理，请于 {due_on} 前补交：{materials}。",
        en=(
            "[{brand}] Your request “{item}” ({number}) was accepted with papers to follow. Bring them by "
            "{due_on}: {materials}."
        ),
    ),
    Template.ORDER_OFFERED: _Text(
        zh="【{brand}】{area}有新的帮办单 {number}（{kind}），请及时认领。",
        en="[{brand}] A new order in {area} is offered to you: {number}, {kind}. Please claim it in time.",
    ),
    Template.ORDER_FELL_THROUGH: _Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）下级逾时无人认领，现转至您处，请及时认领。",
        en=(
            "[{brand}] Nobody below took the order {number} in {area}, {kind}, in time. It is offered to you "
            "now; please claim it."
        ),
    ),
    Template.ORDER_LEFT_OVER: _Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）各级均逾时无人认领，请指派。",
        en="[{brand}] Nobody at any level took the order {number} in {area}, {kind}. Please assign it.",
    ),
    Template.ORDER_ASSIGNED: _Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）已指派给您，请及时办理。",
        en="[{brand}] The order {number} in {area}, {kind}, was assigned to you.",
    ),
    Template.ORDER_TAKEN: _Text(
        zh="【{brand}】您的帮办单 {number} 已由 {helper} 接单，帮办全程免费。",
        en="[{brand}] {helper} has taken your order {number}. Help is free of charge.",
    ),
    Template.ORDER_DONE: _Text(
        zh="【{brand}】您的帮办单 {number} 已由 {helper} 办完，欢迎您评价本次服务。",
        en="[{brand}] {helper} has done your order {number}. You are welcome to rate our service.",
    ),
    Template.ORDER_CANCELLED: _Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）已取消，无需再办。",
        en="[{brand}] The order {number} in {area}, {kind}, was cancelled. There is nothing left to do.",
    ),
    Template.ORDER_TRY_FAILED: _Text(
        zh="【{brand}】您的帮办单 {number} 本次未能办成，{helper} 将与您约定下次时间。",
        en="[{brand}] Your order {number} could not be done this time. {helper} will agree on another time with you.",
    ),
    Template.ORDER_TRY_AGAIN: _Text(
        zh="【{brand}】您的帮办单 {number} 本次未能办成，{helper} 将于 {window} 再次上门。",
        en="[{brand}] Your order {number} could not be done this time. {helper} will come again at {window}.",
    ),
    Template.ORDER_WINDOW_MISSED: _Text(
        zh="【{brand}】{area}的帮办单 {number}（{kind}）约定时段 {window} 已过，尚未出发，请立即联系群众。",
        en=(
            "[{brand}] The agreed time of order {number} in {area}, {kind}, is over ({window}) and nobody set out. "
            "Please call whoever is waiting."
        ),
    ),
    Template.TERMINAL_FAULT: _Text(
        zh="【{brand}】{point}的自助终端“{terminal}”报告故障，请尽快安排维修。",
        en="[{brand}] The terminal “{terminal}” at {point} reports a fault. Please have it mended.",
    ),
    Template.HALL_QUEUE_LONG: _Text(
        zh="【{brand}】{point} {queue} 队列现有 {measured} 人等候，请疏导。",
        en="[{brand}] {measured} people wait in queue {queue} at {point}. Please see to it.",
    ),
    Template.HALL_WAIT_LONG: _Text(
        zh="【{brand}】{point} {queue} 队列有人已等候 {measured} 分钟，请疏导。",
        en="[{brand}] Somebody has waited {measured} minutes in queue {queue} at {point}. Please see to it.",
    ),
    Template.CONTACT_ENDING: _Text(
        zh="【{brand}】“{team}”的通讯录信息有效至 {until}，请核对并重新发布。",
        en="[{brand}] The contact book's entry of {team} is good until {until}. Please check and publish it anew.",
    ),
    Template.CONTACT_STALE: _Text(
        zh="【{brand}】“{team}”的通讯录信息已于 {until} 到期，请尽快核对并重新发布。",
        en="[{brand}] The contact book's entry of {team} ran out on {until}. Please check and publish it now.",
    ),
}


def facts_of(template: Template) -> frozenset[str]:
    """The names of the facts that ``template`` needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(_TEXTS[template].zh) if name)


def shipped_text(template: Template, language: str) -> str:
    """The text that comes with the product, in Chinese (``zh…``) or English (any other language)."""
    text = _TEXTS[template]
    return text.zh if _is_chinese(language) else text.en


def written(fact: object, language: str) -> str:
    """A fact as it stands in a text: lists as one enumeration, dates as ISO 8601."""
    if isinstance(fact, Iterable) and not isinstance(fact, str):
        return ("、" if _is_chinese(language) else ", ").join(str(one) for one in fact)
    return str(fact)


def _is_chinese(language: str) -> bool:
    return language.lower().startswith("zh")
