"""Sessions carried on and ended: rotation, reuse, sign-out at once and everywhere."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bangban.features.accounts import service
from bangban.features.accounts.credentials import set_password
from bangban.features.accounts.desk import SignedIn
from bangban.features.accounts.tables import RefreshTokenRow, SessionRow
from bangban.features.people.tables import AssignmentRow
from bangban.kernel.access.grants import Principal, PrincipalKind
from bangban.kernel.identifiers.samples import sample_phone
from bangban.kernel.problems import DistrictSuspended, NotAuthenticated, SessionEnded
from bangban.kernel.tenancy.tables import DistrictStatus

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@pytest.fixture
def signed(town: Any, now: datetime) -> SignedIn:
    """A clerk who has just signed in."""
    town.hire("clerk", "window-clerk")
    entered: SignedIn = town.sign_in("clerk", now=now)
    return entered


def ended_why(town: Any) -> list[str | None]:
    return [why for (why,) in town.rows(select(SessionRow.ended_why).order_by(SessionRow.id))]


def test_a_session_goes_on_with_new_tokens_each_time(town: Any, signed: SignedIn, now: datetime) -> None:
    current, seen = signed, {signed.refresh_token}
    for each in range(1, 4):
        moment = now + each * 9 * MINUTE
        current = town.refresh(current.refresh_token, now=moment)
        assert current.refresh_token not in seen
        assert current.principal == signed.principal
        assert current.expires_at == moment + 10 * MINUTE
        assert town.bearer(current, now=moment) == signed.principal
        seen.add(current.refresh_token)


def test_a_refresh_token_names_its_district_itself(town: Any, signed: SignedIn) -> None:
    assert signed.refresh_token.startswith(f"r1.{town.district.slug}.")


def test_residents_sessions_go_on_too(town: Any, now: datetime) -> None:
    town.ask_for_code(sample_phone(3), now=now)
    resident = town.use_code(sample_phone(3), town.sent.code, now=now)
    later = town.refresh(resident.refresh_token, now=now + DAY)
    assert later.principal == resident.principal
    assert later.principal.kind is PrincipalKind.RESIDENT


def test_a_second_use_ends_the_whole_session_for_good(town: Any, signed: SignedIn, now: datetime) -> None:
    second = town.refresh(signed.refresh_token, now=now + MINUTE)
    with pytest.raises(SessionEnded):
        town.refresh(signed.refresh_token, now=now + 2 * MINUTE)
    # The thief's and the owner's newest tokens are worth nothing now, and access ends at once.
    with pytest.raises(SessionEnded):
        town.refresh(second.refresh_token, now=now + 3 * MINUTE)
    with pytest.raises(SessionEnded):
        town.bearer(second, now=now + 3 * MINUTE)
    assert ended_why(town) == ["refresh-token-reused"]
    session = str(signed.principal.session_id)
    assert session in town.announced("session.revoked")
    assert town.trail()[-1][1:] == ("session:refresh", f"session:{session}", "refresh-token-reused")


def test_another_session_of_the_same_person_is_left_alone(town: Any, signed: SignedIn, now: datetime) -> None:
    other = town.sign_in("clerk", now=now)
    town.refresh(signed.refresh_token, now=now)
    with pytest.raises(SessionEnded):
        town.refresh(signed.refresh_token, now=now)
    assert town.refresh(other.refresh_token, now=now).principal.session_id == other.principal.session_id


def test_of_two_who_refresh_at_once_one_gets_tokens_and_the_session_ends(
    town: Any, signed: SignedIn, installation: Any, now: datetime
) -> None:
    refresh = service.refresh_session

    async def storm() -> list[Any]:
        async with installation.connection() as watcher, town.write() as work:
            # Held until both are inside, so that neither is done before the other has begun.
            await work.db.get(SessionRow, signed.principal.session_id, with_for_update=True)
            both = [
                asyncio.ensure_future(refresh(town.desk, refresh_token=signed.refresh_token, now=now))
                for _ in range(2)
            ]
            while await watcher.fetchval(_WAITING) < len(both):
                pass
        return await asyncio.gather(*both, return_exceptions=True)

    answers = town.run(storm())
    assert sorted(type(each).__name__ for each in answers) == ["SessionEnded", "SignedIn"]
    assert ended_why(town) == ["refresh-token-reused"]


def test_a_session_lasts_a_fortnight_however_often_it_goes_on(
    town: Any, signed: SignedIn, now: datetime
) -> None:
    almost = now + 14 * DAY - 5 * MINUTE
    late = town.refresh(signed.refresh_token, now=almost)
    assert late.expires_at == now + 14 * DAY
    with pytest.raises(SessionEnded):
        town.refresh(late.refresh_token, now=now + 14 * DAY)


@pytest.mark.parametrize("change", ["district", "secret", "form", "platform"])
def test_a_made_up_refresh_token_is_a_session_that_ended(
    town: Any, signed: SignedIn, change: str, now: datetime
) -> None:
    _, slug, secret = signed.refresh_token.split(".")
    made_up = {
        "district": f"r1.no-such-district.{secret}",
        "secret": f"r1.{slug}.{'A' * 43}",
        "form": "anything at all",
        "platform": f"r1.-.{secret}",
    }[change]
    with pytest.raises(SessionEnded):
        town.refresh(made_up, now=now)
    assert town.refresh(signed.refresh_token, now=now)


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
            payload = json.loads(await asyncio.wait_for(news.get(), timeout=10))
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


def test_one_districts_refresh_token_is_worth_nothing_in_another(
    town: Any, signed: SignedIn, new_district: Any, now: datetime
) -> None:
    elsewhere = new_district()
    secret = signed.refresh_token.split(".")[2]
    with pytest.raises(SessionEnded):
        town.refresh(f"r1.{elsewhere.slug}.{secret}", now=now)


def test_used_tokens_stay_known_so_that_reuse_is_seen(town: Any, signed: SignedIn, now: datetime) -> None:
    town.refresh(signed.refresh_token, now=now)
    used = [used_at is not None for (used_at,) in town.rows(select(RefreshTokenRow.used_at))]
    assert sorted(used) == [False, True]


def test_what_must_be_saved_with_new_tokens_is_saved_with_them_or_neither(
    town: Any, signed: SignedIn, now: datetime
) -> None:
    async def also(db: Any, result: Any) -> None:
        raise RuntimeError("the answer could not be stored")

    refresh = service.refresh_session(town.desk, refresh_token=signed.refresh_token, now=now, also=also)
    with pytest.raises(RuntimeError, match="stored"):
        town.run(refresh)
    assert town.refresh(signed.refresh_token, now=now)


def test_an_unknown_session_in_a_genuine_token_signs_out_quietly(
    town: Any, signed: SignedIn, now: datetime
) -> None:
    stranger = replace(signed.principal, session_id=town.root)
    assert town.sign_out(stranger, now=now) is True
    assert ended_why(town) == [None]
