"""What the outbox does about districts that are being set up."""

from __future__ import annotations

from bangban.features.calendar.local_days import BY_LOCAL_DAY
from bangban.features.calendar.service import Refused, recompute_districts
from bangban.features.configuring.mirroring import mirror, open_district
from bangban.features.configuring.readiness import OPENED, UPSETTING, keep_readiness
from bangban.features.configuring.service import CONFIGURED
from bangban.features.districts.own_rules import CLOSURES
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.tenancy.tenancy import Tenancy


def handlers(tenancy: Tenancy) -> dict[str, Handler]:
    """The handler of each kind; all of them may be called twice for the same."""

    async def configured(delivery: Delivery) -> None:
        await mirror(tenancy, delivery.district.slug, delivery.reference.split(","))
        await keep_readiness(tenancy, tenancy.registry.get(delivery.district.slug))

    async def opened(delivery: Delivery) -> None:
        await open_district(tenancy, delivery.district.slug)

    async def upset(delivery: Delivery) -> None:
        await keep_readiness(tenancy, delivery.district)

    async def closures(delivery: Delivery) -> None:
        async for done in recompute_districts(tenancy, [delivery.district], cause=BY_LOCAL_DAY):
            if isinstance(done, Refused):
                raise done.problem  # so that it is tried again

    made: dict[str, Handler] = dict.fromkeys(UPSETTING, upset)
    return made | {CONFIGURED: configured, OPENED: opened, CLOSURES: closures}
