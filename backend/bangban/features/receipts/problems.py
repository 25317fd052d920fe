"""Refusals about receipts 回执."""

from __future__ import annotations

from bangban.features.receipts.values import TITLES, ReceiptKind
from bangban.kernel.problems import ErrorCode, Problem


class OnlyTheNotice(Problem):
    """A visit to a hall has one paper: what the visitor was told (DOMAIN B03)."""

    zh = "到访只能出具《一次性告知书》。"
    en = "Of a visit there is a one-time notice and no other paper."

    def __init__(self) -> None:
        super().__init__(fields=("input.kind",))


class NothingToReceipt(Problem):
    """What the paper would say has not happened."""

    code = ErrorCode.CONFLICT
    zh = "该办件尚无可出具的《{title_zh}》。"
    en = "There is nothing yet that a {title} could say of this case."

    def __init__(self, kind: ReceiptKind) -> None:
        zh, en = TITLES[kind]
        super().__init__(fields=("input.kind",), title_zh=zh, title=en)
