"""Text that PostgreSQL cannot hold: U+0000, and halves of surrogate pairs. Refused before anything runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from graphql import DocumentNode, StringValueNode, Visitor, visit

from bangban.kernel.problems import ErrorCode, Problem

_UNUSABLE: Final = re.compile("[\x00\ud800-\udfff]")


class UnusableText(Problem):
    """A text holds a character that cannot be stored or sent."""

    code = ErrorCode.INVALID_INPUT
    zh = "文本中含有无法保存的字符(U+0000 或不成对的代理码位)。"
    en = "The text holds a character that cannot be stored: U+0000, or half of a surrogate pair."


def check_variables(variables: Mapping[str, Any]) -> None:
    """Raises UnusableText, which names the variable and the input field."""
    # A stack and not recursion: what a client nests must not decide how deep this goes.
    waiting: list[tuple[str, Any]] = list(variables.items())
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            if _UNUSABLE.search(value):
                raise UnusableText(fields=(_UNUSABLE.sub("?", path),))
        elif isinstance(value, dict):
            waiting.extend((f"{path}.{name}", each) for name, each in value.items())
            waiting.extend((path, name) for name in value)
        elif isinstance(value, list):
            waiting.extend((path, each) for each in value)


def check_text(document: str) -> None:
    """The same for the text of a document, before it is read; raises UnusableText."""
    if _UNUSABLE.search(document):
        raise UnusableText(fields=("query",))


def check_literals(text: str, document: DocumentNode) -> None:
    """The same for what GraphQL's own escapes bring into a document; raises UnusableText."""
    if "\\u" in text:
        visit(document, _Literals())


class _Literals(Visitor):
    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        if _UNUSABLE.search(node.value):
            raise UnusableText(fields=("query",))
