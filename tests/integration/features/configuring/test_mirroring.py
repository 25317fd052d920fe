"""What is decided in a district is copied to the registry, whatever stops in between."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

import pytest
from tests.conftest import Run
from tests.integration.features.configuring.conftest import Setup
from tests.integration.features.configuring.deciding import configured, registered, relayed

from bangban.features.configuring.handlers import handlers
from bangban.features.configuring.mirroring import mirror
from bangban.features.configuring.service import configure_district
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


def test_a_refused_change_changes_nothing_on_either_side(setup: Setup) -> None:
    async def broken(work: Work) -> None:
        await configure_district(work, {"name": "坏名区"})
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        setup.inside(broken)
    relayed(setup)
    assert (setup.profile().name, registered(setup).name) == ("测试区", "测试区")


KILLED = """
import asyncio, os, signal, sys
import bangban.features.all_tables
from uuid import UUID
from bangban.features.configuring import mirroring
from bangban.features.configuring.service import configure_district
from bangban.kernel.access.grants import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.ids import AreaId, new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing, MasterKey
from datetime import date

async def main():
    url, tag, slug, area, path = sys.argv[1:]
    ring = KeyRing(MasterKey.fresh())
    tenancy = await Tenancy.open(Endpoint.from_url(url), names=Names(tag), ring=ring)
    tenancy.vault = lambda district: None  # nothing is sealed here
    held = Assignment(Role.ADMIN, AreaId(UUID(area)), path, AreaLevel.COUNTY, since=date(2020, 1, 1))
    admin = Principal(kind=PrincipalKind.STAFF, id=new_id(), district=slug, assignments=(held,))
    async with tenancy.write(tenancy.registry.get(slug), admin) as work:
        names = await configure_district(work, {"name": "杀后区", "brand": "杀后"})
    real = tenancy.reader.district
    async def killed(*given):
        os.kill(os.getpid(), signal.SIGKILL)
    tenancy.reader.district = killed  # the registry's row is held by now, the profile not read yet
    await mirroring.mirror(tenancy, slug, names)

asyncio.run(main())
"""


def test_a_process_that_is_killed_between_the_two_sides_leaves_what_heals_them(setup: Setup) -> None:
    county = setup.areas["county"]
    endpoint = setup.tenancy._engine.url  # the application's own way in

    async def killed() -> int:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "ignore", "-c", KILLED),
            *(
                endpoint.render_as_string(hide_password=False).replace("+asyncpg", ""),
                setup.tenancy.names.tag,
            ),
            *(setup.slug, str(county.id), county.path),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        return await child.wait()

    assert setup.run(killed()) == -signal.SIGKILL
    assert (setup.profile().name, registered(setup).name) == ("杀后区", "测试区")
    relayed(setup)
    row = registered(setup)
    assert (row.name, row.brand) == ("杀后区", "杀后")
    relayed(setup)
    assert registered(setup).name == "杀后区"


def test_copies_made_in_any_order_end_with_what_was_decided_last(setup: Setup) -> None:
    async def scene() -> None:
        for number in range(4):
            await setup.write(lambda work, number=number: configure_district(work, {"name": f"第{number}区"}))
        await asyncio.gather(*(mirror(setup.tenancy, setup.slug, ["name"]) for _ in range(6)))

    setup.run(scene())
    assert registered(setup).name == setup.profile().name == "第3区"


def test_an_operators_own_setting_is_not_undone_by_another_change(setup: Setup) -> None:
    configured(setup, trusted_documents_only=False, allowed_origins=["https://a.example"])
    relayed(setup)

    async def bind() -> None:
        async with setup.tenancy.platform() as db:
            row = await db.get(DistrictRow, setup.slug)
            assert row is not None
            row.trusted_documents_only = True

    setup.run(bind())
    configured(setup, name="再名区")
    relayed(setup)
    row = registered(setup)
    assert (row.name, row.trusted_documents_only, row.allowed_origins) == (
        "再名区",
        True,
        ["https://a.example"],
    )


def test_handlers_may_be_called_twice(setup: Setup, run: Run[Any], tenancy: Tenancy) -> None:
    assert set(handlers(tenancy)) >= {"district.configured", "district.opened"}
    configured(setup, name="两次区")
    relayed(setup)
    run(mirror(tenancy, setup.slug, ["name"]))
    assert registered(setup).name == "两次区"
