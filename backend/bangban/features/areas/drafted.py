"""What imports draft areas from: the tree as it is, and the lines of a file or list turned into drafts. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bangban.features.areas.divisions import kind_of_code
from bangban.features.areas.rules import AreaDraft, AreaNode
from bangban.features.areas.values import AreaKind
from bangban.kernel.levels import AreaLevel
from bangban.kernel.sheets import LineFault

ROOT_KEY: Final = "county"  # of the county in every district that was not set up otherwise


@dataclass(kw_only=True)
class Drafted:
    """Drafts with the line that each comes from, and why other lines gave none.

    ``ignored`` lines are of levels that the district does not use, ``left_out`` ones of other counties.
    """

    drafts: list[AreaDraft] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[LineFault] = field(default_factory=list)
    ignored: int = 0
    left_out: int = 0

    def add(self, draft: AreaDraft, line: int) -> None:
        """Take a draft in; one with the same key is a fault of the later line."""
        first = self.lines.setdefault(draft.key, line)
        if first == line:
            self.drafts.append(draft)
        else:
            self.faults.append(
                LineFault(
                    line,
                    None,
                    f"与第 {first} 行是同一个区域。",
                    f"This is the same area as in line {first}.",
                )
            )


@dataclass(frozen=True, kw_only=True)
class Place:
    """What of a district the drafting of its areas depends on. ``levels`` include those of places only."""

    name: str
    division_code: str | None
    levels: frozenset[AreaLevel]


class Known:
    """The stored tree, by whatever a line may call an area."""

    def __init__(self, stored: Iterable[AreaNode]) -> None:
        self.by_id = {node.id: node for node in stored}
        self.by_key = {node.key: node for node in self.by_id.values()}
        self.by_code = {node.code: node for node in self.by_id.values() if node.code}
        self.root = next((node for node in self.by_id.values() if node.parent_id is None), None)
        self._by_name: dict[str, list[AreaNode]] = defaultdict(list)
        for node in self.by_id.values():
            if node.retired_on is None:
                for name in {node.name, node.full_name}:
                    self._by_name[name].append(node)

    def called(self, ref: str) -> AreaNode | None:
        """The area with this key or code."""
        return self.by_key.get(ref) or self.by_code.get(ref)

    def named(self, name: str) -> list[AreaNode]:
        """Areas in use with this name."""
        return self._by_name.get(name, [])

    def parent_of(self, node: AreaNode) -> AreaNode | None:
        """The area above."""
        return self.by_id[node.parent_id] if node.parent_id else None


def root_draft(place: Place) -> AreaDraft:
    """The county of a district that has no area yet."""
    code = place.division_code
    return AreaDraft(
        key=ROOT_KEY,
        code=code,
        name=place.name,
        level=AreaLevel.COUNTY,
        kind=kind_of_code(code, place.name) if code else AreaKind.ZONE,  # only zones have no code
        provenance="official" if code else "stated",
    )


def foreign(place: Place, code: str) -> tuple[str, str] | None:
    """Why a division code cannot be this district's, in Chinese and English, or None."""
    own = place.division_code
    if own is None or code.startswith(own):
        return None
    return (
        f"代码 {code} 属于其他县(市、区),本地区的代码是 {own}。",
        f"The code {code} is another county's; this district's is {own}.",
    )
