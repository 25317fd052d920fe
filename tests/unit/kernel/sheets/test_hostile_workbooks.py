"""A workbook that was made to do harm is refused before it does."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from bangban.kernel.sheets import Column, SheetUnreadable, read_sheet
from bangban.kernel.sheets.workbook import MOST_ELEMENTS, MOST_PARTS, MOST_UNPACKED

COLUMNS = (Column("a"), Column("b"))
SHEET = "xl/worksheets/sheet1.xml"
XMLNS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def book(sheet: str | bytes | None = None, **parts: bytes) -> bytes:
    """A workbook with another sheet, or other parts, in the place of its own."""
    stream = io.BytesIO()
    workbook = openpyxl.Workbook()
    workbook.active.append(["a", "b"])  # type: ignore[union-attr]  # a new workbook has a sheet
    workbook.save(stream)
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != SHEET or sheet is None:
                new.writestr(name, parts.pop(name, None) or old.read(name))
        if sheet is not None:
            new.writestr(SHEET, sheet)
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


def rows(*rows: str) -> str:
    return f"<worksheet {XMLNS}><sheetData>{''.join(rows)}</sheetData></worksheet>"


def refused(content: bytes) -> str:
    with pytest.raises(SheetUnreadable) as problem:
        read_sheet(content, name="a.xlsx", columns=COLUMNS)
    return problem.value.message("en")


def test_a_zip_bomb_is_not_unpacked() -> None:
    content = book(**{"xl/media/bomb": b"\0" * (MOST_UNPACKED + 1)})
    assert len(content) < 100_000
    assert "too large" in refused(content)


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    content = book(b"<" * 2_000_000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.getinfo(SHEET)
    stated = part.file_size.to_bytes(4, "little")
    assert "cannot be read" in refused(content.replace(stated, (10).to_bytes(4, "little")))


def test_ten_million_columns_or_elements_are_refused() -> None:
    assert "too large" in refused(book(rows("<row r='1'>", "<c/>" * MOST_ELEMENTS, "</row>")))
    far = rows("<row r='1'><c r='A1' t='str'><v>a</v></c><c r='ZZZZZ1' t='str'><v>b</v></c></row>")
    assert "cannot be read" in refused(book(far))
    wide = rows(
        "<row r='1'><c r='A1' t='str'><v>a</v></c><c r='XFD1' t='str'><v>b</v></c></row>",
        "<row r='2'><c r='A2' t='str'><v>x</v></c></row>",
    )
    read = read_sheet(book(wide), name="a.xlsx", columns=COLUMNS)  # what stands that far off is not looked at
    assert [line.cells["a"] for line in read.lines] == ["x"]


def test_rows_far_apart_are_found_and_too_many_are_refused() -> None:
    far = rows(
        "<row r='1'><c r='A1' t='str'><v>a</v></c></row>",
        "<row r='1048576'><c r='A1048576' t='str'><v>x</v></c></row>",
    )
    assert [line.number for line in read_sheet(book(far), name="a", columns=COLUMNS).lines] == [1_048_576]
    many = book(rows(*(f"<row><c t='str'><v>{name}</v></c></row>" for name in "axyz")))
    assert len(read_sheet(many, name="a", columns=COLUMNS, most_lines=3).lines) == 3
    with pytest.raises(SheetUnreadable, match="more than 2 lines"):
        read_sheet(many, name="a", columns=COLUMNS, most_lines=2)


def test_entities_are_not_written_out() -> None:
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 9))
    sheet = f"<!DOCTYPE x [<!ENTITY l0 'ha'>{laughs}]>" + rows("<row><c t='str'><v>&l8;</v></c></row>")
    assert "cannot be read" in refused(book(sheet))
    outside = "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>" + rows(
        "<row><c t='str'><v>&f;</v></c></row>"
    )
    assert "cannot be read" in refused(book(outside))


def test_too_many_parts_passwords_and_broken_parts_are_refused() -> None:
    assert "too large" in refused(book(**{f"x{n}": b"" for n in range(MOST_PARTS)}))
    assert "cannot be read" in refused(book("no xml"))
    assert "cannot be read" in refused(book(rows("<row><c r='A1' t='s'><v>7</v></c></row>")))
    assert "cannot be read" in refused(book(rows("<row><c r='A1' s='999999'><v>1</v></c></row>")))
    whole = book()
    assert "cannot be read" in refused(whole[: len(whole) // 2])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "cannot be read" in refused(stream.getvalue())


def test_nul_and_surrogates_in_cells_do_not_come_through() -> None:
    assert "cannot be read" in refused(book(rows("<row r='1'><c t='str'><v>&#0;</v></c></row>")))
    assert "cannot be read" in refused(book(rows("<row r='1'><c t='str'><v>&#xD800;</v></c></row>")))
    assert read_sheet(book(), name="\ud800.xlsx", columns=COLUMNS).lines == ()
