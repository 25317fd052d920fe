"""Files of service points that are wrong, or made to do harm: refused with a reason, and nothing of them is taken."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from typing import Any

import openpyxl
import pytest
from tests.api.casework import Desk, fresh, mutation_of
from tests.api.clients import Reply
from tests.api.parts.places import HEADER

from bangban.kernel.sheets.workbook import MOST_UNPACKED

IMPORT = mutation_of("importServicePoints", "applied created faults { line column message }")
COUNT = "{ servicePoints(first: 1, filter: {former: true}) { totalCount } }"
GOOD = "{key},便民服务站,371681101200,样本站{key},117.7,36.8,24/7\n"


def sent(desk: Desk, content: bytes | str, *, name: str = "a.csv", apply: bool = True) -> Reply:
    raw = content.encode() if isinstance(content, str) else content
    file = {"name": name, "content": b64encode(raw).decode()}
    return desk.staff("admin")(IMPORT, input={"file": file, "apply": apply})


def there(desk: Desk) -> int:
    return int(desk.place.anonymous(COUNT).data["servicePoints"]["totalCount"])


def lines_of(reply: Reply) -> list[str]:
    return list(reply.body["errors"][0]["extensions"]["fields"])


def book(*rows: tuple[Any, ...], **parts: bytes) -> bytes:
    """A workbook with these rows and further parts."""
    stream = io.BytesIO()
    workbook = openpyxl.Workbook()
    for row in (tuple(HEADER.strip().split(",")), *rows):
        workbook.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    workbook.save(stream)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def point(key: str, **cells: Any) -> tuple[Any, ...]:
    usual = {"kind": "STATION", "area": "371681101200", "name": "样本", "longitude": 117.7, "latitude": 36.8}
    return (key, *(usual | cells).values(), "24/7")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb.xlsx", book(point("x"), **{"xl/media/bomb": b"\0" * (MOST_UNPACKED + 1)})),
        ("torn.xlsx", book(point("x"))[:900]),
        ("nul.csv", HEADER.encode() + b"\0" * 50_000),
        ("odd.csv", HEADER.encode() + bytes(range(128, 256)) * 40),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 500),
        ("empty.csv", b""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_refused(desk: Desk, name: str, content: bytes) -> None:
    before = there(desk)
    reply = sent(desk, content, name=name)
    assert reply.code == "INVALID_INPUT", reply.body
    assert there(desk) == before


def test_one_bad_line_keeps_all_out_and_every_bad_line_is_named(desk: Desk) -> None:
    before, keys = there(desk), [f"hostile-{fresh()}" for _ in range(3)]
    bad = [
        "swapped,STATION,371681101200,样本,36.8,117.7,24/7",
        "nan,STATION,371681101200,样本,nan,36.8,24/7",
        "far,STATION,371681101200,样本,1e999,36.8,24/7",
        "words,STATION,371681101200,样本,东经,36.8,24/7",
        "hours,STATION,371681101200,样本,117.7,36.8,随时",
        "kind,PALACE,371681101200,样本,117.7,36.8,24/7",
        "nowhere,STATION,no-such-area,样本,117.7,36.8,24/7",
        f"long,STATION,371681101200,{'长' * 101},117.7,36.8,24/7",
        "Key Of Mine,STATION,371681101200,样本,117.7,36.8,24/7",
        GOOD.format(key=keys[0]).strip(),  # the same key a second time
        "field,FIELD,371681101200,样本,117.7,36.8,24/7",
    ]
    text = HEADER + "".join(GOOD.format(key=key) for key in keys) + "\n".join(bad)
    seen = sent(desk, text, apply=False).data["importServicePoints"]
    wanted = list(range(5, 5 + len(bad)))
    assert sorted({fault["line"] for fault in seen["faults"]}) == wanted
    columns = {fault["line"]: fault["column"] for fault in seen["faults"]}
    assert [columns[line] for line in wanted] == [
        *(None, None, None),  # a place stands in two columns
        *("longitude", "hours", "kind", "area", "name", "key", "key", "since"),
    ]
    assert seen["applied"] is False
    reply = sent(desk, text)
    assert reply.code == "INVALID_INPUT"
    assert sorted({int(field.split(".")[3]) for field in lines_of(reply)}) == wanted
    assert there(desk) == before


def test_formulas_and_tags_are_texts_and_nothing_more(desk: Desk) -> None:
    key = f"formula-{fresh()}"
    shown = '=HYPERLINK("http://evil.example")<script>'
    reply = sent(desk, book(point(key, name=shown)), name="a.xlsx")
    found = "query($k: String) { servicePoint(key: $k) { name } }"
    stored = desk.place.anonymous(found, k=key).data["servicePoint"]
    # What the formula would come to is not reckoned: it has no value in the file, so there is no name.
    assert reply.code == "INVALID_INPUT"
    assert stored is None
    text = HEADER + f"{key},STATION,371681101200,=1+1<b>,117.7,36.8,24/7\n"
    assert sent(desk, text).data["importServicePoints"]["created"] == 1
    assert desk.place.anonymous(found, k=key).data["servicePoint"] == {"name": "=1+1<b>"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_files_as_spreadsheets_write_them_are_read(desk: Desk, encoding: str) -> None:
    key = f"encoded-{fresh()}"
    reply = sent(desk, (HEADER + GOOD.format(key=key)).encode(encoding))
    assert reply.data["importServicePoints"]["created"] == 1
    found = desk.place.anonymous("query($k: String) { servicePoint(key: $k) { name } }", k=key)
    assert found.data["servicePoint"]["name"] == f"样本站{key}"
