"""补交与撤回: papers that go to every case that waits for them, and withdrawing what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.service import supply_materials, withdraw_case
from bangban.features.joint import rules
from bangban.features.joint.problems import NothingOpen
from bangban.features.joint.service.loading import load_application
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work


async def supply_bundle_materials(work: Work, *, number: str, keys: Sequence[str]) -> UUID:
    """Hand in papers once, for every case of the application that still waits for them.

    Raises as ``load_application``, ``rules.plan_supply`` and ``supply_materials``.
    """
    loaded = await load_application(work, number=number, permission=Permission.BUNDLE_APPLY)
    for member, codes in rules.plan_supply(loaded.members, keys, loaded.key_of):
        await supply_materials(work, number=member.number, codes=codes)
    application_id: UUID = loaded.row.id
    return application_id


async def withdraw_bundle(work: Work, *, number: str, reason: str | None = None) -> UUID:
    """Withdraw every case of the application that is not over; what was decided stays.

    Raises as ``load_application`` and ``withdraw_case``, and ``NothingOpen``.
    """
    work.grants.require(Permission.BUNDLE_APPLY)
    await work.hold_calendar()  # it comes before any lock on a case
    loaded = await load_application(work, number=number, permission=Permission.BUNDLE_APPLY)
    still_open = [each for each in loaded.members if each.state in LIVE]
    if not still_open:
        raise NothingOpen
    for each in still_open:
        await withdraw_case(work, number=each.number, reason=reason)
    application_id: UUID = loaded.row.id
    return application_id
