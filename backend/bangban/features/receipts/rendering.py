"""From a receipt to PDF."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from bangban.features.receipts.papers import Paper
from bangban.kernel.clock.words import day
from bangban.kernel.typesetting import typeset


@lru_cache(maxsize=1)
def _template() -> bytes:
    return files("bangban.features.receipts").joinpath("paper.typ").read_bytes()


def render(paper: Paper) -> bytes:
    """The paper as PDF; the same paper gives the same bytes. Call it in a thread."""
    told = {
        "title": paper.title,
        "issuer": paper.issuer,
        "brand": paper.brand,
        "number": paper.number,
        "addressed": paper.addressed,
        "opening": paper.opening,
        "lines": [{"label": line.label, "value": line.value} for line in paper.lines],
        "tables": [
            {"title": each.title, "columns": each.columns, "widths": each.widths, "rows": each.rows}
            for each in paper.tables
        ],
        "remarks": paper.remarks,
        "dated": day(paper.at),
        "code": paper.code,
    }
    return typeset(_template(), told, squares={"qr": paper.check_at}, at=paper.at)
