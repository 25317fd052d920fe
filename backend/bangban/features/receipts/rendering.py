"""From a paper to PDF: Typst sets it, with its face embedded as far as it is used, and a QR code.

The same paper gives the same bytes: no clock, no system's fonts and nothing random goes in. Rendering takes some
hundredths of a second of one core and does not hold the interpreter, so it belongs in a thread.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Final

import pylopdf_fonts_zh_cn
import segno
import typst

from bangban.features.receipts.papers import Paper, day

_TEMPLATE: Final = files("bangban.features.receipts").joinpath("paper.typ")
_FACE: Final = "Noto Sans SC"
_MARGIN: Final = 2  # modules of light around the code; the page's own white does the rest


@lru_cache(maxsize=1)
def _tools() -> tuple[bytes, typst.Fonts]:
    """The template and the one face it uses: Noto Sans SC, with every character of GB 18030's first two levels."""
    face = str(pylopdf_fonts_zh_cn.sans_path().parent)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[face])
    if _FACE not in fonts.families():  # without it papers would be blank, and nothing would say so
        raise LookupError(_FACE)
    return _TEMPLATE.read_bytes(), fonts


def render(paper: Paper) -> bytes:
    """The paper as PDF. Blocks for as long as it takes: call it in a thread."""
    template, fonts = _tools()
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
    made = typst.Compiler(template, font_paths=fonts, ignore_system_fonts=True).compile(
        format="pdf",
        sys_inputs={"paper": json.dumps(told, ensure_ascii=False), "qr": _square(paper.check_at)},
        timestamp=int(paper.at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("one paper is one file")
    return made


def _square(text: str) -> str:
    """A QR code as SVG."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=_MARGIN, xmldecl=False)
    return drawn.getvalue().decode()
