"""Refusals of signing in. None of them tells a stranger whether a login or a phone is known."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, Problem


class WrongCredentials(Problem):
    """Wrong password, unknown login, inactive account, or no assignment today: always the same words."""

    code = ErrorCode.UNAUTHENTICATED
    zh = "登录名或密码不正确。"
    en = "The login or the password is not right."

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
    zh = "密码不能与登录名相同或包含登录名。"
    en = "A password may not be the login or contain it."

    def __init__(self) -> None:
        super().__init__(fields=("input.password",))
