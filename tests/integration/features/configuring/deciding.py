"""What is decided of a district here, how it is carried to the registry, and what its checks say."""

from __future__ import annotations

from typing import Any

from tests.integration.features.configuring.conftest import READY, Setup

from bangban.features.configuring.handlers import handlers
from bangban.features.configuring.readiness import run_checks
from bangban.features.configuring.service import configure_district
from bangban.features.configuring.wording import WORDINGS
from bangban.kernel.jobs.relay import Relay
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.kernel.tenancy.work import Work


def configured(setup: Setup, **changes: Any) -> frozenset[str]:
    """What changed of the settings."""
    found: frozenset[str] = setup.inside(lambda work: configure_district(work, changes))
    return found


def registered(setup: Setup) -> DistrictRow:
    """The registry's own row of the district."""

    async def get() -> DistrictRow | None:
        async with setup.tenancy.platform() as db:
            return await db.get(DistrictRow, setup.slug)

    found: DistrictRow = setup.run(get())
    return found


def relayed(setup: Setup) -> None:
    """All that was announced is carried out."""
    setup.run(Relay(setup.tenancy, handlers(setup.tenancy)).drain())


async def whole(work: Work, setup: Setup) -> None:
    """All that the required checks ask for."""
    await configure_district(work, READY)
    await setup.area(work, "town", AreaLevel.TOWN, "county")
    await setup.area(work, "village", AreaLevel.VILLAGE, "town")
    await setup.area(work, "grid", AreaLevel.GRID, "village")
    await setup.staff(work, "boss", ("admin", "county"))
    await setup.staff(work, "audit", ("auditor", "county"))
    await setup.staff(work, "clerk", ("window-clerk", "town"), login=False)
    await setup.staff(work, "agent", ("helper", "grid"), login=False)
    await setup.item(work, "ITEM", AreaLevel.TOWN)


def checked(setup: Setup) -> dict[str, dict[str, Any]]:
    """What the checks find now, by their codes."""
    found = setup.inside(run_checks)
    assert [check["code"] for check in found] == list(WORDINGS)
    return {check["code"]: check for check in found}
