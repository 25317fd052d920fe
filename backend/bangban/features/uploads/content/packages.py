"""OFD (GB/T 33190) and the Office formats (ISO/IEC 29500): ZIP packages, looked at part by part."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from typing import BinaryIO, Final
from xml.etree.ElementTree import ParseError
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bangban.features.uploads.content.faulty import Faulty
from bangban.features.uploads.values import Rejection

MOST_PARTS: Final = 5_000
MOST_BYTES: Final = 256 * 1024 * 1024
"""Of all parts together, inflated."""

_MOST_RATIO: Final = 200  # times what a part takes packed, once it is large; deflate ends at 1,032
_LARGE: Final = 4 * 1024 * 1024
_AT_A_TIME: Final = 256 * 1024
_MOST_XML: Final = 1024 * 1024  # of a part that is read as text
_SEALED: Final = 0x1 | 0x40  # encrypted, strongly encrypted
_END_BYTES: Final = 22

# What runs or reaches out when a document is opened.
_ACTIVE_PARTS: Final = re.compile(
    r"vbaProject|vbaData|/activeX/|/embeddings/|/externalLinks/|/macrosheets/|\.(?:exe|dll|js|vbs|ps1|bat|hta|html?|svg)$",
    re.IGNORECASE,
)
_MACROS: Final = re.compile("macroEnabled|vbaProject", re.IGNORECASE)
_LINK: Final = "/hyperlink"  # how the kind of a relation ends that is followed on a click only


def inspect_ofd(file: BinaryIO, size: int) -> None:
    """Looks through an OFD of ``size`` bytes. Raises Faulty."""
    _inspect(file, size, needed=("OFD.xml",))


def inspect_office(main: str) -> Callable[[BinaryIO, int], None]:
    """What looks through an Office document whose main part is called ``main``; it raises Faulty."""

    def inspect(file: BinaryIO, size: int) -> None:
        _inspect(file, size, needed=("[Content_Types].xml", main))

    return inspect


def _inspect(file: BinaryIO, size: int, *, needed: tuple[str, ...]) -> None:
    if file.read(4) != b"PK\x03\x04" or size < _END_BYTES:
        raise Faulty(Rejection.NOT_WHAT_IT_SAYS)
    _ends_with_its_directory(file, size)
    try:
        with ZipFile(file) as package:
            parts = package.infolist()
            _check_directory(parts, size)
            if not set(needed) <= {part.filename for part in parts}:
                raise Faulty(Rejection.NOT_WHAT_IT_SAYS)
            for part in parts:
                _check_part(package, part)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error):
        raise Faulty(Rejection.DAMAGED) from None


def _ends_with_its_directory(file: BinaryIO, size: int) -> None:
    """Readers look for the directory from the end: one that has something behind it may be two packages."""
    file.seek(size - _END_BYTES)
    end = file.read(_END_BYTES)
    if not end.startswith(b"PK\x05\x06"):
        raise Faulty(Rejection.DAMAGED)
    entries, length, start, note = struct.unpack("<10xHIIH", end)
    if note or start + length != size - _END_BYTES or entries == 0xFFFF:
        raise Faulty(Rejection.DAMAGED)


def _check_directory(parts: list[ZipInfo], size: int) -> None:
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise Faulty(Rejection.TOO_BIG_INSIDE)
    names = [part.filename.lower() for part in parts]
    # Parts that overlap make a small file a huge one; of two of one name readers take either.
    if len(set(names)) != len(names) or sum(part.compress_size for part in parts) > size:
        raise Faulty(Rejection.DAMAGED)
    for part in parts:
        steps = part.filename.replace("\\", "/").split("/")
        if part.flag_bits & _SEALED:
            raise Faulty(Rejection.ENCRYPTED)
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or ".." in steps or not steps[0]:
            raise Faulty(Rejection.DAMAGED)
        if part.file_size > _LARGE and part.file_size > _MOST_RATIO * part.compress_size:
            raise Faulty(Rejection.TOO_BIG_INSIDE)
        if _ACTIVE_PARTS.search(part.filename):
            raise Faulty(Rejection.ACTIVE_CONTENT)


def _check_part(package: ZipFile, part: ZipInfo) -> None:
    """Inflate a part, so that its size and checksum are known to be true; look into those that say what it does."""
    relations = part.filename.lower().endswith(".rels")
    telling = relations or part.filename == "[Content_Types].xml"
    if telling and part.file_size > _MOST_XML:
        raise Faulty(Rejection.TOO_BIG_INSIDE)
    text = b""
    with package.open(part) as opened:
        while piece := opened.read(_AT_A_TIME):
            if telling:
                text += piece
    if telling and _runs_or_reaches_out(text):
        raise Faulty(Rejection.ACTIVE_CONTENT)


def _runs_or_reaches_out(text: bytes) -> bool:
    """Of a list of parts or of relations: whether one is a macro, or is fetched from elsewhere."""
    try:
        listed = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        raise Faulty(Rejection.DAMAGED) from None
    return any(
        any(_MACROS.search(value) for value in each.attrib.values())
        or (
            each.get("TargetMode", "").strip().lower() == "external"
            and not each.get("Type", "").endswith(_LINK)
        )
        for each in listed.iter()
    )
