"""Refusals about a district's own texts."""

from __future__ import annotations

from bangban.kernel.problems import NotFound, Problem


class TemplateUnknown(NotFound):
    """There is no such message, or it is the platform's own."""

    def __init__(self) -> None:
        super().__init__("message template", "消息模板", fields=("input.template",))


class TextLength(Problem):
    """A message is a message."""

    zh = "消息内容为 1 至 {most} 个字。"
    en = "A message has 1 to {most} characters."


class TextForm(Problem):
    """Placeholders are plain names; nothing else stands in braces."""

    zh = "花括号内只能填写占位符名称,例如 {{number}};消息中不能有换行等不可见字符。"
    en = "Braces hold the plain name of a placeholder, such as {{number}}, and every character can be seen."


class PlaceholderUnknown(Problem):
    """The message has no such fact."""

    zh = "该消息没有这些占位符:{names}。可用:{known}。"
    en = "This message has no placeholder {names}. It has: {known}."


class PlaceholderMissing(Problem):
    """People need all of what a message tells."""

    zh = "缺少占位符:{names}。"
    en = "These placeholders are missing: {names}."
