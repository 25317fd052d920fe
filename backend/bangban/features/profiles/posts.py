"""Where people of a profile may be posted: the areas at which the district works, and its service points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bangban.features.profiles.documents import Loc
from bangban.features.profiles.profile import ProfileArea
from bangban.features.profiles.references import References
from bangban.kernel.access.roles import Role
from bangban.kernel.levels import AreaLevel


@dataclass(kw_only=True)
class Posts(References):
    """``points`` are the keys of service points, each with the key of its area."""

    levels: tuple[AreaLevel, ...]
    points: Mapping[str, str]

    def area(self, ref: str, loc: Loc) -> ProfileArea | None:
        """The area, if it exists and the district works at its level."""
        area = super().area(ref, loc)
        if area is not None and area.level not in self.levels:
            self.fault(
                loc,
                f"“{area.name}”仅作地址,本地区不在 {area.level} 层级任职。",
                f"{area.name} is a place only: nobody works at the level {area.level} here.",
            )
            return None
        return area

    def areas(self, level: AreaLevel, under: str, loc: Loc) -> list[ProfileArea]:
        """The areas of a level under another; none is a fault."""
        top = self.area(under, (*loc, "under"))
        if top is None:
            return []
        found = self.tree.at_level(level, under=top)
        if level not in self.levels or not (found or self.tree.broken):
            self.fault(
                (*loc, "level"),
                f"“{under}”之下没有可任职的 {level} 区域。",
                f"There is no area of level {level} under {under!r} where anybody works.",
            )
            return []
        return found

    def check_point(self, role: Role, point: str | None, area: ProfileArea, loc: Loc) -> None:
        """Whether the point lies in the area of the role, which a partner's clerk must have."""
        if point is None:
            if role is Role.PARTNER_CLERK:
                self.fault(loc, "合作网点人员须指定服务点。", "A partner's clerk needs a service point.")
            return
        place = self.tree.find(self.points.get(point, ""))
        if place is None or not self.tree.within(place, area):
            self.fault(
                (*loc, "point"),
                f"任职区域内没有服务点“{point}”。",
                f"There is no service point {point!r} in the area of the role.",
            )

    def check_order(self, since: date, until: date | None, loc: Loc) -> None:
        """Nothing ends before it begins."""
        if until is not None and until < since:
            self.fault(
                loc,
                f"结束日期 {until} 早于开始日期 {since}。",
                f"It ends on {until}, before it begins on {since}.",
            )
