"""Inviting people to their accounts, and letting them set a forgotten password anew: by one-time tokens.

No password ever travels. A token is made at the last moment, in the transaction before its message goes out,
so that it stands in no queue; the newer replaces the older.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from bangban.features.accounts.one_time_tokens import OneTimeToken
from bangban.features.accounts.problems import ContactMissing, LoginMissing
from bangban.features.accounts.tables import CredentialRow
from bangban.features.accounts.values import TokenKind
from bangban.features.people.contacts import open_contacts
from bangban.features.people.problems import StaffInactive
from bangban.features.people.service import get_staff
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.messenger.message import Message
from bangban.kernel.messenger.own_texts import SETTING
from bangban.kernel.messenger.templates import Template
from bangban.kernel.tenancy.work import Work

INVITATION_LIFETIME: Final = timedelta(hours=72)
RESET_LIFETIME: Final = timedelta(minutes=30)

STAFF_INVITED: Final = "staff.invited"
"""Announced with somebody's id: send them an invitation."""

PASSWORD_ASKED: Final = "password.asked"  # noqa: S105 - an announcement's kind, not a password
"""Announced with somebody's id, or with nobody's: a reset was asked for."""


def check_invitable(staff: StaffRow) -> None:
    """Whether there is an account, and a way to its owner.

    Raises ``StaffInactive``, ``LoginMissing``, ``ContactMissing``.
    """
    if not staff.active:
        raise StaffInactive(name=staff.name)
    if staff.login is None or staff.portal_origins is not None:
        raise LoginMissing(name=staff.name)
    if staff.phone_sealed is None and staff.email_sealed is None:
        raise ContactMissing(name=staff.name)


async def invite_staff(work: Work, staff_id: UUID, *, key: str | None = None) -> Message:
    """An invitation with a fresh token, to be sent after the commit; an earlier one counts no more.

    The caller authorises. ``key`` is the message's own. Raises ``StaffUnknown`` and as ``check_invitable``.
    """
    staff = await get_staff(work.db, staff_id, lock=True)
    check_invitable(staff)
    token = await _give_token(work, staff.id, TokenKind.INVITATION, INVITATION_LIFETIME)
    staff.invited_at = work.now
    await work.db.flush()
    work.record(action=Permission.STAFF_MANAGE, object=f"staff:{staff.id}", details={"invited": "sent"})
    return _message(
        work,
        staff,
        Template.INVITATION,
        key=key,
        token=token.text,
        hours=int(INVITATION_LIFETIME.total_seconds()) // 3600,
    )


async def remind_staff(work: Work, staff_id: UUID, *, key: str | None = None) -> Message | None:
    """What is sent to somebody who asked for a reset; None where nothing is.

    Who was invited and has no password yet gets the invitation again.
    """
    staff = await work.db.get(StaffRow, staff_id)
    if staff is None or not staff.active or staff.login is None or staff.portal_origins is not None:
        return None
    if staff.phone_sealed is None and staff.email_sealed is None:
        return None
    if staff.joined_at is None:
        return await invite_staff(work, staff_id, key=key) if staff.invited_at is not None else None
    token = await _give_token(work, staff.id, TokenKind.RESET, RESET_LIFETIME)
    work.record(action=Permission.PASSWORD_RESET, object=f"staff:{staff.id}", details={"token": "sent"})
    return _message(
        work,
        staff,
        Template.PASSWORD_RESET,
        key=key,
        token=token.text,
        minutes=int(RESET_LIFETIME.total_seconds()) // 60,
    )


async def _give_token(work: Work, staff_id: UUID, kind: TokenKind, lifetime: timedelta) -> OneTimeToken:
    token = OneTimeToken.fresh(work.district.slug)
    new = insert(CredentialRow).values(
        staff_id=staff_id,
        token_hash=token.hash(work.vault),
        token_kind=kind,
        token_expires_at=work.now + lifetime,
    )
    given = ("token_hash", "token_kind", "token_expires_at")
    await work.db.execute(
        new.on_conflict_do_update(
            index_elements=[CredentialRow.staff_id], set_={name: new.excluded[name] for name in given}
        )
    )
    return token


def _message(work: Work, staff: StaffRow, template: Template, *, key: str | None, **facts: object) -> Message:
    first, *others = open_contacts(work, staff)
    return Message.of(
        template,
        to=first,
        otherwise=tuple(others),
        district=work.district.slug,
        at=work.now,
        language=staff.language,
        key=key,
        own=work.settings.get(SETTING),
        brand=work.district.brand,
        login=staff.login,
        **facts,
    )
