"""Sessions that end: by signing out, at once and everywhere, and with what they stand on."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.accounts.ended import DAY, ended_why
from tests.passwords import set_password

from bangban.features.accounts import service
from bangban.features.accounts.desk import SignedIn
from bangban.features.people.tables import AssignmentRow
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.problems import DistrictSuspended, NotAuthenticated, SessionEnded
from bangban.kernel.tenancy.tables import DistrictStatus


def test_sign_out_counts_at_once(town: Any, signed: SignedIn, now: datetime) -> None:
    town.bearer(signed, now=now)
    assert town.sign_out(signed.principal, now=now) is True
    with pytest.raises(SessionEnded):
        town.bearer(signed, now=now)
    with pytest.raises(SessionEnded):
        town.refresh(signed.refresh_token, now=now)
    assert ended_why(town) == ["signed-out"]
    assert town.trail()[-1] == (
        f"staff:{signed.principal.id}",
        "session:end",
        f"session:{signed.principal.session_id}",
        None,
    )


def test_signing_out_twice_is_no_refusal_and_one_entry(town: Any, signed: SignedIn, now: datetime) -> None:
    assert town.sign_out(signed.principal, now=now)
    assert town.sign_out(signed.principal, now=now)
    assert [action for _, action, *_ in town.trail()].count("session:end") == 1


def test_nobody_signs_out_without_a_session(town: Any, now: datetime) -> None:
    with pytest.raises(NotAuthenticated):
        town.sign_out(Principal.anonymous(district=town.district.slug), now=now)


def test_another_process_hears_of_a_sign_out(
    town: Any, signed: SignedIn, new_desk: Any, installation: Any, now: datetime
) -> None:
    other = new_desk()
    assert town.bearer(signed, now=now, desk=other) == signed.principal

    async def heard() -> dict[str, str]:
        connection = await installation.application.connect()
        news: asyncio.Queue[str] = asyncio.Queue()
        try:
            await connection.add_listener(
                installation.names.channel, lambda *received: news.put_nowait(received[-1])
            )
            await service.sign_out(town.desk, signed.principal, district=town.district, now=now)
            payload = json.loads(await asyncio.wait_for(news.get(), timeout=60))
            await connection.remove_listener(installation.names.channel, news.put_nowait)
        finally:
            await connection.close()
        return dict(payload)

    payload = town.run(heard())
    session = str(signed.principal.session_id)
    assert payload == {"d": town.district.slug, "k": "session.revoked", "r": session}
    other.revocations.note(payload["r"], now=now)
    with pytest.raises(SessionEnded):
        town.bearer(signed, now=now, desk=other)


def test_a_process_that_starts_later_knows_who_signed_out(
    town: Any, signed: SignedIn, new_desk: Any, now: datetime
) -> None:
    town.sign_out(signed.principal, now=now)
    fresh, late = new_desk(), new_desk()
    # The database dates its outbox by its own clock.
    town.run(fresh.revocations.load(town.desk.tenancy, now=datetime.now(UTC)))
    town.run(late.revocations.load(town.desk.tenancy, now=datetime.now(UTC) + timedelta(hours=1)))
    assert signed.principal.session_id in fresh.revocations
    assert signed.principal.session_id not in late.revocations
    with pytest.raises(SessionEnded):
        town.bearer(signed, now=now, desk=fresh)


def test_a_closed_account_ends_when_it_is_read_again(town: Any, signed: SignedIn, now: datetime) -> None:
    town.bearer(signed, now=now)
    town.change_staff(signed.principal.id, active=False)
    town.desk.principals.forget(town.district.slug, signed.principal.id)
    with pytest.raises(SessionEnded):
        town.bearer(signed, now=now)
    with pytest.raises(SessionEnded):
        town.refresh(signed.refresh_token, now=now)
    assert ended_why(town) == ["account-closed"]


def test_who_has_no_assignment_any_more_is_nobody(town: Any, signed: SignedIn, now: datetime) -> None:
    async def relieved() -> None:
        async with town.write() as work:
            await work.db.execute(update(AssignmentRow).values(until=date(2026, 11, 23)))

    town.run(relieved())
    town.desk.principals.forget(town.district.slug)
    assert town.bearer(signed, now=now)
    with pytest.raises(SessionEnded):
        town.refresh(signed.refresh_token, now=now + DAY)


def test_a_new_password_ends_the_sessions_of_the_old_one(town: Any, signed: SignedIn, now: datetime) -> None:
    async def changed() -> None:
        async with town.write(now) as work:
            await set_password(
                work, passwords=town.desk.passwords, staff_id=signed.principal.id, password="山上的石头会唱歌"
            )

    with pytest.raises(Exception, match="10 to 128"):
        town.run(changed())

    async def changed_well() -> None:
        async with town.write(now) as work:
            await set_password(
                work,
                passwords=town.desk.passwords,
                staff_id=signed.principal.id,
                password="山上的石头会唱歌2027",
            )

    town.run(changed_well())
    assert str(signed.principal.session_id) in town.announced("session.revoked")
    with pytest.raises(SessionEnded):
        town.refresh(signed.refresh_token, now=now)
    assert town.sign_in("clerk", "山上的石头会唱歌2027", now=now)


def test_in_a_suspended_district_only_auditors_go_on(
    town: Any, signed: SignedIn, installation: Any, now: datetime
) -> None:
    town.hire("auditor", "auditor")
    auditor = town.sign_in("auditor", now=now)
    registry = town.desk.tenancy.registry

    def set_status(status: DistrictStatus) -> None:
        town.run(installation.set_status(town.district.slug, status))
        town.run(registry.refresh(town.district.slug))

    set_status(DistrictStatus.SUSPENDED)
    with pytest.raises(DistrictSuspended):
        town.refresh(signed.refresh_token, now=now)
    assert town.refresh(auditor.refresh_token, now=now).principal.kind is PrincipalKind.AUDITOR
    # The refused token was not used up.
    set_status(DistrictStatus.LIVE)
    assert town.refresh(signed.refresh_token, now=now)


def test_an_unknown_session_in_a_genuine_token_signs_out_quietly(
    town: Any, signed: SignedIn, now: datetime
) -> None:
    stranger = replace(signed.principal, session_id=town.root)
    assert town.sign_out(stranger, now=now) is True
    assert ended_why(town) == [None]
