"""Refusals of signing in. None of them tells a stranger whether a login or a phone is known."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, NotFound, Problem


class WrongCredentials(Problem):
    """Wrong password, none set yet, unknown login, inactive account: always the same words."""

    code = ErrorCode.UNAUTHENTICATED
    zh = "登录名或密码不正确。首次登录请先用邀请消息中的口令设置密码;忘记密码可申请重置。"
    en = (
        "The login or the password is not right. Before you sign in for the first time, set a password with "
        "the token of your invitation; if you forgot it, ask for a reset."
    )

    def __init__(self) -> None:
        super().__init__(fields=("input.login", "input.password"))


class SignInCodeRefused(Problem):
    """A wrong, used, expired or exhausted code, or none at all: always the same words."""

    code = ErrorCode.UNAUTHENTICATED
    zh = "验证码不正确或已失效,请核对或重新获取。"
    en = "This code is not right or no longer valid; check it or ask for a new one."

    def __init__(self) -> None:
        super().__init__(fields=("input.code",))


class PasswordLengthWrong(Problem):
    """``least`` and ``most`` are counts of characters."""

    code = ErrorCode.INVALID_INPUT
    zh = "密码须为 {least} 至 {most} 个字符。"
    en = "A password has {least} to {most} characters."

    def __init__(self, *, least: int, most: int) -> None:
        super().__init__(fields=("input.password",), least=least, most=most)


class PasswordIsLogin(Problem):
    code = ErrorCode.INVALID_INPUT
    zh = "密码不能包含登录名或姓名。"
    en = "A password may not contain the login or your name."

    def __init__(self) -> None:
        super().__init__(fields=("input.password",))


class PasswordGuessable(Problem):
    code = ErrorCode.INVALID_INPUT
    zh = "该密码过于常见、容易被猜中。请改用更长或更少见的组合,例如几个互不相关的词。"
    en = "This password is easy to guess. Take a longer or less usual one, such as several unrelated words."

    def __init__(self) -> None:
        super().__init__(fields=("input.password",))


class PasswordUnchanged(Problem):
    code = ErrorCode.INVALID_INPUT
    zh = "新密码不能与原密码相同。"
    en = "The new password is the old one."

    def __init__(self) -> None:
        super().__init__(fields=("input.new",))


class PasswordWrong(Problem):
    """The present password, asked of somebody who is signed in: not ``UNAUTHENTICATED``, which ends sessions."""

    code = ErrorCode.INVALID_INPUT
    zh = "原密码不正确。"
    en = "The present password is not right."

    def __init__(self) -> None:
        super().__init__(fields=("input.current",))


class PasswordExpired(Problem):
    """Told only to who has just typed the right password."""

    code = ErrorCode.PASSWORD_EXPIRED
    zh = "密码已超过 {days} 天未更换。请申请重置密码,用收到的口令设置新密码后再登录。"
    en = (
        "This password is older than {days} days. Ask for a reset, set a new one with the token, and sign in."
    )

    def __init__(self, *, days: int) -> None:
        super().__init__(fields=("input.password",), days=days)


class TokenRefused(Problem):
    """A wrong, used, replaced or expired token, or another district's: always the same words."""

    code = ErrorCode.UNAUTHENTICATED
    zh = "口令不正确或已失效。邀请口令请联系管理员重发,重置口令请重新申请。"
    en = (
        "This token is not right or no longer valid. Ask your administrator for another invitation, "
        "or ask for another reset."
    )

    def __init__(self) -> None:
        super().__init__(fields=("input.token",))


class AccountNotInForce(Problem):
    """Told only to who holds a good token, which stays good, or has just typed the right password."""

    code = ErrorCode.CONFLICT
    zh = "该账号今天没有生效的任职,暂不能登录。请联系管理员。"
    en = "This account holds no role today, so it cannot be used yet. Ask your administrator."


class LoginMissing(Problem):
    """Somebody without a login has no account to invite to."""

    code = ErrorCode.CONFLICT
    zh = "{name}没有登录名,请先为其设置登录名。"
    en = "{name} has no login; give them one first."


class ContactMissing(Problem):
    """There is nowhere to send an invitation to."""

    code = ErrorCode.CONFLICT
    zh = "{name}没有手机号或电子邮箱,无法发送邀请。"
    en = "{name} has neither a phone nor an e-mail address to send an invitation to."


class AlreadyJoined(Problem):
    """An invitation is for a first password; a lost one is reset."""

    code = ErrorCode.CONFLICT
    zh = "{name}已设置密码;如需重设,请使用重置密码。"
    en = "{name} has a password already; to set it anew, reset it."


class InvitedJustNow(Problem):
    code = ErrorCode.RATE_LIMITED
    zh = "刚刚已向{name}发送过邀请,请稍候再试。"
    en = "{name} was sent an invitation a moment ago; wait a little."


class PortalUnknown(NotFound):
    """There is no such portal, or the caller may not see it."""

    def __init__(self) -> None:
        super().__init__("portal", "门户账号", fields=("input.portalId",))


class PortalDisabled(Problem):
    code = ErrorCode.CONFLICT
    zh = "门户“{name}”已停用。"
    en = "The portal {name} is disabled."


class OriginWrong(Problem):
    """Browsers send scheme, host and port; ``most`` is how many a portal may state."""

    zh = (
        "来源“{origin}”有误:应形如 https://portal.example.cn(可带端口,不带路径),"
        "每个门户 1 至 {most} 个;本机测试可用 http。"
    )
    en = (
        "{origin} is no origin: it reads like https://portal.example.cn, with a port if need be and no path; "
        "1 to {most} for each portal. Only the own machine may use http."
    )

    def __init__(self, *, origin: str, most: int) -> None:
        super().__init__(fields=("input.origins",), origin=origin, most=most)


class GraceTooLong(Problem):
    zh = "旧密钥最多再保留 {hours} 小时。"
    en = "The old secret may stay good for {hours} hours at most."

    def __init__(self, *, hours: int) -> None:
        super().__init__(fields=("input.graceMinutes",), hours=hours)
