"""Refusals about operators' accounts."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, NotFound, Problem


class OperatorUnknown(NotFound):
    def __init__(self) -> None:
        super().__init__("operator", "该平台账号", fields=("input.id",))


class OperatorLoginTaken(Problem):
    code = ErrorCode.CONFLICT
    zh = "登录名 {login} 已被其他平台账号使用。"
    en = "Another operator has the login {login}."

    def __init__(self, login: str) -> None:
        super().__init__(fields=("input.login",), login=login)


class OperatorFaulty(Problem):
    """``fields`` names every input that is at fault."""

    zh = "登录名为 2 至 40 个小写字母、数字、点、连字符或下划线,以字母开头;姓名为 1 至 60 个字符。"
    en = (
        "A login is 2 to 40 lower-case letters, digits, dots, hyphens or underscores and begins with a letter; "
        "a name is 1 to 60 characters."
    )


class OwnAccount(Problem):
    """Nobody gives themselves a duty, or judges their own account (三员分立)."""

    code = ErrorCode.FORBIDDEN
    zh = "不能对自己的账号进行此操作,请由另一位安全管理员办理。"
    en = "Nobody may do this to their own account; another security operator has to."


class AuditDutyKept(Problem):
    """Who did what is audited does not come to audit it."""

    code = ErrorCode.CONFLICT
    zh = "曾任其他职责的账号不能改任审计管理员;请为审计管理员另建账号。"
    en = "An account that had another duty cannot take the audit duty; make an account of its own for that."


class LastSecurityOperator(Problem):
    """Somebody must be left to make accounts."""

    code = ErrorCode.CONFLICT
    zh = "这是最后一位可用的安全管理员,不能停用或改任。"
    en = "This is the last security operator who can act: the account cannot be disabled or given another duty."


class OperatorDisabled(Problem):
    code = ErrorCode.CONFLICT
    zh = "该平台账号已停用,请先启用。"
    en = "This operator's account is disabled; enable it first."


class OperatorInvitationRefused(Problem):
    """A wrong, used, replaced or expired token: always the same words."""

    code = ErrorCode.UNAUTHENTICATED
    zh = "邀请口令不正确或已失效,请联系安全管理员重新邀请。"
    en = "This invitation is not right or no longer valid; ask a security operator for another."

    def __init__(self) -> None:
        super().__init__(fields=("input.token",))


class InvitationPhoneWrong(Problem):
    zh = "手机号不正确。"
    en = "This is not a phone number."

    def __init__(self) -> None:
        super().__init__(fields=("input.phone",))
