"""Texts about cases: to applicants how far theirs is, to helpers what they have in hand."""

from __future__ import annotations

from typing import Final

from bangban.kernel.messenger.templates import Template, Text

TEXTS: Final = {
    Template.NOTICE_ISSUED: Text(
        zh="【{brand}】您的“{item}”（{number}）还需补正：{materials}。以上为一次性告知的全部内容。{supplying}。",
        en=(
            "[{brand}] Your request “{item}” ({number}) still needs: {materials}. This notice names "
            "everything that is missing. {supplying}."
        ),
    ),
    Template.CASE_SUBMITTED: Text(
        zh="【{brand}】收到网上申请 {number}“{item}”，由 {helper} 承办，请及时初审。",
        en="[{brand}] An application came in online: {number} “{item}”, with {helper}. Please review it soon.",
    ),
    Template.CASE_ACCEPTED: Text(
        zh="【{brand}】您的“{item}”（{number}）已受理，承诺 {due_on} 前办结。",
        en="[{brand}] Your request “{item}” ({number}) was accepted and will be completed by {due_on}.",
    ),
    Template.CASE_ACCEPTED_AS_OF: Text(
        zh=(
            "【{brand}】您的“{item}”（{number}）已受理。因我方未按期答复，依法自收到材料之日 {counts_from} 起算，"
            "办结期限为 {due_on}。"
        ),
        en=(
            "[{brand}] Your request “{item}” ({number}) was accepted. As we were late to answer, it counts from "
            "{counts_from}, when your papers came in, and is due by {due_on}."
        ),
    ),
    Template.CASE_TOLERATED: Text(
        zh=(
            "【{brand}】您的“{item}”（{number}）为容缺受理：请于 {due_on} 前补齐 {materials}；"
            "逾期未补齐的，可能终止办理，且不再适用容缺。"
        ),
        en=(
            "[{brand}] Your request “{item}” ({number}) was accepted with papers to follow: supply {materials} by "
            "{due_on}. Otherwise it may be ended, and no papers may follow later in any other request."
        ),
    ),
    Template.CASE_COMPLETED: Text(
        zh="【{brand}】您的“{item}”（{number}）已办结，欢迎您评价本次服务。",
        en="[{brand}] Your request “{item}” ({number}) is completed. You are welcome to rate our service.",
    ),
    Template.CASE_REFUSED: Text(
        zh=(
            "【{brand}】您的“{item}”（{number}）经审查不予办理，原因：{reason}；依据：{basis}。"
            "如有异议，可依法申请行政复议或提起行政诉讼。欢迎您评价本次服务。"
        ),
        en=(
            "[{brand}] Your request “{item}” ({number}) was refused: {reason} (basis: {basis}). You may apply for "
            "administrative reconsideration or go to court. You are welcome to rate our service."
        ),
    ),
    Template.RESULT_CONDITIONAL: Text(
        zh=(
            "【{brand}】您的“{item}”（{number}）已附条件办结：请于 {due_on} 前补齐 {materials}；"
            "逾期未补齐的，将撤销办理结果，且不再适用容缺。"
        ),
        en=(
            "[{brand}] Your request “{item}” ({number}) is completed on one condition: supply {materials} by {due_on}. "
            "Otherwise the result is withdrawn, and no papers may follow later in any other request."
        ),
    ),
    Template.PROMISED_REJECTED: Text(
        zh=(
            "【{brand}】您为“{item}”（{number}）补交的材料不符：{materials}。"
            "请于 {due_on} 前重新补交，否则将撤销办理结果。"
        ),
        en=(
            "[{brand}] What you supplied for “{item}” ({number}) is not right: {materials}. Supply it again by "
            "{due_on}, or the result is withdrawn."
        ),
    ),
    Template.CONDITION_MET: Text(
        zh="【{brand}】您的“{item}”（{number}）容缺材料已补齐并核对无误，办理结果不再附条件，欢迎您评价本次服务。",
        en=(
            "[{brand}] The papers for “{item}” ({number}) are complete, so the result stands without condition. "
            "You are welcome to rate our service."
        ),
    ),
    Template.RESULT_WITHDRAWN: Text(
        zh=(
            "【{brand}】您的“{item}”（{number}）承诺 {due_on} 前补交的 {materials} 未补齐，"
            "附条件作出的办理结果已撤销。如有异议，可依法申请行政复议或提起行政诉讼。"
        ),
        en=(
            "[{brand}] {materials}, promised by {due_on} for “{item}” ({number}), did not come, so the result is "
            "withdrawn. You may apply for administrative reconsideration or go to court."
        ),
    ),
    Template.CASE_DECLINED: Text(
        zh="【{brand}】您的“{item}”（{number}）不予受理，原因：{reason}。如有异议，可依法申请行政复议或提起行政诉讼。",
        en=(
            "[{brand}] Your request “{item}” ({number}) was not accepted: {reason}. You may apply for "
            "administrative reconsideration or go to court."
        ),
    ),
    Template.HANDOVER_OFFERED: Text(
        zh="【{brand}】{sender} 请您接办 {number}“{item}”。在您接收之前，仍由对方负责。",
        en=(
            "[{brand}] {sender} hands {number} “{item}” over to you. Until you take it, "
            "the sender stays responsible."
        ),
    ),
    Template.HANDOVER_RETURNED: Text(
        zh="【{brand}】{sender} 退回了 {number}“{item}”的交接，原因：{reason}。该件仍由您负责。",
        en=(
            "[{brand}] {sender} returned the hand-over of {number} “{item}”: {reason}. The case is still yours."
        ),
    ),
    Template.HANDOVER_EXPIRED: Text(
        zh="【{brand}】{receiver} 未在时限内接收 {number}“{item}”，已自动退回，仍由 {sender} 负责。",
        en=(
            "[{brand}] {receiver} did not take {number} “{item}” in time. It went back: {sender} is "
            "responsible, as before."
        ),
    ),
    Template.CASE_SENT_BACK: Text(
        zh="【{brand}】事项下放已收回，{sender} 名下的“{item}”（{number}）自即刻起由您承办。原因：{reason}。",
        en=(
            "[{brand}] The delegation was withdrawn: “{item}” ({number}), which {sender} held, is yours from now on. "
            "Reason: {reason}."
        ),
    ),
    Template.CASE_RATED_DURING: Text(
        zh="【{brand}】您承办的“{item}”（{number}）收到申请人的办理中评价，请及时查看并跟进。",
        en="[{brand}] The applicant rated your work on “{item}” ({number}) so far. Please look at it now.",
    ),
    Template.NEXT_STEPS: Text(
        zh="【{brand}】您的“{item}”（{number}）之后通常还要办理：{steps}。需要帮办请联系您的帮办人员。",
        en=(
            "[{brand}] After your request “{item}” ({number}) these matters usually follow: {steps}. "
            "Your helper is glad to help with them."
        ),
    ),
    Template.CASE_CHECKED_IN: Text(
        zh="【{brand}】您的“{item}”（{number}）进展：{said}。帮办人员将于 {due_on} 前再次向您反馈。",
        en="[{brand}] How your request “{item}” ({number}) stands: {said}. You will hear of it again by {due_on}.",
    ),
    Template.CASE_AUTHORISED: Text(
        zh=(
            "【{brand}】工作人员已为您的“{item}”（{number}）登记代办委托：{scope}，至 {valid_until}。"
            "如非您本人意愿，请登录后撤销委托。"
        ),
        en=(
            "[{brand}] For your request “{item}” ({number}) staff recorded that you authorised them {scope}, until "
            "{valid_until}. If you did not, sign in and withdraw it."
        ),
    ),
    Template.CASE_SUSPENDED: Text(
        zh="【{brand}】您的“{item}”（{number}）已中止办理，原因：{reason}。中止期间不计入办理时限。",
        en=(
            "[{brand}] Work on your request “{item}” ({number}) was suspended: {reason}. The time until it goes "
            "on does not count."
        ),
    ),
    Template.CASE_RESUMED: Text(
        zh="【{brand}】您的“{item}”（{number}）已恢复办理，承诺 {due_on} 前办结。",
        en="[{brand}] Work on your request “{item}” ({number}) goes on. It will be completed by {due_on}.",
    ),
    Template.CASE_TERMINATED: Text(
        zh="【{brand}】您的“{item}”（{number}）已终止办理，原因：{reason}。如有异议，可依法申请行政复议或提起行政诉讼。",
        en=(
            "[{brand}] Your request “{item}” ({number}) was terminated: {reason}. You may apply for "
            "administrative reconsideration or go to court."
        ),
    ),
    Template.CASE_WITHDRAWN: Text(
        zh="【{brand}】工作人员已按您的要求撤回“{item}”（{number}）。如非您本人要求，请与我们联系。",
        en=(
            "[{brand}] Our staff withdrew your request “{item}” ({number}), as you had asked. If you had not, "
            "please contact us."
        ),
    ),
    Template.TOLERANCE_DUE: Text(
        zh=(
            "【{brand}】您的“{item}”（{number}）容缺办理，请于 {due_on} 前补交：{materials}；"
            "逾期未补齐的，可能终止办理，且不再适用容缺。"
        ),
        en=(
            "[{brand}] Your request “{item}” ({number}) was accepted with papers to follow. Bring them by "
            "{due_on}: {materials}. Otherwise it may be ended, and no papers may follow later in any other request."
        ),
    ),
}
