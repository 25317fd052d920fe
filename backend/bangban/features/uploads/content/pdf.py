"""PDF: nothing that runs, opens or carries something else; nothing sealed, since that could not be looked at.

Files are not parsed as a reader would, since readers differ and repair what is broken, each in its own way. All
bytes are searched, whatever they belong to, for the names that actions and attachments cannot do without (ISO
32000-1, 12.6.4 and 7.11.4), in every spelling that the syntax allows. Objects may also stand in compressed object
streams: these are inflated and searched; one that is packed in any but the usual way is refused.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from typing import BinaryIO, Final

from bangban.features.uploads.content.faulty import Faulty
from bangban.features.uploads.values import Rejection

_WINDOW: Final = 256 * 1024
_OVERLAP: Final = 8 * 1024  # longer than any dictionary of a stream that is looked at
_MOST_INFLATED: Final = 64 * 1024 * 1024
_AT_A_TIME: Final = 1024 * 1024
_END: Final = rb"(?![A-Za-z0-9_.+-])"
_DICTIONARY: Final = 4 * 1024


def _name(word: str) -> bytes:
    """A pattern for the name in all its spellings: any letter may be written as # and its code."""
    letters = (
        b"(?:" + each.encode() + b"|#" + b"".join(_either(digit) for digit in f"{ord(each):02x}") + b")"
        for each in word
    )
    return b"/" + b"".join(letters)


def _either(digit: str) -> bytes:
    return digit.encode() if digit.isdigit() else f"[{digit}{digit.upper()}]".encode()


def _any_of(words: Iterable[str]) -> re.Pattern[bytes]:
    return re.compile(b"(?:" + b"|".join(_name(word) for word in words) + b")" + _END)


# A script's action names its kind as well as its text, so JavaScript covers JS.
_ACTIVE: Final = _any_of(
    ("JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "ImportData", "SubmitForm", "XFA")
)
_ENCRYPTED: Final = _any_of(("Encrypt",))
_OBJECTS: Final = _any_of(("ObjStm",))
_STREAM: Final = re.compile(rb"stream\r?\n")
_PLAINLY_PACKED: Final = re.compile(
    _name("Filter") + rb"\s*\[?\s*" + _name("FlateDecode") + rb"\s*\]?\s*(?:/|>>)"
)
_ODDLY_PACKED: Final = _any_of(("DecodeParms", "DP", "F", "FFilter", "Crypt"))


def inspect_pdf(file: BinaryIO, size: int) -> None:
    """Look through a PDF of ``size`` bytes. Raises Faulty."""
    if not file.read(8).startswith(b"%PDF-"):
        raise Faulty(Rejection.NOT_WHAT_IT_SAYS)
    file.seek(max(0, size - 2048))
    if b"%%EOF" not in file.read(2048):
        raise Faulty(Rejection.DAMAGED)
    inflated = 0
    for place in _search(file, size):
        inflated += _look_into(file, place, room=_MOST_INFLATED - inflated)


def _search(file: BinaryIO, size: int) -> list[int]:
    """Where names of object streams stand; everything is searched for what may not be there."""
    places: list[int] = []
    kept, start = b"", 0  # the end of the window before, and where the next one begins
    while start < size:
        file.seek(start)
        window = file.read(_WINDOW)
        if not window:
            raise Faulty(Rejection.INCOMPLETE)
        text = kept + window
        _check(text)
        base = start - len(kept)
        places += [base + found.start() for found in _OBJECTS.finditer(text) if found.end() > len(kept)]
        start += len(window)
        kept = text[-_OVERLAP:]
    return places


def _check(text: bytes) -> None:
    if _ACTIVE.search(text):
        raise Faulty(Rejection.ACTIVE_CONTENT)
    if _ENCRYPTED.search(text):
        raise Faulty(Rejection.ENCRYPTED)


def _look_into(file: BinaryIO, place: int, *, room: int) -> int:
    """Inflate the object stream whose dictionary has its kind at ``place``, and search it; how much it held."""
    begin = max(0, place - _DICTIONARY)
    file.seek(begin)
    around = file.read(2 * _DICTIONARY)
    here = place - begin
    opening = _STREAM.search(around, here)
    dictionary = around[around.rfind(b"obj", 0, here) + 3 : opening.start()] if opening else b""
    if opening is None or not _PLAINLY_PACKED.search(dictionary) or _ODDLY_PACKED.search(dictionary):
        raise Faulty(Rejection.DAMAGED)
    unpacker = zlib.decompressobj()
    file.seek(begin + opening.end())
    held, kept, text = 0, b"", b""
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail or file.read(_WINDOW)
        try:
            text = unpacker.decompress(packed, _AT_A_TIME)
        except zlib.error:
            raise Faulty(Rejection.DAMAGED) from None
        if not packed and not text:
            raise Faulty(Rejection.DAMAGED)
        held += len(text)
        if held > room:
            raise Faulty(Rejection.TOO_BIG_INSIDE)
        _check(kept + text)
        kept = (kept + text)[-_OVERLAP:]
    return held
