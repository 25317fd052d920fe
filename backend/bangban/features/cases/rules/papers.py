"""Papers of the applicant's as the rules count them, and as a timeline names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Papers:
    """So many originals and copies of one material."""

    code: str
    originals: int = 0
    copies: int = 0

    @property
    def sheets(self) -> int:
        return self.originals + self.copies


def named_papers(papers: Iterable[Papers], names: Mapping[str, str]) -> str:
    """Papers as a timeline names them: 房产证 原件1 复印件2."""
    return "、".join(
        names.get(each.code, each.code)
        + (f" 原件{each.originals}" if each.originals else "")
        + (f" 复印件{each.copies}" if each.copies else "")
        for each in papers
    )
