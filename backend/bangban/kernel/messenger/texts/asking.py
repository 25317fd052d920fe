"""Texts about questions, transfers inside, and applications for several matters."""

from __future__ import annotations

from typing import Final

from bangban.kernel.messenger.templates import Template, Text

TEXTS: Final = {
    Template.TRANSFER_OFFERED: Text(
        zh="【{brand}】{sender} 请您接办首问事项 {number}。请及时接收或退回，首问责任人不变。",
        en=(
            "[{brand}] {sender} asks you to take up what was asked under {number}. Accept it or give it back "
            "soon; who was asked first stays in charge."
        ),
    ),
    Template.TRANSFER_EXPIRED: Text(
        zh="【{brand}】{receiver} 未在时限内接收首问事项 {number}，已自动退回，请首问责任人继续办理。",
        en=(
            "[{brand}] {receiver} did not take up {number} in time. It went back to where it was, and who was "
            "asked first goes on with it."
        ),
    ),
    Template.QUESTION_RECEIVED: Text(
        zh="【{brand}】您的咨询已收到，编号 {number}，我们将在 {due_at} 前答复。",
        en="[{brand}] We received your question. Its number is {number}; you will have an answer by {due_at}.",
    ),
    Template.QUESTION_ANSWERED: Text(
        zh="【{brand}】您的咨询（{number}）已有答复，请登录查看。",
        en="[{brand}] Your question {number} was answered. Sign in to read it.",
    ),
    Template.QUESTION_LATE: Text(
        zh="【{brand}】咨询 {number} 已过承诺的答复时间（{due_at}），请首问责任人尽快答复。",
        en="[{brand}] Question {number} should have been answered by {due_at}. Whoever was asked answers it now.",
    ),
    Template.BUNDLE_ACCEPTED: Text(
        zh="【{brand}】您的一件事申请（{number}）中继续办理的事项均已受理，承诺 {due_on} 前全部办结。",
        en=(
            "[{brand}] All matters of your request {number} that go on are accepted. The last of them will be "
            "completed by {due_on}."
        ),
    ),
    Template.BUNDLE_PART_DONE: Text(
        zh="【{brand}】您的一件事申请（{number}）中“{item}”已办结（{done}/{total}），结果将与其他事项一并发放。",
        en=(
            "[{brand}] “{item}” of your request {number} is completed ({done} of {total}). You get its result "
            "together with the others."
        ),
    ),
    Template.BUNDLE_PART_REFUSED: Text(
        zh=(
            "【{brand}】您的一件事申请（{number}）中“{item}”未予办理，原因：{reason}；依据：{basis}。"
            "{others}如有异议，可依法申请行政复议或提起行政诉讼。"
        ),
        en=(
            "[{brand}] “{item}” of your request {number} was refused: {reason} (basis: {basis}). {others}You may "
            "apply for administrative reconsideration or go to court."
        ),
    ),
    Template.BUNDLE_RESULTS_READY: Text(
        zh=(
            "【{brand}】您的一件事申请（{number}）已全部办结，办成 {done} 项，共 {total} 项：{results}。"
            "{collect}"
        ),
        en=(
            "[{brand}] All matters of your request {number} are over, {done} of {total} as you asked: {results}. "
            "{collect}"
        ),
    ),
    Template.BUNDLE_RELEASE_CHOSEN: Text(
        zh=(
            "【{brand}】工作人员按您的意愿，将申请 {number} 的结果领取方式登记为：{choice}。"
            "如非您的意愿，请与我们联系。"
        ),
        en=(
            "[{brand}] As you told our staff, the results of your request {number} are given out {choice}. "
            "Please tell us if that is not what you want."
        ),
    ),
}
