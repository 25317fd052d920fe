"""What a check found. Each finding stands alone, so a caller decides which ones refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class DocumentKind(StrEnum):
    """Kind of identity document 证件类型, as far as its number shows it."""

    RESIDENT_ID = "RESIDENT_ID"  # 居民身份证, and permits numbered alike; GA/T 2000.156 code 111
    USCC = "USCC"  # 统一社会信用代码
    OTHER = "OTHER"  # passports, travel permits, officers' cards and so on


class Finding(StrEnum):
    """One thing that is wrong, or that could not be confirmed, about a number."""

    LENGTH = "LENGTH"
    CHARACTERS = "CHARACTERS"
    CHECKSUM = "CHECKSUM"
    DATE = "DATE"
    REGION = "REGION"
    AUTHORITY = "AUTHORITY"
    UNVERIFIED = "UNVERIFIED"

    @property
    def zh(self) -> str:
        """The finding in Chinese, as part of a sentence."""
        return _SENTENCES[self][0]

    @property
    def en(self) -> str:
        """The finding in English, as part of a sentence."""
        return _SENTENCES[self][1]


_SENTENCES = {
    Finding.LENGTH: ("位数不对", "it has the wrong number of characters"),
    Finding.CHARACTERS: ("含有不允许的字符", "it has a character that may not stand there"),
    Finding.CHECKSUM: ("校验码不符", "its check character does not match"),
    Finding.DATE: ("出生日期无效", "its date of birth is not possible"),
    Finding.REGION: ("行政区划代码未能核对", "its division code is not in the known list"),
    Finding.AUTHORITY: ("登记管理部门代码未能核对", "its registering authority is not a known one"),
    Finding.UNVERIFIED: ("该类证件无校验码，未能核对", "its kind of document has no check character"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierReport:
    """A normalised number with its findings; ``errors`` refuse it, ``warnings`` only inform."""

    value: str = field(repr=False)  # personal data: kept out of logs and tracebacks
    kind: DocumentKind
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing refuses the number."""
        return not self.errors
