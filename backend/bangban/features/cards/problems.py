"""Refusals of service cards."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, NotFound, Problem


def no_such_card() -> NotFound:
    """The one refusal for a code that was never issued and for a card that the caller may not see."""
    return NotFound("service card", "该服务卡", fields=("input.code",))


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
