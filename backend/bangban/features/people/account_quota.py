"""How many of a district's staff may sign in, against its quota. Portals do not count."""

from __future__ import annotations

from sqlalchemy import func, select

from bangban.features.people.tables import StaffRow
from bangban.kernel.tenancy.quotas import check_staff_accounts
from bangban.kernel.tenancy.work import Work


async def check_account_quota(work: Work, *, more: int) -> None:
    """Whether ``more`` accounts may be added to those that are stored and may sign in.

    The caller holds the latch of people, so of two at once at the limit the second one counts what the first added.
    Nothing is asked where nothing is added: a quota that was lowered closes no account.

    Raises ``StaffQuotaFull``.
    """
    if more > 0 and work.district.quotas.staff_accounts is not None:
        check_staff_accounts(work.district.quotas, await count_accounts(work) + more)


async def count_accounts(work: Work) -> int:
    """Accounts of staff that may sign in as things stand in this transaction."""
    here = select(func.count()).where(
        StaffRow.active, StaffRow.login.is_not(None), StaffRow.portal_origins.is_(None)
    )
    return int(await work.db.scalar(here) or 0)
