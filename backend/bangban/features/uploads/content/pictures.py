"""PNG and JPEG: that they are pictures from the first byte to the last, and of a size that can be shown."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

from bangban.features.uploads.content.faulty import Faulty
from bangban.features.uploads.values import Rejection

MOST_PIXELS: Final = 120_000_000
"""A page of A3 at 600 dots an inch has 70 million."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS: Final = 100_000
_AFTER_IMAGE: Final = 128 * 1024  # cameras put previews and notes behind a JPEG's end
# Start-of-frame markers: baseline, progressive and their like; C4, C8 and CC mean something else.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN: Final = 0xDA


def inspect_png(file: BinaryIO, size: int) -> None:
    """Walks the chunks of a PNG (ISO/IEC 15948): IHDR first, IEND last, nothing behind it. Raises Faulty."""
    if file.read(len(_PNG)) != _PNG:
        raise Faulty(Rejection.NOT_WHAT_IT_SAYS)
    place = len(_PNG)
    for number in range(_MOST_CHUNKS):
        head = file.read(8)
        if len(head) != 8:
            break
        length, kind = struct.unpack(">I4s", head)
        place += 12 + length
        if place > size or (number == 0) is not (kind == b"IHDR"):
            break
        if kind == b"IHDR":
            _check_pixels(*struct.unpack(">II", file.read(8)))
        if kind == b"IEND":
            if place == size:
                return
            break
        file.seek(place)
    raise Faulty(Rejection.DAMAGED)


def inspect_jpeg(file: BinaryIO, size: int) -> None:
    """Walks the segments of a JPEG (ITU-T T.81) to its first scan, and looks for its end. Raises Faulty."""
    if file.read(2) != b"\xff\xd8":
        raise Faulty(Rejection.NOT_WHAT_IT_SAYS)
    place, framed = 2, False
    while True:
        head = file.read(4)
        if len(head) != 4 or head[0] != 0xFF:
            raise Faulty(Rejection.DAMAGED)
        marker, (length,) = head[1], struct.unpack(">H", head[2:])
        if marker == 0xFF:  # filling
            place += 1
            file.seek(place)
            continue
        if marker in _FRAMES:
            frame = file.read(5)
            if len(frame) != 5:
                raise Faulty(Rejection.DAMAGED)
            height, width = struct.unpack(">xHH", frame)
            _check_pixels(width, height or 1)  # 0: told later, after the first scan
            framed = True
        place += 2 + length
        if length < 2 or place >= size or marker in (0xD8, 0xD9):
            raise Faulty(Rejection.DAMAGED)
        if marker == _SCAN:
            break
        file.seek(place)
    file.seek(max(place, size - _AFTER_IMAGE))
    if not framed or b"\xff\xd9" not in file.read(_AFTER_IMAGE):
        raise Faulty(Rejection.DAMAGED)


def _check_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise Faulty(Rejection.DAMAGED)
    if width * height > MOST_PIXELS:
        raise Faulty(Rejection.TOO_BIG_INSIDE)
