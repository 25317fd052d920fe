"""Asking for a forgotten password's reset. Known and unknown logins are served alike, step by step.

The request itself sends nothing: it leaves an announcement either way, which names somebody or nobody. So
neither the answer nor the time it takes tells whether a login exists.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bangban.features.accounts.desk import Also, Desk, Recall
from bangban.features.accounts.invitations import PASSWORD_ASKED
from bangban.features.accounts.limits import PASSWORD_RESET, take_turn
from bangban.features.accounts.logins import clean_login
from bangban.features.accounts.tables import AttemptRow
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import RateLimited
from bangban.kernel.tenancy.registry import District


async def request_password_reset(
    desk: Desk,
    *,
    district: District,
    login: str,
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
    recall: Recall | None = None,
) -> bool:
    """Have a token sent to the account's own contact, if there is one. Always True.

    Raises RateLimited: one a minute and five an hour, for every login alike.
    """
    name = clean_login(login)
    stranger = Principal.anonymous(district=district.slug)
    async with desk.tenancy.write(district, stranger, request_id=request_id, now=now) as work:
        subject = work.vault.lookup_hash(name, purpose="login")
        turn = await take_turn(work.db, AttemptRow, PASSWORD_RESET, subject=subject, now=work.now)
        if turn.attempt is None:
            if recall is not None:
                await recall(work.db)
            raise RateLimited(seconds=turn.seconds)
        staff_id = await work.db.scalar(select(StaffRow.id).where(StaffRow.login == name))
        work.record(
            action=Permission.PASSWORD_RESET,
            object=f"staff:{staff_id}" if staff_id else f"login:{subject[:8].hex()}",
            details={"asked": "reset"},
        )
        work.announce(PASSWORD_ASKED, str(staff_id or new_id()))
        if also is not None:
            await also(work.db, True)
    return True
