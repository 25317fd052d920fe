"""Faults of a profile: file, line and reason, collected so that one run names them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bangban.kernel.faulty import faults_counted
from bangban.kernel.problems import ErrorCode, Problem

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class ProfileFault:
    """One thing that is wrong. A warning does not keep the profile from being read."""

    file: str
    line: int
    reason_zh: str
    reason_en: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.reason_en}"


class ProfileFaulty(Problem):
    """The profile cannot be used; ``faults`` holds every reason, warnings included."""

    code = ErrorCode.INVALID_INPUT
    zh = "地区资料有 {count} 处错误,第一处在 {file} 第 {line} 行:{reason_zh}"
    en = "The district profile has {counted}; the first is in {file}, line {line}: {reason_en}"

    def __init__(self, faults: Iterable[ProfileFault]) -> None:
        self.faults = tuple(faults)
        errors = [fault for fault in self.faults if fault.severity == "error"]
        first = errors[0]
        super().__init__(
            fields=tuple(f"{fault.file}:{fault.line}" for fault in errors),
            count=len(errors),
            counted=faults_counted(len(errors)),
            file=first.file,
            line=first.line,
            reason_zh=first.reason_zh,
            reason_en=first.reason_en,
        )


@dataclass(slots=True)
class FaultList:
    """Collects faults while a profile is read."""

    found: list[ProfileFault] = field(default_factory=list)

    def error(self, file: Path, line: int, zh: str, en: str) -> None:
        self.found.append(ProfileFault(str(file), line, zh, en))

    def warning(self, file: Path, line: int, zh: str, en: str) -> None:
        self.found.append(ProfileFault(str(file), line, zh, en, "warning"))

    @property
    def has_errors(self) -> bool:
        return any(fault.severity == "error" for fault in self.found)

    def sorted(self) -> list[ProfileFault]:
        """By file and line, each said once."""
        return sorted(set(self.found))
