"""Use cases of receipts: asking for one, and making it."""

from bangban.features.receipts.service.issuing import (
    issue_receipt,
    issue_visit_receipt,
    make_paper,
    make_visit_paper,
)

__all__ = ["issue_receipt", "issue_visit_receipt", "make_paper", "make_visit_paper"]
