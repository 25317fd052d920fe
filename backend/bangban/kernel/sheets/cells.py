"""One cell as its column wants it, and what spreadsheet programs do to cells.

Excel drops zeros before a number (008 becomes 8), shortens long numbers (3.7E+11), keeps no more than 15 digits of
a number, makes dates of what looks like one (1-2) and stores dates as days since 1899-12-30.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from bangban.kernel.clock.days import real_day
from bangban.kernel.identifiers.text import half_width
from bangban.kernel.sheets.columns import Column, Kind, Sentences, Value
from bangban.kernel.sheets.guarding import unguarded
from bangban.kernel.sheets.problems import shown
from bangban.kernel.sheets.workbook import NoValue

LONGEST_CELL: Final = 2000  # characters
_AROUND: Final = " \t\r\n\f\v\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
_SHORTENED: Final = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_FORCED_TEXT: Final = re.compile(r"""=?"([^"]*)\"""")  # ="008", how offices keep zeros in CSV
_DATE: Final = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0{1,2}:00(?::00)?)?|(\d{4})(\d\d)(\d\d)"
)
_INT: Final = re.compile(r"[+-]?(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.0+)?")
_EPOCH: Final = date(1899, 12, 30)
_SERIALS: Final = range(10_000, 80_000)  # days: 1927 to 2119
_WORDS: Final = {
    **dict.fromkeys(("true", "yes", "y", "t", "1", "是", "有", "√", "✓", "✔", "对"), "true"),
    **dict.fromkeys(("false", "no", "n", "f", "0", "否", "无", "×", "✗", "✘", "错"), "false"),
}

Read = tuple[str | None, Sentences | None]


def read_cell(column: Column, value: Value) -> Read:
    """The cell's text, or None and what is wrong with it; both None where it is empty."""
    if isinstance(value, NoValue):
        return None, _no_value(value)
    if value is None or (isinstance(value, str) and not value.strip(_AROUND)):
        return (None, ("不能为空。", "It must not be empty.")) if column.required else (None, None)
    if isinstance(value, str):
        value = unguarded(value.strip(_AROUND))
    if isinstance(value, str) and len(value) > LONGEST_CELL:
        return None, (
            f"内容超过 {LONGEST_CELL} 个字符。",
            f"It has more than {LONGEST_CELL} characters.",
        )
    return _READERS[column.kind](column, value)


def _no_value(value: NoValue) -> Sentences:
    if value == "formula":
        return (
            "公式没有保存结果;请在 Excel 中打开并保存,或改为数值。",
            "The formula has no stored value; open and save the file in Excel, or enter the value itself.",
        )
    return f"单元格是错误值 {value}。", f"The cell holds the error {value}."


def _text(column: Column, value: Value) -> Read:  # noqa: ARG001 - one signature for all kinds
    match value:
        case bool():
            return "TRUE" if value else "FALSE", None
        case datetime():
            return (value.date().isoformat() if value.time() == time() else value.isoformat(" ")), None
        case date() | time():
            return value.isoformat(), None
        case float():
            return f"{value:.15g}", None
        case _:
            return str(value), None


def _code(column: Column, value: Value) -> Read:
    if isinstance(value, date | time):
        return None, (
            "表格软件把代码变成了日期;请将该列设为文本格式后重新填写。",
            "The spreadsheet program made a date of this code; format the column as text and enter it again.",
        )
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 10**15):
        return None, _digits_lost(f"{value:.15g}" if isinstance(value, float) else str(value))
    code = "".join(half_width(str(value)).split())
    forced = _FORCED_TEXT.fullmatch(code)
    code = forced.group(1) if forced else code.removeprefix("'")
    if _SHORTENED.fullmatch(code):
        return None, _digits_lost(code)
    if code.endswith(".0") and code[:-2].isdigit():
        code = code[:-2]
    if column.digits and code.isascii() and code.isdigit() and len(code) not in column.digits:
        return _short_of_zeros(column, code)
    return code or None, None


def _digits_lost(code: str) -> Sentences:
    return (
        f"“{shown(code)}”是被表格软件改写的数字,部分数位可能已丢失;请将该列设为文本格式后重新填写。",
        (
            f"{shown(code)} is a number that a spreadsheet program rewrote, so digits may be lost; "
            "format the column as text and enter it again."
        ),
    )


def _short_of_zeros(column: Column, code: str) -> Read:
    if len(column.digits) == 1 and len(code) < column.digits[0]:
        return code.zfill(column.digits[0]), None
    lengths = "/".join(map(str, column.digits))
    zh = f"代码“{shown(code)}”有 {len(code)} 位数字,应为 {lengths} 位"
    en = f"The code {shown(code)} has {len(code)} digits; it should have {lengths}"
    if len(code) + 1 not in column.digits:
        return None, (f"{zh}。", f"{en}.")
    return None, (
        f"{zh};开头的 0 可能被表格软件去掉,请将该列设为文本格式。",
        f"{en}; a spreadsheet program may have dropped a 0 in front: format the column as text.",
    )


def _date(column: Column, value: Value) -> Read:  # noqa: ARG001 - one signature for all kinds
    if isinstance(value, datetime):
        value = value.date()
    text = half_width(str(value)).strip()
    try:
        if isinstance(value, date):
            return real_day(value).isoformat(), None
        found = _DATE.fullmatch(text)
        if found is not None:
            year, month, day = (int(each) for each in found.groups() if each is not None)
            return real_day(date(year, month, day)).isoformat(), None
        if not isinstance(value, bool) and float(text).is_integer() and int(float(text)) in _SERIALS:
            return (_EPOCH + timedelta(days=int(float(text)))).isoformat(), None
    except (ValueError, OverflowError):
        pass
    return None, (
        f"“{shown(text)}”不是日期;请写成 2026-11-21。",
        f"{shown(text)} is not a date; write it as 2026-11-21.",
    )


def _int(column: Column, value: Value) -> Read:  # noqa: ARG001 - one signature for all kinds
    text = "".join(half_width(str(value)).split())
    if not isinstance(value, bool | date | time) and _INT.fullmatch(text):
        return str(int(text.partition(".")[0].replace(",", ""))), None
    return None, (f"“{shown(text)}”不是整数。", f"{shown(text)} is not a whole number.")


def _bool(column: Column, value: Value) -> Read:  # noqa: ARG001 - one signature for all kinds
    text = "".join(half_width(str(value)).split())
    word = _WORDS.get(text.lower())
    if word is not None:
        return word, None
    return None, (f"“{shown(text)}”应为“是”或“否”。", f"{shown(text)} should be yes or no.")


_READERS: Final[Mapping[Kind, Callable[[Column, Value], Read]]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.DATE: _date,
    Kind.INT: _int,
    Kind.BOOL: _bool,
}
