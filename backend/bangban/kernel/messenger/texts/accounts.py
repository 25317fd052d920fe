"""Texts about accounts: sign-in codes, invitations, passwords."""

from __future__ import annotations

from typing import Final

from bangban.kernel.messenger.templates import Template, Text

TEXTS: Final = {
    Template.SIGN_IN_CODE: Text(
        zh="【{brand}】登录验证码 {code}，{minutes} 分钟内有效。请勿告知他人，工作人员不会索要验证码。",
        en=(
            "[{brand}] Your sign-in code is {code}, valid for {minutes} minutes. Tell it to nobody: "
            "our staff never ask for it."
        ),
    ),
    Template.ONBOARDING_CODE: Text(
        zh="【帮办】入驻申请 {slug} 的验证码 {code}，{minutes} 分钟内有效。如非本人申请，请忽略本消息。",
        en=(
            "[Bangban] The code for the application to join as {slug} is {code}, valid for {minutes} minutes. "
            "If you did not apply, ignore this message."
        ),
    ),
    Template.INVITATION: Text(
        zh=(
            "【{brand}】已为您开通账号 {login}。请在 {hours} 小时内用一次性口令 {token} 设置您的密码。"
            "请勿告知他人，工作人员不会索要口令。"
        ),
        en=(
            "[{brand}] Your account {login} is ready. Set your password within {hours} hours with the one-time "
            "token {token}. Tell it to nobody: our staff never ask for it."
        ),
    ),
    Template.PASSWORD_RESET: Text(
        zh=(
            "【{brand}】账号 {login} 申请重置密码，一次性口令 {token}，{minutes} 分钟内有效。"
            "如非本人操作，请忽略本消息，原密码仍然有效。"
        ),
        en=(
            "[{brand}] A new password was asked for the account {login}. The one-time token is {token}, valid for "
            "{minutes} minutes. If it was not you, ignore this message: your password stays as it is."
        ),
    ),
    Template.OPERATOR_INVITATION: Text(
        zh="【帮办平台】已为您开通平台账号 {login}，邀请口令 {token}，请在 {hours} 小时内设置密码。请勿转告他人。",
        en=(
            "[Bangban] Your operator's account {login} is ready. Set its password with the token {token} within "
            "{hours} hours, and pass the token on to nobody."
        ),
    ),
}
