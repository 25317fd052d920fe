"""Sessions carried on and ended: rotation, reuse, sign-out at once and everywhere."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.integration.features.accounts.ended import DAY, ended_why

from bangban.features.accounts import service
from bangban.features.accounts.desk import SignedIn
from bangban.features.accounts.tables import RefreshTokenRow, SessionRow
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.identifiers.samples import sample_phone
from bangban.kernel.problems import SessionEnded

MINUTE = timedelta(minutes=1)
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


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
