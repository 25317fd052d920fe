"""What has had its time is deleted, and nothing that still counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from tests.integration.features.accounts.conftest import NOW

from bangban.features.accounts import sweeping
from bangban.features.accounts.sweeping import sweep
from bangban.features.accounts.tables import AttemptRow, RefreshTokenRow, SessionRow, SignInCodeRow
from bangban.kernel.access.principals import Principal
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import StoredAnswerRow
from bangban.kernel.tenancy.tenancy import Tenancy

OLD, FRESH = NOW - timedelta(days=3), NOW - timedelta(minutes=5)


async def _fill(tenancy: Tenancy, district: District) -> None:
    async with tenancy.write(district, Principal.anonymous(district=district.slug), now=NOW) as work:
        for name, at in ((b"old", OLD), (b"new", FRESH)):
            session = SessionRow(id=new_id(), created_at=at, expires_at=at + timedelta(days=1))
            work.db.add_all(
                [
                    session,
                    StoredAnswerRow(principal="x", key=name.decode(), body_hash=b"", at=at),
                    AttemptRow(kind="test", subject=name, at=at),
                    SignInCodeRow(id=new_id(), phone_hash=name, code_hash=b"", expires_at=at),
                ]
            )
            await work.db.flush()
            token = RefreshTokenRow(token_hash=name, session_id=session.id, issued_at=at, used_at=at)
            work.db.add(token)


async def _left(tenancy: Tenancy, district: District) -> list[list[Any]]:
    columns = (StoredAnswerRow.key, AttemptRow.subject, SignInCodeRow.phone_hash, RefreshTokenRow.token_hash)
    async with tenancy.write(district, Principal.anonymous(district=district.slug), now=NOW) as work:
        return [list((await work.db.scalars(select(column))).all()) for column in columns]


def test_sessions_long_over_go_and_those_that_still_have_a_token_stay(
    tenancy: Tenancy, district: District, run: Callable[[Any], Any]
) -> None:
    async def fill() -> list[Any]:
        ids = []
        async with tenancy.write(district, Principal.anonymous(district=district.slug), now=NOW) as work:
            for days in (40, 35, 31, 29, 0):
                session = SessionRow(
                    id=new_id(), created_at=NOW - timedelta(days=50), expires_at=NOW - timedelta(days=days)
                )
                work.db.add(session)
                ids.append(session.id)
        return ids

    async def left() -> set[Any]:
        async with tenancy.write(district, Principal.anonymous(district=district.slug), now=NOW) as work:
            return set(await work.db.scalars(select(SessionRow.id)))

    ids = run(fill())
    run(sweep(tenancy, now=NOW))
    assert run(left()) == set(ids[3:])
    assert sweeping.MOST_SESSIONS >= 1000  # a round is bounded, and not so small that it never catches up


def test_only_what_is_over_goes(tenancy: Tenancy, district: District, run: Callable[[Any], Any]) -> None:
    run(_fill(tenancy, district))
    run(sweep(tenancy, now=NOW))
    # The used token of a session that is still open stays: using it again must end the session.
    assert run(_left(tenancy, district)) == [["new"], [b"new"], [b"new"], [b"new"]]
