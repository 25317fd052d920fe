"""Who the bearer of a token is: one statement, kept a minute, forgotten when told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bangban.features.accounts.desk import SignedIn
from bangban.features.accounts.principals import Principals
from bangban.features.people.tables import AssignmentRow
from bangban.kernel.ids import new_id
from bangban.kernel.problems import DistrictRequired, NotFound
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.reading import Reader

SECOND = timedelta(seconds=1)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The role of every statement that is read in a district."""
    seen: list[str] = []
    genuine = Reader.district

    async def watched(self: Reader, slug: str, wall: Wall, sql: str, arguments: Any) -> Any:
        seen.append(self._names.role(slug, wall))
        return await genuine(self, slug, wall, sql, arguments)

    monkeypatch.setattr(Reader, "district", watched)
    return seen


@pytest.fixture
def signed(town: Any, now: datetime) -> SignedIn:
    """A clerk who has just signed in."""
    town.hire("clerk", "window-clerk")
    entered: SignedIn = town.sign_in("clerk", now=now)
    return entered


def promote(town: Any, signed: SignedIn) -> None:
    async def promoted() -> None:
        async with town.write() as work:
            work.db.add(
                AssignmentRow(
                    id=new_id(),
                    staff_id=signed.principal.id,
                    role="supervisor",
                    area_id=town.root,
                    since=date(2026, 1, 1),
                )
            )

    town.run(promoted())


def roles(principal: Any) -> list[str]:
    return [each.role.value for each in principal.assignments]


def test_one_statement_as_the_reading_role_and_none_for_a_minute(
    town: Any, signed: SignedIn, statements: list[str], now: datetime
) -> None:
    for seconds in (0, 1, 59):
        assert town.bearer(signed, now=now + seconds * SECOND) == signed.principal
    assert len(statements) == 1
    assert statements[0].endswith("_ro")
    town.bearer(signed, now=now + 60 * SECOND)
    assert len(statements) == 2


def test_a_change_counts_as_soon_as_it_is_told(town: Any, signed: SignedIn, now: datetime) -> None:
    assert roles(town.bearer(signed, now=now)) == ["window-clerk"]
    promote(town, signed)
    assert roles(town.bearer(signed, now=now)) == ["window-clerk"]
    town.desk.principals.forget("another-district")
    assert roles(town.bearer(signed, now=now)) == ["window-clerk"]
    town.desk.principals.forget(town.district.slug, signed.principal.id)
    assert roles(town.bearer(signed, now=now)) == ["window-clerk", "supervisor"]


def test_all_of_a_district_can_be_forgotten(
    town: Any, signed: SignedIn, statements: list[str], now: datetime
) -> None:
    town.bearer(signed, now=now)
    town.desk.principals.forget(town.district.slug)
    town.bearer(signed, now=now)
    assert len(statements) == 2


def test_what_was_read_while_a_change_was_told_is_not_kept(
    town: Any, signed: SignedIn, statements: list[str], monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    principals = town.desk.principals
    genuine = Principals._read_staff

    async def overtaken(self: Principals, *arguments: Any) -> Any:
        found = await genuine(self, *arguments)
        self.forget(town.district.slug, signed.principal.id)
        return found

    monkeypatch.setattr(Principals, "_read_staff", overtaken)
    town.bearer(signed, now=now)
    monkeypatch.setattr(Principals, "_read_staff", genuine)
    town.bearer(signed, now=now)
    assert len(statements) == 2
    assert principals is town.desk.principals


def test_two_sessions_of_one_person_share_what_is_known_and_keep_their_own_ids(
    town: Any, signed: SignedIn, statements: list[str], now: datetime
) -> None:
    other = town.sign_in("clerk", now=now)
    assert town.bearer(signed, now=now).session_id == signed.principal.session_id
    assert town.bearer(other, now=now).session_id == other.principal.session_id
    assert len(statements) == 1


def test_a_residents_token_needs_no_statement(town: Any, statements: list[str], now: datetime) -> None:
    town.ask_for_code("15400000009", now=now)
    resident = town.use_code("15400000009", town.sent.code, now=now)
    assert town.bearer(resident, now=now) == resident.principal
    assert statements == []


def test_the_memory_is_bounded(
    town: Any, run: Callable[[Any], Any], statements: list[str], now: datetime
) -> None:
    known = Principals(town.desk.tenancy, size=2)
    for login in ("one", "two", "three"):
        town.hire(login, "helper")
    claims = [
        town.desk.verifier.verify(town.sign_in(login, now=now).access_token, now=now)
        for login in ("one", "two", "three")
    ]
    for each in [*claims, claims[0]]:
        run(known.load(town.district, each, now=now))
    assert len(statements) == 4


def test_staff_need_their_district(town: Any, signed: SignedIn, now: datetime) -> None:
    claims = town.desk.verifier.verify(signed.access_token, now=now)
    with pytest.raises(DistrictRequired):
        town.run(town.desk.principals.load(None, claims, now=now))


def test_an_account_is_found_by_its_login(town: Any, signed: SignedIn, now: datetime) -> None:
    found = town.run(town.desk.principals.get_staff_by_login(town.district, "clerk", now=now))
    assert found.id == signed.principal.id
    assert found.session_id is None
    with pytest.raises(NotFound):
        town.run(town.desk.principals.get_staff_by_login(town.district, "nobody", now=now))
