"""What the files of a profile refer to, and faults told at their lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bangban.features.profiles.areas import AreaTree
from bangban.features.profiles.documents import Document, Loc
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.profile import ProfileArea


@dataclass(kw_only=True)
class References:
    """The references of one file."""

    tree: AreaTree
    document: Document
    faults: FaultList

    def area(self, ref: str, loc: Loc) -> ProfileArea | None:
        """The area of this key, code or name; one that may be among the rows left out is no fault."""
        area = self.tree.find(ref)
        if area is None and self.tree.unknown(ref):
            self.fault(loc, f"没有区域“{ref}”。", f"There is no area {ref!r}.")
        return area

    def fault(self, loc: Loc, zh: str, en: str) -> None:
        """Name a fault of the file at the line of ``loc``."""
        self.faults.error(self.document.path, self.document.line(loc), zh, en)

    def say(self, loc: Loc, wrong: Iterable[tuple[str, str]]) -> None:
        """Name faults that a rule found, each in Chinese and English."""
        for zh, en in wrong:
            self.fault(loc, zh, en)
