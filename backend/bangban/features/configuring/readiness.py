"""Running the checks, keeping what they found for the applicant, and going live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Date, Text, bindparam, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.configuring.checks import CheckFacts, checks
from bangban.features.configuring.mirroring import LIVE_SINCE
from bangban.features.configuring.problems import NotReady
from bangban.features.configuring.service import hold_profile
from bangban.features.districts.platform import platform_work
from bangban.features.districts.service import set_onboarding_state
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.kernel.access.vocabulary import HANDLING, Permission
from bangban.kernel.database.telling import tell
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

OPENED: Final = "district.opened"
"""The district decided to go live; the registry is to be told."""

UPSETTING: Final = (
    "staff.changed",
    "policy.changed",
    "registry.changed",
    "calendar.changed",
    "catalog.changed",
    "area.changed",
)
"""After these a check may come out otherwise."""

_UNDER_WAY: Final = (OnboardingState.CONFIGURING, OnboardingState.READY)
_STATEMENT: Final = checks(
    CheckFacts(
        today=bindparam("today", type_=Date()),
        handling=bindparam("handling", type_=ARRAY(Text())),
        days_left=bindparam("days_left", type_=BigInteger()),
    )
)

Check = dict[str, Any]


async def run_checks(work: Work) -> list[Check]:
    """Every check as it comes out now, in order: the members of ``ReadinessCheck``, sentences in both languages."""
    calendar = work.calendar
    facts = {
        "today": work.today,
        "handling": list(work.policy.posts_that_may(*HANDLING)),
        "days_left": calendar.days_left(work.today),
    }
    rows = await work.db.execute(_STATEMENT, facts)
    return [row.value for row in sorted(rows, key=lambda row: row.place)]


def missing_of(found: Sequence[Check]) -> list[Check]:
    """The required checks that did not pass."""
    return [check for check in found if check["required"] and not check["passed"]]


async def go_live(work: Work) -> bool:
    """Decide that the district is open from now on; whether that is new. ``mirroring.open_district`` opens it.

    Of two at once one decides and the other finds it decided. Raises ``Forbidden``, ``NotSetUp``, or ``NotReady``
    with everything that is missing.
    """
    work.grants.require(Permission.DISTRICT_CONFIGURE)
    profile = await hold_profile(work)
    if LIVE_SINCE in profile.settings or work.district.status is not DistrictStatus.PROVISIONING:
        return False
    missing = missing_of(await run_checks(work))
    if missing:
        raise NotReady([(check["code"], check["zh"], check["en"]) for check in missing])
    profile.settings = {**profile.settings, LIVE_SINCE: work.now.isoformat()}
    await work.db.flush()
    work.record(action="district:go-live", object=f"district:{work.district.slug}")
    work.announce(OPENED, "")
    return True


async def keep_readiness(tenancy: Tenancy, district: District) -> list[Check] | None:
    """Run the checks of a district on its way and keep them for its applicant; None for any other district.

    When all required ones pass its onboarding becomes READY; when one no longer does, CONFIGURING again.
    """
    slug = district.slug
    if district.status is not DistrictStatus.PROVISIONING:
        return None
    async with tenancy.platform() as db:
        under_way = select(OnboardingRow.id, OnboardingRow.readiness).where(
            OnboardingRow.slug == slug, OnboardingRow.state.in_(_UNDER_WAY)
        )
        row = (await db.execute(under_way)).one_or_none()
    if row is None:
        return None
    tenancy.forget(slug)
    async with platform_work(tenancy, district, request_id="readiness") as work:
        found = await run_checks(work)
    async with tenancy.platform() as db:
        state = OnboardingState.CONFIGURING if missing_of(found) else OnboardingState.READY
        await set_onboarding_state(db, tenancy, slug, state)
        if row.readiness != found:
            kept = update(OnboardingRow).where(OnboardingRow.id == row.id)
            await db.execute(kept.values(readiness=found))
            await tell(db, tenancy.names.channel, slug=slug, kind="onboarding.changed", reference=str(row.id))
    return found


async def keep_all(tenancy: Tenancy) -> None:
    """``keep_readiness`` for every district on its way: what no announcement told of shows here."""
    for district in tuple(tenancy.registry):
        await keep_readiness(tenancy, district)
