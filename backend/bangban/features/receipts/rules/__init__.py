"""From the facts of a case to the paper of each kind. Pure; raises NothingToReceipt where there is nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bangban.features.receipts.facts import PaperFacts
from bangban.features.receipts.papers import Paper
from bangban.features.receipts.rules.decisions import acceptance, result
from bangban.features.receipts.rules.notices import notice
from bangban.features.receipts.rules.takings import batch, custody
from bangban.features.receipts.values import ReceiptKind

_MAKERS: Final[Mapping[ReceiptKind, Callable[[PaperFacts], Paper]]] = {
    ReceiptKind.ACCEPTANCE: acceptance,
    ReceiptKind.NOTICE: notice,
    ReceiptKind.CUSTODY: custody,
    ReceiptKind.RESULT: result,
    ReceiptKind.BATCH: batch,
}


def paper_of(kind: ReceiptKind, facts: PaperFacts) -> Paper:
    """The paper of this kind. Raises NothingToReceipt."""
    return _MAKERS[kind](facts)
