"""The chart: one SVG, written by hand, since bars need no library."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from benchmarks.contestants.listed import CONTESTANTS
from benchmarks.harness.rounds import Cell
from benchmarks.operations import ALL

_WIDTH, _LEFT, _BAR, _GAP, _TOP = 860, 190, 14, 26, 58
_COLOURS: Final = {
    "through": "#0b7285",
    "trusted": "#1098ad",
    "walked": "#66d9e8",
    "bare": "#adb5bd",
    "open": "#dee2e6",
    "postgraphile": "#e8590c",
    "strawberry": "#c2255c",
    "ariadne": "#7048e8",
}


def drawn(cells: Sequence[Cell], *, scope: str = "1") -> str:
    """Requests per second of everybody, each operation against the fastest of its own."""
    shown = [each for each in cells if each.scope == scope and each.windows]
    rows: list[str] = []
    y = _TOP
    for name, operation in ALL.items():
        bars = [each for each in shown if each.operation == name]
        if not bars:
            continue
        most = max(each.median("per_second") for each in bars)
        rows.append(f'<text x="12" y="{y + 11}" font-weight="bold">{escape(operation.title)}</text>')
        for cell in bars:
            rate = cell.median("per_second")
            length = max(1.0, rate / most * (_WIDTH - _LEFT - 90))
            title = escape(CONTESTANTS[cell.contestant].title)
            rows.append(
                f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="{_BAR - 3}"'
                f' fill="{_COLOURS.get(cell.contestant, "#868e96")}"><title>{title}</title></rect>'
                f'<text x="{_LEFT + length + 5:.1f}" y="{y + 10}">{rate:,.0f}</text>'
            )
            y += _BAR
        y += _GAP - _BAR
    legend, x = [], 12
    for name in dict.fromkeys(each.contestant for each in shown):
        title = CONTESTANTS[name].title
        legend.append(
            f'<rect x="{x}" y="30" width="10" height="10" fill="{_COLOURS.get(name, "#868e96")}"/>'
            f'<text x="{x + 14}" y="39">{escape(title)}</text>'
        )
        x += 26 + round(6.2 * len(title))
    width = max(_WIDTH, x)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y + 8}" viewBox="0 0 {width} {y + 8}"'
        ' font-family="system-ui, sans-serif" font-size="11">\n<rect width="100%" height="100%" fill="#fff"/>\n'
        '<text x="12" y="18" font-size="13">Requests per second, one district; bars relative to the fastest of'
        " each operation</text>\n" + "\n".join([*legend, *rows]) + "\n</svg>\n"
    )
