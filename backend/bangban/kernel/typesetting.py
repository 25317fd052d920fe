"""From a template and what it is to say to PDF: Typst sets it, with its face embedded as far as it is used.

The same input gives the same bytes: no clock, no system's fonts and nothing random goes in. Rendering takes some
hundredths of a second of one core and does not hold the interpreter, so it belongs in a thread.
"""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

import pylopdf_fonts_zh_cn
import segno
import typst

_FACE: Final = "Noto Sans SC"
_MARGIN: Final = 2  # modules of light around a code; the page's own white does the rest
_SHAPELESS: Final = frozenset({"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp"})  # breaks, spaces, selectors, marks
_AT_ONCE: Final = 2  # each keeps a core busy


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The one face that templates use: Noto Sans SC, with every character of GB 18030's first two levels."""
    face = str(pylopdf_fonts_zh_cn.sans_path().parent)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[face])
    if _FACE not in fonts.families():  # without it papers would be blank, and nothing would say so
        raise LookupError(_FACE)
    return fonts


@lru_cache(maxsize=1)
def _drawn() -> frozenset[int]:
    """The characters that the face has."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - a third of a second, for processes that set a paper

    with TTFont(pylopdf_fonts_zh_cn.sans_path(), lazy=True) as face:
        return frozenset(face.getBestCmap())


def _printable(text: str) -> str:
    """``text`` with the code points of characters that the face lacks in their places, as 〔U+20BB7〕 for 𠮷.

    They would be empty boxes and missing from the file's text, and nothing would say so. Names with such characters
    are real, and are not refused.
    """
    seen = {ord(each) for each in set(text) if unicodedata.category(each) not in _SHAPELESS}
    return text.translate({code: f"〔U+{code:04X}〕" for code in seen - _drawn()})


def typeset(template: bytes, told: Mapping[str, Any], *, squares: Mapping[str, str], at: datetime) -> bytes:
    """The template as PDF. Blocks for as long as it takes: call it in a thread.

    ``told`` is what the template reads as ``sys.inputs.paper``; ``squares`` are its QR codes, by name what each says.
    ``at`` is the moment that the file says it was made.
    """
    made = typst.Compiler(template, font_paths=_fonts(), ignore_system_fonts=True).compile(
        format="pdf",
        sys_inputs={
            "paper": _printable(json.dumps(told, ensure_ascii=False)),
            **{name: _square(text) for name, text in squares.items()},
        },
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("one paper is one file")
    return made


class Press:
    """Where papers are set: so many at a time, each in a thread of its own."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def set(
        self, render: Callable[[], bytes], *, made: Callable[[], bytes | None] = lambda: None
    ) -> bytes:
        """What ``render`` makes once there is a place for it, unless ``made`` finds it there by then."""
        async with self._places:
            found = made()
            return await asyncio.to_thread(render) if found is None else found


def _square(text: str) -> str:
    """A QR code as SVG."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=_MARGIN, xmldecl=False)
    return drawn.getvalue().decode()
