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
    CASE_ACCEPTED = "case_accepted"
    CASE_COMPLETED = "case_completed"
    CASE_DECLINED = "case_declined"
    HANDOVER_OFFERED = "handover_offered"
    TOLERANCE_DUE = "tolerance_due"


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
    Template.TOLERANCE_DUE: _Text(
        zh="【{brand}】您的“{item}”（{number}）容缺办理，请于 {due_on} 前补交：{materials}。",
        en=(
            "[{brand}] Your request “{item}” ({number}) was accepted with papers to follow. Bring them by "
            "{due_on}: {materials}."
        ),
    ),
}


def facts_of(template: Template) -> frozenset[str]:
    """The names of the facts that ``template`` needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(_TEXTS[template].zh) if name)


def render(template: Template, language: str, **facts: object) -> str:
    """The text of ``template`` in Chinese (``zh…``) or English (any other language).

    Lists are written as one enumeration, dates as ISO 8601.

    Raises:
        ValueError: A fact is missing, or one is given that the template does not know.
    """
    needed = facts_of(template)
    if facts.keys() != needed:
        raise ValueError(f"The message {template} needs {', '.join(sorted(needed))}.")
    chinese = language.lower().startswith("zh")
    text = _TEXTS[template].zh if chinese else _TEXTS[template].en
    separator = "、" if chinese else ", "
    return text.format(**{name: _written(fact, separator=separator) for name, fact in facts.items()})


def _written(fact: object, *, separator: str) -> str:
    if isinstance(fact, Iterable) and not isinstance(fact, str):
        return separator.join(str(one) for one in fact)
    return str(fact)
