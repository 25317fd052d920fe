"""One way of writing an identifier, so that what was typed on any keyboard gives the same look-up hash."""

from __future__ import annotations

# Full-width forms U+FF01..U+FF5E stand 0xFEE0 above ASCII. Unicode's NFKC would do more than people mean:
# it also turns ² and ① into digits.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")  # hyphens, dashes and the minus sign
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u202c\u202d"))  # arrive by copy and paste
_HALF: dict[int, int | str | None] = {**_FULL_WIDTH, **_DASHES, **_INVISIBLE}
_TABLE = {**_HALF, **_UPPER}


def half_width(text: str) -> str:
    """``text`` in ASCII where full-width was typed, dashes as ``-``, without what cannot be seen; blanks stay."""
    return text.translate(_HALF).replace("\u3000", " ")


def plain(text: str) -> str:
    """``text`` without blanks, in ASCII where full-width was typed, its a–z in capitals, dashes as ``-``."""
    # Twice, since a full-width small letter becomes a small letter first.
    return "".join(text.translate(_TABLE).translate(_UPPER).split())
