"""The text of a CSV file, in whichever encoding it came: read for certain, or refused.

UTF-8 proves itself: other encodings hardly ever look like it. GB18030 (and GBK and GB2312 within it) reads almost
any bytes as *some* characters, so it is only believed where the characters are those that people write.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from bangban.kernel.sheets.problems import SheetUnreadable

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, None),  # begins as UTF-16 does, so it comes first
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A well-formed UTF-8 character of two or more bytes, roughly: enough to tell a damaged UTF-8 file from another.
_UTF8_CHARACTER: Final = re.compile(rb"[\xC3-\xF4][\x80-\xBF]{1,3}")
# Two bytes of GBK outside GB2312: rare characters, and what other encodings look like when they are read as GBK.
_GBK_PAIR: Final = re.compile(
    rb"[\x81-\xFE][\x30-\x39][\x81-\xFE][\x30-\x39]|([\x81-\xFE][\x40-\xFE])", re.DOTALL
)
_MOST_RARE: Final = 0.25  # of all characters beyond ASCII
_FEW: Final = 4  # characters, of which a name with two rare ones may be half
# Everything below the blank but tab and line breaks, and what Unicode calls no character.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ufffd]")


def text_of(content: bytes) -> str:
    """The text without its byte-order mark. Raises SheetUnreadable."""
    text = _decoded(content)
    found = _FORBIDDEN.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        raise SheetUnreadable(
            f"文件第 {line} 行含有控制字符或乱码,不是正常的文本表格;请另存为 UTF-8 编码的 CSV 或 XLSX。",
            f"Line {line} holds control characters or broken text, so this is no ordinary text table; "
            "save it as CSV in UTF-8, or as XLSX.",
        )
    return text


def _decoded(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _marked(content[len(mark) :], encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as damaged:
        if _looks_like_utf8(content):
            raise _broken("UTF-8", content, damaged) from damaged
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as unknown:
        raise _unknown() from unknown
    if not _is_believable(content):
        raise _unknown()
    return text


def _marked(content: bytes, encoding: str | None) -> str:
    if encoding is None:
        raise _unknown()
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as damaged:
        raise _broken(encoding.upper(), content, damaged) from damaged


def _looks_like_utf8(content: bytes) -> bool:
    """Whether most of what is beyond ASCII is well-formed UTF-8: then the file is damaged, not another encoding."""
    whole = sum(map(len, _UTF8_CHARACTER.findall(content)))
    beyond = len(content) - len(content.translate(None, delete=bytes(range(128, 256))))
    return whole * 10 >= beyond * 9


def _is_believable(content: bytes) -> bool:
    """Whether GB18030 is what the bytes are in: nearly all characters are the usual ones of GB2312."""
    pairs: list[bytes] = [pair for pair in _GBK_PAIR.findall(content) if pair]
    rare = sum(
        pair[0] < 0xA1 or pair[1] < 0xA1 or 0xAA <= pair[0] <= 0xAF or pair[0] > 0xF7 for pair in pairs
    )
    return rare <= max(len(pairs) * _MOST_RARE, min(len(pairs), _FEW) / 2)


def _broken(encoding: str, content: bytes, damaged: UnicodeDecodeError) -> SheetUnreadable:
    line = content.count(b"\n", 0, damaged.start) + 1
    return SheetUnreadable(
        f"文件是 {encoding} 编码,但第 {line} 行有损坏的字符;请从原文件重新导出。",
        f"The file is in {encoding}, but line {line} holds a damaged character; export it again from its source.",
    )


def _unknown() -> SheetUnreadable:
    return SheetUnreadable(
        "无法确定文件的编码:既不是 UTF-8(或带 BOM 的 UTF-16),也不是 GBK/GB18030;请另存为 UTF-8 编码的 CSV 或 XLSX。",
        "The file's encoding is neither UTF-8 (nor UTF-16 with its mark) nor GBK/GB18030; "
        "save it as CSV in UTF-8, or as XLSX.",
    )
