"""Refusals that are counted 计数的拒绝, such as a second number for somebody who has one (DOMAIN A03, B05).

A refusal undoes its transaction. So what is to be known of it later goes into the trail by a transaction of its own, as
a wrong password does: who was refused, at what, where, with which code. Nothing else keeps it; counts read it there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from bangban.kernel.access.principals import Principal
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Concern

_log = structlog.get_logger(__name__)

REFUSED: Final = "system:refused"
"""Action of such an entry; its details have the code as ``refused``."""


async def keep_refusal(
    tenancy: Tenancy,
    district: District,
    principal: Principal,
    concern: Concern,
    problem: Problem,
    *,
    request_id: str,
    now: datetime,
) -> None:
    """Put a refusal into the trail where it is one of those that are counted. Trouble here changes no answer."""
    if problem.code not in concern.codes:
        return
    try:
        async with tenancy.write(district, principal, request_id=request_id, now=now) as work:
            work.record(
                action=REFUSED,
                object=concern.object,
                area_id=concern.area_id,
                details={"refused": problem.code.value},
            )
    except (
        Problem
    ) as trouble:  # the caller is told why they were refused, not that nobody could write it down
        _log.warning("refusal not counted", district=district.slug, problem=type(trouble).__name__)
