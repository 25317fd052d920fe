"""A service item as tests need one: whatever they do not care about is said here, once."""

from __future__ import annotations

from typing import Any

from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.values import Audience, CaseType, Channel, ServiceKind
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel


def sample_item(code: str, **said: Any) -> ServiceItemRow:
    """A promised public service of a county for persons. ``handled_at`` and ``effective_from`` are said always."""
    usual: dict[str, Any] = {
        "id": new_id(),
        "version": 1,
        "name": "样本事项",
        "kind": ServiceKind.PUBLIC_SERVICE,
        "audience": [Audience.PERSON],
        "level": AreaLevel.COUNTY,
        "case_type": CaseType.PROMISED,
        "promised_working_days": 10,
        "legal_working_days": 20,
        "max_trips": 1,
        "channels": [Channel.HALL, Channel.WEB],
        "legal_basis": ["样本条例第三条"],
        "result_name": "样本结果",
        "details": {},
    }
    return ServiceItemRow(code=code, **(usual | said))
