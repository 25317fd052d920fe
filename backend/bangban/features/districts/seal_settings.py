"""The one seal of a district's results, as its settings say (DOMAIN A09)."""

from __future__ import annotations

import strawberry

from bangban.features.districts.presenting import said
from bangban.features.profiles.models_seal import SEAL
from bangban.kernel.planner.fields import column


@strawberry.type(description="The one seal under which the district's results go out 审批专用章.")
class SealSettings:
    name: str = column("What it is called 印章名称.", said(SEAL, "name", "zh"))
    name_en: str = column("The same in English 印章英文名称.", said(SEAL, "name", "en"))
    keeper: str | None = column("The unit that keeps it 保管单位.", said(SEAL, "keeper", "zh"))
    keeper_en: str | None = column("The same in English 保管单位英文名称.", said(SEAL, "keeper", "en"))
