"""Refusals of service cards."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, NotFound, Problem


def no_such_card() -> NotFound:
    """The one refusal for a code that was never issued and for a card that the caller may not see."""
    return NotFound("service card", "该服务卡", fields=("input.code",))


def no_such_team() -> NotFound:
    """There is no such team, or its entry is not the caller's to keep."""
    return NotFound("team", "该队伍", fields=("input.teamId",))


class PrivatePhone(Problem):
    """The contact book holds offices' numbers, which outlive whoever sits there (DOMAIN C12)."""

    zh = "通讯录只公布办公电话,不公布个人手机号。"
    en = "The contact book holds offices' phones; nobody's own mobile number is published."


class ContactWrong(Problem):
    zh = "请填写办公座机或服务热线;岗位不超过 30 字,二维码内容不超过 200 字。"
    en = "Give an office's landline or hotline; a role has 30 characters at most, what a code holds 200."


class CardMistyped(Problem):
    """The check character does not fit: the code was misread, so nothing is looked up."""

    zh = "服务卡编码有误,请核对后重新输入。"
    en = "This is no code of a service card; please check what you typed."

    def __init__(self) -> None:
        super().__init__(fields=("input.code",))


class CardRevoked(Problem):
    code = ErrorCode.CONFLICT
    zh = "此服务卡已作废。"
    en = "This service card was revoked."

    def __init__(self) -> None:
        super().__init__(fields=("input.code",))


class HelperNotHere(Problem):
    """A card of a helper is made for where they are posted."""

    zh = "此人目前不在该区域任职,不能为其制卡。"
    en = "This person is not posted at this area today, so there is no card to make for them."

    def __init__(self) -> None:
        super().__init__(fields=("input.staffId",))
