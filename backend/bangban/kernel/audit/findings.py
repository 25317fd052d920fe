"""What a verification can find, as sentences for an auditor and as data for a program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


class FindingKind(StrEnum):
    """What is wrong with the trail 审计异常."""

    CHANGED = "CHANGED"
    MISSING = "MISSING"
    INSERTED = "INSERTED"
    SEAL_CHANGED = "SEAL_CHANGED"
    SEAL_MISSING = "SEAL_MISSING"
    SEAL_BROKEN = "SEAL_BROKEN"
    UNSEALED = "UNSEALED"
    REWRITTEN = "REWRITTEN"


_SENTENCES: Final = MappingProxyType(
    {
        FindingKind.CHANGED: (
            "封印 {seal}:序号 {first}–{last} 的记录被改动、调换或重排。",
            "Seal {seal}: entries {first}–{last} were changed, exchanged or reordered.",
        ),
        FindingKind.MISSING: (
            "封印 {seal}:序号 {first}–{last} 应有 {expected} 条记录,现有 {found} 条,有记录被删除。",
            "Seal {seal}: entries {first}–{last} were {expected} and are {found}: some were removed.",
        ),
        FindingKind.INSERTED: (
            "封印 {seal}:序号 {first}–{last} 应有 {expected} 条记录,现有 {found} 条,有记录被插入。",
            "Seal {seal}: entries {first}–{last} were {expected} and are {found}: some were put in.",
        ),
        FindingKind.SEAL_CHANGED: (
            "封印 {seal}(序号 {first}–{last})自身被改动;它所封的记录与其后的封印相符。",
            "Seal {seal} (entries {first}–{last}) was itself changed; its entries agree with the next seal.",
        ),
        FindingKind.SEAL_MISSING: (
            "自封印 {seal} 起缺失 {found} 个封印,序号 {first}–{last} 的记录无法核验。",
            "{found} seals from number {seal} on are missing: entries {first}–{last} cannot be verified.",
        ),
        FindingKind.SEAL_BROKEN: (
            "封印 {seal}(序号 {first}–{last})与前一封印不相衔接。",
            "Seal {seal} (entries {first}–{last}) does not join the seal before it.",
        ),
        FindingKind.UNSEALED: (
            "序号 {first} 起 {found} 条记录已逾 {minutes} 分钟未封:封印程序未运行,或末尾的封印被删除。",
            "{found} entries from {first} on wait over {minutes} min: no sealer runs, or seals were cut off.",
        ),
        FindingKind.REWRITTEN: (
            "封印 {seal}(序号至 {last})与检查点不符:检查点之前的历史被改写或截断。",
            "Seal {seal} (entries up to {last}) is not the checkpoint's: history was rewritten or cut off.",
        ),
    }
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One fault: the seal and the range of entry numbers it lies in, both ends included."""

    kind: FindingKind
    seal: int | None
    first_seq: int | None
    last_seq: int | None
    expected: int | None = None
    found: int | None = None
    minutes: int | None = None

    def sentence(self, language: str) -> str:
        """The fault in ``zh`` or, for any other language, in English."""
        zh, en = _SENTENCES[self.kind]
        return (zh if language.startswith("zh") else en).format(
            seal=self.seal,
            first=self.first_seq,
            last=self.last_seq,
            expected=self.expected,
            found=self.found,
            minutes=self.minutes,
        )

    def as_json(self) -> dict[str, Any]:
        """The fault as data."""
        return {
            "kind": self.kind.value,
            "seal": self.seal,
            "firstSeq": self.first_seq,
            "lastSeq": self.last_seq,
            "expected": self.expected,
            "found": self.found,
        }


@dataclass(frozen=True, kw_only=True)
class Report:
    """The outcome of one district's verification."""

    district: str
    checked_at: datetime
    seals: int
    entries: int
    findings: tuple[Finding, ...]
    tail_entries: int
    tail_oldest: datetime | None
    checkpoint: int | None = None  # the seal up to which a checkpoint was compared

    @property
    def sound(self) -> bool:
        """Whether nothing at all was found."""
        return not self.findings

    @property
    def first(self) -> Finding | None:
        """The fault that comes first in the trail."""
        return self.findings[0] if self.findings else None

    @property
    def tail_age(self) -> timedelta:
        """How long the oldest unsealed entry has waited; zero where there is none."""
        return timedelta() if self.tail_oldest is None else self.checked_at - self.tail_oldest

    def as_json(self) -> dict[str, Any]:
        """The outcome as data."""
        return {
            "district": self.district,
            "checkedAt": self.checked_at.isoformat(),
            "sound": self.sound,
            "seals": self.seals,
            "entries": self.entries,
            "findings": [finding.as_json() for finding in self.findings],
            "unsealed": {
                "entries": self.tail_entries,
                "oldest": None if self.tail_oldest is None else self.tail_oldest.isoformat(),
                "oldestSeconds": self.tail_age.total_seconds(),
            },
            "checkpoint": self.checkpoint,
        }
