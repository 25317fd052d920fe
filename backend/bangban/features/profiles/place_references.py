"""What ``places.yaml`` refers to: areas, service items and their themes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bangban.features.catalog.drafts import ItemDraft
from bangban.features.profiles.documents import Loc
from bangban.features.profiles.profile import ProfileArea
from bangban.features.profiles.references import References
from bangban.kernel.levels import AreaLevel


@dataclass(kw_only=True)
class PlaceReferences(References):
    """``items`` are the catalog's, by their codes."""

    items: dict[str, ItemDraft]

    def under(self, level: AreaLevel, ref: str, loc: Loc) -> Sequence[ProfileArea]:
        """The areas of a level under another; none is a fault."""
        under = self.area(ref, loc)
        if under is None:
            return ()
        areas = self.tree.at_level(level, under=under)
        if not areas and not self.tree.broken:
            self.fault(
                loc,
                f"“{ref}”之下没有 {level} 层级的区域。",
                f"There is no area of level {level} under {ref!r}.",
            )
        return areas

    def check_codes(self, codes: Collection[str], loc: Loc) -> None:
        """Whether the catalog has items of these codes."""
        for code in codes:
            if self.items and code not in self.items:
                self.fault(loc, f"没有事项“{code}”。", f"There is no item {code!r}.")

    def check_themes(self, themes: Collection[str], loc: Loc) -> None:
        """Whether the catalog has items of these themes."""
        known = {item.theme for item in self.items.values()}
        for theme in themes:
            if self.items and theme not in known:
                # A warning: the theme's last item may have ended after the window was set up.
                self.faults.warning(
                    self.document.path,
                    self.document.line(loc),
                    f"没有服务主题“{theme}”的事项。",
                    f"There is no item of the theme {theme!r}.",
                )
