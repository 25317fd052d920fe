"""One inspection for each kind of file, and what is looked for in all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from bangban.features.uploads.content.faulty import Faulty
from bangban.features.uploads.content.packages import inspect_ofd, inspect_office
from bangban.features.uploads.content.pdf import inspect_pdf
from bangban.features.uploads.content.pictures import inspect_jpeg, inspect_png
from bangban.features.uploads.values import FileKind, Rejection

_HEAD: Final = 4096  # bytes: browsers that guess look at the first 1,445 at most
_TAIL: Final = 66_000  # a ZIP's directory ends in the last 65,557 bytes

# What makes a file a page to somebody who guesses, whatever else it is.
_MARKUP: Final = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|\?xml|\?php|!\[cdata)", re.IGNORECASE
)

_INSPECT: Final[Mapping[FileKind, Callable[[BinaryIO, int], None]]] = {
    FileKind.PDF: inspect_pdf,
    FileKind.PNG: inspect_png,
    FileKind.JPEG: inspect_jpeg,
    FileKind.OFD: inspect_ofd,
    FileKind.DOCX: inspect_office("word/document.xml"),
    FileKind.XLSX: inspect_office("xl/workbook.xml"),
}
_PACKAGES: Final = frozenset({FileKind.OFD, FileKind.DOCX, FileKind.XLSX})


def inspect(kind: FileKind, file: BinaryIO, size: int) -> None:
    """Look at a file of ``size`` bytes that was said to be of ``kind``. Raises Faulty."""
    file.seek(0)
    head = file.read(_HEAD)
    if _MARKUP.search(head[:_HEAD]) and kind not in _PACKAGES:  # a package's parts may be stored as they are
        raise Faulty(Rejection.ACTIVE_CONTENT)
    if kind not in _PACKAGES:
        _nothing_else(kind, file, head, size)
    file.seek(0)
    _INSPECT[kind](file, size)


def _nothing_else(kind: FileKind, file: BinaryIO, head: bytes, size: int) -> None:
    """Refuse what is a ZIP as well, read from its end, or a PDF as well, read from anywhere near its beginning."""
    file.seek(max(0, size - _TAIL))
    if b"PK\x05\x06" in file.read(_TAIL):
        raise Faulty(Rejection.NOT_WHAT_IT_SAYS)
    if kind is not FileKind.PDF and b"%PDF-" in head:
        raise Faulty(Rejection.NOT_WHAT_IT_SAYS)
