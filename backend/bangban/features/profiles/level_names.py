"""What the levels of an area tree are usually called; a district may call its own otherwise (DOMAIN 2.6)."""

from __future__ import annotations

from typing import Final

from bangban.features.profiles.models import Text
from bangban.kernel.levels import AreaLevel

USUAL_NAMES: Final[dict[AreaLevel, Text]] = {
    AreaLevel.COUNTY: Text(zh="县区", en="County"),
    AreaLevel.TOWN: Text(zh="镇街", en="Town"),
    AreaLevel.VILLAGE: Text(zh="村居", en="Village"),
    AreaLevel.GRID: Text(zh="网格", en="Grid"),
    AreaLevel.MICRO_GRID: Text(zh="微网格", en="Micro-grid"),
}
