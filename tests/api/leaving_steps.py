"""What it takes to send what a district asks for when it leaves, and what an operator does then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import delete, update
from tests.api.casework import Desk
from tests.api.clients import PASSWORD, Client
from tests.api.named import sent_by
from tests.api.shapes import Step
from tests.passwords import set_operator_password

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.kernel.jobs.tables import TaskRow
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus

GOING = "nanjing-pukou"  # the district that leaves and stays here; no other test's
PASSPHRASE = "河边的柳树发芽了 2026 年"


def going(desk: Desk, status: DistrictStatus) -> Client:
    """The administrator of a district that stands so, with an archive and nothing under way."""
    facts = {"file": "x.zip", "sha256": "0" * 64, "bytes": 1, "rows": 1, "at": "2026-11-01T00:00:00+00:00"}
    since = datetime(2026, 10, 1, tzinfo=UTC) if status is DistrictStatus.LEAVING else None

    async def stand() -> None:
        async with desk.services.tenancy.platform() as db:
            await db.execute(
                update(DistrictRow)
                .where(DistrictRow.slug == GOING)
                .values(status=status, leaving_since=since, archive=facts)
            )
            await db.execute(delete(TaskRow).where(TaskRow.district == GOING))
        await desk.services.tenancy.registry.refresh(GOING)

    desk.run(stand())
    place = desk.others[GOING]
    return place.sign_in("admin")


def leaving(desk: Desk) -> Client:
    """The same, once it asked to leave."""
    going(desk, DistrictStatus.LIVE)
    return going(desk, DistrictStatus.LEAVING)


def operator(desk: Desk) -> Client:
    """A system operator."""

    async def made() -> None:
        passwords = Passwords(cost=Cost(1, 8, 1))
        async with desk.services.tenancy.platform() as db:
            await set_operator_password(
                db, passwords=passwords, login="bounds-operator", name="样本", password=PASSWORD
            )
        passwords.close()

    desk.run(made())
    given = {"login": "bounds-operator", "password": PASSWORD}
    reply, _ = sent_by(desk.place.api, "SignIn", {"input": given})
    return desk.place.api.as_(Authorization=f"Bearer {reply.data['signIn']['accessToken']}")


def dropping(desk: Desk) -> Step:
    leaving(desk)
    return operator(desk), {"slug": GOING, "confirmSlug": GOING}


STEPS: dict[str, Callable[[Desk], Step]] = {
    "ExportDistrict": lambda d: (going(d, DistrictStatus.LIVE), {"passphrase": PASSPHRASE}),
    "LeavePlatform": lambda d: (
        going(d, DistrictStatus.LIVE),
        {"passphrase": PASSPHRASE, "reason": "样本原因"},
    ),
    "CancelLeaving": lambda d: (leaving(d), {"reason": "样本原因"}),
    "DropDistrict": dropping,
}
