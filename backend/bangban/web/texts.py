"""Texts that PostgreSQL cannot keep: NUL, and halves of surrogate pairs. Refused before anything runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from graphql import (
    ArgumentNode,
    DocumentNode,
    Node,
    ObjectFieldNode,
    StringValueNode,
    VariableNode,
    Visitor,
    visit,
)

from bangban.kernel.problems import ErrorCode, Problem, refused_at
from bangban.web.limits import MOST_NESTING, at_most

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_SINGLE: Final = frozenset({bool, int, float, type(None)})


class UnstorableText(Problem):
    """A text that has a NUL or half of a character in it."""

    code = ErrorCode.INVALID_INPUT
    zh = "文本中含有无法保存的字符(U+0000 或不成对的代理码位)。"
    en = "A text holds a character that cannot be kept: U+0000, or half of a surrogate pair."


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can keep ``text``."""
    return _UNSTORABLE.search(text) is None


def check_variables(variables: Mapping[str, Any]) -> None:
    """Look at every text in ``variables``, the names of input fields included.

    Raises UnstorableText naming variable and input field, TooLarge where values are nested too deeply.
    """
    # A stack and not recursion: what a client nests must not decide how deep this goes.
    waiting: list[tuple[str, Any, int]] = [("", dict(variables), 0)]
    while waiting:
        path, value, depth = waiting.pop()
        at_most("nesting", depth, MOST_NESTING)
        if isinstance(value, str):
            if not is_storable(value):
                raise UnstorableText(fields=(_UNSTORABLE.sub("?", path),))
        elif isinstance(value, dict):
            waiting += [(f"{path}.{name}".lstrip("."), each, depth + 1) for name, each in value.items()]
            waiting += [(path, name, depth) for name in value]
        elif isinstance(value, list):
            waiting += [(f"{path}.{index}", each, depth + 1) for index, each in enumerate(value)]


def check_given(variables: Mapping[str, Any], definitions: Iterable[Node]) -> None:
    """The same, naming arguments and input fields (``input.note``), as every other refusal does.

    ``definitions`` are the operation and its fragments. What a client calls its variables is its own affair.
    """
    try:
        check_variables(variables)
    except UnstorableText:
        uses = _Uses()
        for each in definitions:
            visit(each, uses)
        with refused_at(uses.found):
            raise


def is_plain(variables: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """Whether there are only known names and single values that can be kept, so that nothing is left to check."""
    for name, value in variables.items():
        kind = type(value)
        if name not in known or (kind is not str and kind not in _SINGLE):
            return False
        if kind is str and _UNSTORABLE.search(value) is not None:
            return False
    return True


def check_document(text: str) -> None:
    """The same for the text of a document before it is read; raises UnstorableText."""
    if not is_storable(text):
        raise UnstorableText(fields=("query",))


def check_literals(node: DocumentNode, text: str) -> None:
    """The same for what GraphQL's own escapes bring into a document; raises UnstorableText."""
    if "\\u" in text:
        visit(node, _Literals())


class _Literals(Visitor):
    def enter_string_value(
        self, node: StringValueNode, key: Any, parent: Any, path: Any, ancestors: Sequence[Any]
    ) -> None:
        del key
        if not is_storable(node.value):
            raise UnstorableText(fields=(_place((*ancestors, parent), path) or "query",))


class _Uses(Visitor):
    """Where each variable is used first."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def enter_variable(
        self, node: VariableNode, key: Any, parent: Any, path: Any, ancestors: Sequence[Any]
    ) -> None:
        del key
        if place := _place((*ancestors, parent), path):
            self.found.setdefault(node.name.value, place)


def _place(ancestors: Sequence[Any], path: Sequence[Any]) -> str:
    """Argument, input fields and numbers in lists above a value; nothing for what stands elsewhere in a document.

    ``path`` has the key under which each of the ancestors holds the next.
    """
    steps = []
    for index, each in enumerate(ancestors):
        if isinstance(each, ArgumentNode | ObjectFieldNode):
            steps.append(each.name.value)
        elif index and path[index - 1] == "values":
            steps.append(str(path[index]))
    return ".".join(steps)
