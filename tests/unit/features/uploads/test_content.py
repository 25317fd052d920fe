"""A file is what it was said to be, holds nothing that runs, and is nothing else besides."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.samples import SAMPLES, docx, jpeg, object_stream, ofd, package, pdf, png, xlsx

from bangban.features.uploads.content import Faulty, inspect
from bangban.features.uploads.content.packages import MOST_PARTS
from bangban.features.uploads.values import FileKind, Rejection


def why(kind: FileKind, content: bytes) -> Rejection | None:
    """Why a file is rejected, or None."""
    try:
        inspect(kind, io.BytesIO(content), len(content))
    except Faulty as faulty:
        return faulty.why
    return None


@pytest.mark.parametrize("kind", FileKind)
def test_an_honest_file_is_taken_as_what_it_is_and_as_nothing_else(kind: FileKind) -> None:
    assert why(kind, SAMPLES[kind]) is None
    for other in set(FileKind) - {kind}:
        assert why(other, SAMPLES[kind]) is not None


LAUNCH = b"<< /S /Launch /F (calc.exe) >>"
RELATION = (
    b'<Relationships><Relationship Id="r1" Type="%s" Target="http://x" TargetMode="%s"/></Relationships>'
)
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), Rejection.ACTIVE_CONTENT),
        (pdf(b"<< /S /J#61va#53cript /JS (x) >>"), Rejection.ACTIVE_CONTENT),
        (pdf(LAUNCH), Rejection.ACTIVE_CONTENT),
        (
            pdf(b"<< /Type /Filespec /EF << /F 5 0 R >> >>", b"<< /Type /EmbeddedFile >>"),
            Rejection.ACTIVE_CONTENT,
        ),
        (pdf(object_stream(b"7 0 << /S /JavaScript /JS (x) >>")), Rejection.ACTIVE_CONTENT),
        (
            pdf(object_stream(b"7 0 " + LAUNCH, dictionary=b"/Filter [ /FlateDecode ]")),
            Rejection.ACTIVE_CONTENT,
        ),
        (pdf(object_stream(b"7 0 x", dictionary=b"/Filter /ASCIIHexDecode")), Rejection.DAMAGED),
        (pdf(object_stream(b"x", dictionary=b"/Filter /FlateDecode /DecodeParms <<>>")), Rejection.DAMAGED),
        (pdf(object_stream(b"x" * 80 * 1024 * 1024)), Rejection.TOO_BIG_INSIDE),
        (pdf(trailer=b"<< /Root 1 0 R /Encrypt 9 0 R >>"), Rejection.ENCRYPTED),
        (pdf()[:-7], Rejection.DAMAGED),
        (b"<html>" + pdf(), Rejection.ACTIVE_CONTENT),
        (pdf(b"(<script>alert(1)</script>)"), Rejection.ACTIVE_CONTENT),
        (pdf() + package({"a": b"b"}) + b"%%EOF", Rejection.NOT_WHAT_IT_SAYS),
        (b" " + pdf(), Rejection.NOT_WHAT_IT_SAYS),
    ],
)
def test_a_pdf_runs_and_carries_nothing(content: bytes, reason: Rejection) -> None:
    assert why(FileKind.PDF, content) is reason


def test_names_in_a_pdf_are_found_wherever_windows_meet() -> None:
    window = 256 * 1024
    for shift in range(-12, 3):
        before = pdf(padding=1).index(b"trailer\n") - 1
        content = pdf(padding=window - before + shift).replace(b"trailer\n", b"/JavaScript\ntrailer\n")
        assert content.index(b"/JavaScript") == window + shift
        assert why(FileKind.PDF, content) is Rejection.ACTIVE_CONTENT


def test_objects_in_a_plain_stream_are_taken() -> None:
    assert why(FileKind.PDF, pdf(object_stream(b"7 0 << /Type /Font /Launcher 1 >>"))) is None


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        (FileKind.PNG, png(behind=b"x"), Rejection.DAMAGED),
        (FileKind.PNG, png(behind=package({"a": b"b"})), Rejection.NOT_WHAT_IT_SAYS),
        (FileKind.PNG, png()[:-4], Rejection.DAMAGED),
        (FileKind.PNG, png(60_000, 60_000), Rejection.TOO_BIG_INSIDE),
        (FileKind.PNG, png(0, 5), Rejection.DAMAGED),
        (FileKind.JPEG, jpeg(65_000, 65_000), Rejection.TOO_BIG_INSIDE),
        (FileKind.JPEG, jpeg(end=b""), Rejection.DAMAGED),
        (FileKind.JPEG, jpeg()[:8], Rejection.DAMAGED),
        (FileKind.JPEG, jpeg(note=b"<script>alert(1)</script>"), Rejection.ACTIVE_CONTENT),
        (FileKind.JPEG, jpeg(note=b"%PDF-1.7"), Rejection.NOT_WHAT_IT_SAYS),
        (FileKind.JPEG, b"<svg onload=alert(1)>", Rejection.ACTIVE_CONTENT),
    ],
)
def test_a_picture_is_nothing_but_a_picture(kind: FileKind, content: bytes, reason: Rejection) -> None:
    assert why(kind, content) is reason


def relations(kind: bytes, mode: bytes) -> bytes:
    """A text with a relation of this kind."""
    return docx(**{"word___rels__a.rels": RELATION % (OFFICE + kind, mode)})


def listed(types: bytes) -> bytes:
    """A spreadsheet with a list of parts of this kind."""
    return package({"[Content_Types].xml": b'<T><O ContentType="%s"/></T>' % types, "xl/workbook.xml": b"x"})


DTD = docx(**{"word___rels__a.rels": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'})
LONG = docx(**{"word___rels__a.rels": b"<a>" + b" " * 2_000_000 + b"</a>"})


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        (FileKind.DOCX, docx(word__vbaProject_bin=b"x"), Rejection.ACTIVE_CONTENT),
        (FileKind.DOCX, docx(word__embeddings__a=b"x"), Rejection.ACTIVE_CONTENT),
        (FileKind.XLSX, xlsx(xl__externalLinks__a=b"x"), Rejection.ACTIVE_CONTENT),
        (FileKind.XLSX, listed(b"application/x.macroEnabled.main+xml"), Rejection.ACTIVE_CONTENT),
        (FileKind.XLSX, listed(b"application/xml"), None),
        (FileKind.DOCX, relations(b"/attachedTemplate", b"External"), Rejection.ACTIVE_CONTENT),
        (FileKind.DOCX, relations(b"/frame", b"&#69;xternal"), Rejection.ACTIVE_CONTENT),
        (FileKind.DOCX, relations(b"/hyperlink", b"External"), None),
        (FileKind.DOCX, DTD, Rejection.DAMAGED),
        (FileKind.DOCX, LONG, Rejection.TOO_BIG_INSIDE),
        (FileKind.OFD, ofd(**{"../a": b"x"}), Rejection.DAMAGED),
        (FileKind.OFD, ofd(**{"/a": b"x"}), Rejection.DAMAGED),
        (FileKind.OFD, ofd(**{"a.html": b"x"}), Rejection.ACTIVE_CONTENT),
        (FileKind.OFD, ofd(big=bytes(8 * 1024 * 1024)), Rejection.TOO_BIG_INSIDE),
        (FileKind.OFD, ofd(**{str(n): b"" for n in range(MOST_PARTS)}), Rejection.TOO_BIG_INSIDE),
        (FileKind.OFD, ofd() + b"x", Rejection.DAMAGED),
        (FileKind.OFD, b"x" + ofd(), Rejection.NOT_WHAT_IT_SAYS),
        (FileKind.OFD, package({"a": b"b"}), Rejection.NOT_WHAT_IT_SAYS),
    ],
)
def test_a_package_holds_nothing_that_runs_or_bursts(
    kind: FileKind, content: bytes, reason: Rejection | None
) -> None:
    assert why(kind, content) is reason


def test_a_package_whose_parts_overlap_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("OFD.xml", b"<OFD/>")
        made.writestr("a", bytes(100_000))
        entry = made.getinfo("a")
        for number in range(20):
            twin = zipfile.ZipInfo(f"b{number}")
            twin.header_offset, twin.CRC = entry.header_offset, entry.CRC
            twin.compress_size, twin.file_size = entry.compress_size, entry.file_size
            made.filelist.append(twin)
            made.NameToInfo[twin.filename] = twin
    assert why(FileKind.OFD, file.getvalue()) is Rejection.DAMAGED


def test_a_package_that_lies_about_its_parts_or_is_sealed_is_refused() -> None:
    content = bytearray(ofd())
    place = content.index(b"PK\x01\x02")
    content[place + 24 : place + 28] = (1).to_bytes(4, "little")  # inflated size of the first part
    assert why(FileKind.OFD, bytes(content)) is Rejection.DAMAGED
    content = bytearray(ofd())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert why(FileKind.OFD, bytes(content)) is Rejection.ENCRYPTED


@given(kind=st.sampled_from(FileKind), place=st.integers(0), byte=st.integers(0, 255), cut=st.booleans())
def test_whatever_is_altered_ends_in_a_finding_or_none(
    kind: FileKind, place: int, byte: int, cut: bool
) -> None:
    content = bytearray(SAMPLES[kind])
    content[place % len(content)] = byte
    why(kind, bytes(content[: place % len(content)] if cut else content))


@given(kind=st.sampled_from(FileKind), content=st.binary(max_size=300))
def test_whatever_is_sent_ends_in_a_finding(kind: FileKind, content: bytes) -> None:
    assert why(kind, content) is not None
    assert why(kind, SAMPLES[kind][:8] + content) is not None
