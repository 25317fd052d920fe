"""Refusals about personal data."""

from __future__ import annotations

from bangban.kernel.problems import ErrorCode, NotFound, Problem


class DataRequestUnknown(NotFound):
    """There is no such request."""

    def __init__(self) -> None:
        super().__init__("request", "申请", fields=("input.id",))


class DataRequestDecided(Problem):
    """A request is decided once."""

    code = ErrorCode.CONFLICT
    zh = "该申请已处理,状态为 {state}。"
    en = "This request was decided already: {state}."


class DataRequestOpen(Problem):
    """One request for an item of a case at a time."""

    code = ErrorCode.CONFLICT
    zh = "该项已有一份更正申请正在处理,请等待答复。"
    en = "A request about this item is open already; please wait for its answer."


class NothingToCorrect(Problem):
    """The value is what is stored."""

    zh = "填写的内容与现有记录相同,无需更正。"
    en = "This is what is stored already; there is nothing to correct."


class RetentionOutOfBounds(Problem):
    """The law or the district's archive duty asks for more; nobody may keep people's data for ever."""

    zh = "保存期限应为 {least} 至 {most} 天。"
    en = "A retention period is {least} to {most} days."


class WeChatUnset(Problem):
    """The installation sends nothing over WeChat, so there is nothing to bind."""

    code = ErrorCode.CONFLICT
    zh = "本系统未接入微信公众号。"
    en = "This installation has no WeChat Official Account."
