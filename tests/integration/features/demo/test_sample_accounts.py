"""Accounts of the sample districts: those of the file sign in, whatever became of them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

from sqlalchemy import func, select, update
from tests.integration.features.demo.samples import Loaded

from bangban.features.accounts.tables import CredentialRow, OperatorRow, SessionRow
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.ids import new_id


def test_every_account_of_the_file_signs_in(samples: Loaded) -> None:
    entries = samples.file()
    assert {tuple(entry) for entry in entries} == {("district", "login", "password", "role", "level", "area")}
    assert len({entry["password"] for entry in entries}) == len(entries)
    operators = {entry["login"]: entry for entry in entries if entry["district"] is None}
    assert {each["role"] for each in operators.values()} == {duty.role for duty in OperatorDuty}
    for entry in entries:
        if entry["district"] is not None:
            assert samples.signs_in(entry["district"], entry["login"], entry["password"])

    async def stored() -> list[OperatorRow]:
        async with samples.tenancy.platform() as db:
            return list(await db.scalars(select(OperatorRow).where(OperatorRow.login.in_(operators))))

    rows = samples.run(stored())
    assert len(rows) == len(OperatorDuty)
    for row in rows:
        entry = operators[row.login]
        assert (entry["role"], entry["level"], entry["area"]) == (row.duty.role, None, None)
        assert samples.run(samples.passwords.verify(row.password_hash, entry["password"])).right


def test_the_file_says_where_a_role_is_held(samples: Loaded) -> None:
    held = {
        (entry["district"], entry["login"]): (entry["role"], entry["level"], entry["area"])
        for entry in samples.file()
    }
    assert held["demo-rushan", "clerk-county"] == ("window-clerk", "COUNTY", "乳山市")
    assert held["demo-zibo", "helper-grid"][:2] == ("helper", "GRID")


def test_a_password_that_somebody_changed_is_set_again_and_ends_their_sessions(samples: Loaded) -> None:
    slug, login = "demo-rushan", "guide"
    (entry,) = (each for each in samples.file() if (each["district"], each["login"]) == (slug, login))
    ((staff_id,),) = samples.all(slug, select(StaffRow.id).where(StaffRow.login == login))
    other = samples.run(samples.passwords.hash("another password"))
    samples.change(
        slug, update(CredentialRow).where(CredentialRow.staff_id == staff_id).values(password_hash=other)
    )

    async def signed_in() -> None:
        async with platform_work(samples.tenancy, samples.district(slug)) as work:
            work.db.add(
                SessionRow(
                    id=new_id(),
                    staff_id=staff_id,
                    created_at=work.now,
                    expires_at=datetime(2999, 1, 1, tzinfo=UTC),
                )
            )

    samples.run(signed_in())
    samples.load()
    assert samples.signs_in(slug, login, entry["password"])
    assert samples.all(
        slug,
        select(func.count()).where(SessionRow.staff_id == staff_id, SessionRow.ended_at.is_(None)),
    ) == [(0,)]


def test_where_the_file_is_lost_everybody_gets_a_new_password(samples: Loaded) -> None:
    before = {(entry["district"], entry["login"]): entry["password"] for entry in samples.file()}
    shutil.rmtree(samples.var / "demo")
    samples.load()
    after = {(entry["district"], entry["login"]): entry["password"] for entry in samples.file()}
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())
    assert samples.signs_in("demo-zibo", "admin", after["demo-zibo", "admin"])


def test_where_only_the_stamps_are_lost_passwords_stay(samples: Loaded) -> None:
    before = samples.file()
    (samples.var / "demo" / ".accounts.stamps").unlink()
    samples.load()
    assert samples.file() == before
    assert (samples.var / "demo" / ".accounts.stamps").exists()
