"""Signing in by phone code: residents and firms. Known and unknown phones get the same answers.

A phone has one live code: asking again replaces it. A code is stored as a keyed hash, ends after
``code_lifetime``, after five wrong tries, or with its first right one.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from hmac import compare_digest
from typing import Final

from sqlalchemy import delete, select

from bangban.features.accounts.desk import Also, Desk, Recall, SignedIn
from bangban.features.accounts.limits import SIGN_IN_CODE, take_turn
from bangban.features.accounts.problems import SignInCodeRefused
from bangban.features.accounts.residents import phone_hash, resident_of_phone
from bangban.features.accounts.sessions import open_session
from bangban.features.accounts.tables import AttemptRow, SignInCodeRow
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers.phone import normalise_phone
from bangban.kernel.identifiers.text import plain
from bangban.kernel.ids import new_id
from bangban.kernel.messenger.channel import hand_over
from bangban.kernel.messenger.message import Message
from bangban.kernel.messenger.own_texts import SETTING as OWN_TEXTS
from bangban.kernel.messenger.templates import Template
from bangban.kernel.problems import RateLimited
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.work import Work

MOST_TRIES: Final = 5
_DIGITS: Final = 6
_FORM: Final = re.compile(rf"[0-9]{{{_DIGITS}}}")


async def request_sign_in_code(
    desk: Desk,
    *,
    district: District,
    phone: str,
    language: str = "zh-CN",
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
    recall: Recall | None = None,
) -> bool:
    """Send a fresh code, after the commit. Always True: nothing says whether the phone is known.

    Raises:
        InvalidPhone: It has not the form of a phone.
        RateLimited: One a minute and five an hour, for every phone alike.
    """
    number = normalise_phone(phone, fields=("input.phone",))
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    stranger = Principal.anonymous(district=district.slug)
    async with desk.tenancy.write(district, stranger, request_id=request_id, now=now) as work:
        subject = phone_hash(work.vault, number)
        turn = await take_turn(work.db, AttemptRow, SIGN_IN_CODE, subject=subject, now=work.now)
        if turn.attempt is None:
            if recall is not None:
                await recall(work.db)
            # Nothing was written, so there is nothing that the refusal could lose.
            raise RateLimited(seconds=turn.seconds)
        await work.db.execute(delete(SignInCodeRow).where(SignInCodeRow.phone_hash == subject))
        work.db.add(
            SignInCodeRow(
                id=new_id(),
                phone_hash=subject,
                code_hash=_code_hash(work, number, code),
                expires_at=work.now + desk.code_lifetime,
            )
        )
        if also is not None:
            await also(work.db, True)
        at, own = work.now, work.settings.get(OWN_TEXTS)
    await hand_over(
        desk.messenger,
        Message.of(
            Template.SIGN_IN_CODE,
            to=number,
            district=district.slug,
            at=at,
            language=language,
            own=own,
            brand=district.brand,
            code=code,
            minutes=max(1, int(desk.code_lifetime.total_seconds()) // 60),
        ),
    )
    return True


async def sign_in_with_code(
    desk: Desk,
    *,
    district: District,
    phone: str,
    code: str,
    language: str = "zh-CN",
    request_id: str = "-",
    now: datetime | None = None,
    also: Also | None = None,
    recall: Recall | None = None,
) -> SignedIn:
    """Open a resident's session; the account is made with the first one, its language as this caller reads.

    Raises:
        InvalidPhone: It has not the form of a phone.
        SignInCodeRefused: Wrong, used, expired, tried too often, or never sent.
    """
    number = normalise_phone(phone, fields=("input.phone",))
    stranger = Principal.anonymous(district=district.slug)
    signed = None
    async with desk.tenancy.write(district, stranger, request_id=request_id, now=now) as work:
        if await _use_code(work, number, code):
            resident = await resident_of_phone(work, number, language=language)
            work.principal = Principal(
                kind=PrincipalKind.RESIDENT, id=resident.id, district=district.slug, session_id=new_id()
            )
            signed = await open_session(work, desk, work.principal)
            if also is not None:
                await also(work.db, signed)
        else:
            if recall is not None:
                await recall(work.db)
            subject = phone_hash(work.vault, number)
            work.record(
                action=Permission.SESSION_SIGN_IN,
                object=f"phone:{subject[:8].hex()}",
                details={"refused": "code"},
            )
    # The refusal comes after the commit: the wrong try must stay counted.
    if signed is None:
        raise SignInCodeRefused
    return signed


async def _use_code(work: Work, phone: str, code: str) -> bool:
    """Whether the code was right, and is used from now on; a wrong try is counted.

    The row stays locked to the end of the transaction, so of two who use one code the second finds it used.
    """
    row = await work.db.scalar(
        select(SignInCodeRow)
        .where(
            SignInCodeRow.phone_hash == phone_hash(work.vault, phone),
            SignInCodeRow.used_at.is_(None),
            SignInCodeRow.expires_at > work.now,
            SignInCodeRow.tries < MOST_TRIES,
        )
        .order_by(SignInCodeRow.expires_at.desc())
        .limit(1)
        .with_for_update()
    )
    typed = plain(code)
    given = _code_hash(work, phone, typed if _FORM.fullmatch(typed) else "")
    if row is None:
        return False
    if not compare_digest(row.code_hash, given):
        row.tries += 1
        return False
    row.used_at = work.now
    return True


def _code_hash(work: Work, phone: str, code: str) -> bytes:
    return work.vault.lookup_hash(f"{phone} {code}", purpose="sign-in-code")
