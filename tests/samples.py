"""Small files of each kind that uploads may be, made by hand."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile

from bangban.features.uploads.values import FileKind


def pdf(*objects: bytes, trailer: bytes = b"<< /Root 1 0 R >>", padding: int = 0) -> bytes:
    """A PDF of one empty page and further objects."""
    plain = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    body = b"%PDF-1.7\n"
    for number, each in enumerate((*plain, *objects), start=1):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    body += b"% " + b"-" * padding + b"\n" if padding else b""
    return body + b"trailer\n" + trailer + b"\n%%EOF\n"


def object_stream(text: bytes, *, dictionary: bytes = b"/Filter /FlateDecode") -> bytes:
    """A stream of objects that are packed together."""
    packed = zlib.compress(text) if b"Flate" in dictionary else text
    return b"<< /Type /ObjStm /N 1 /First 5 /Length %d %s >>\nstream\n%s\nendstream" % (
        len(packed),
        dictionary,
        packed,
    )


def png(width: int = 2, height: int = 2, *, behind: bytes = b"") -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + b"\x80" * min(width, 8)) * min(height, 8)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    whole = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + whole + behind


def jpeg(width: int = 2, height: int = 2, *, end: bytes = b"\xff\xd9", note: bytes = b"") -> bytes:
    """The frame of a photograph; what it shows is nothing."""
    text = b"\xff\xfe" + struct.pack(">H", 2 + len(note)) + note if note else b""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x3f\x00"
    return b"\xff\xd8" + text + frame + scan + b"\x12\x34" + end


def package(parts: Mapping[str, bytes]) -> bytes:
    """A ZIP of these parts."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def ofd(**parts: bytes) -> bytes:
    """An OFD."""
    return package({"OFD.xml": b"<OFD/>", "Doc_0/Document.xml": b"<Document/>", **parts})


def office(main: str, **parts: bytes) -> bytes:
    """An Office document with this main part; further ones by their names, with ``__`` for a slash."""
    named = {name.replace("__", "/"): content for name, content in parts.items()}
    types = b'<Types><Default Extension="xml" ContentType="application/xml"/></Types>'
    return package({"[Content_Types].xml": types, main: b"<document/>", **named})


def docx(**parts: bytes) -> bytes:
    """A text."""
    return office("word/document.xml", **parts)


def xlsx(**parts: bytes) -> bytes:
    """A spreadsheet."""
    return office("xl/workbook.xml", **parts)


SAMPLES: Mapping[FileKind, bytes] = {
    FileKind.PDF: pdf(),
    FileKind.PNG: png(),
    FileKind.JPEG: jpeg(),
    FileKind.OFD: ofd(),
    FileKind.DOCX: docx(),
    FileKind.XLSX: xlsx(),
}
