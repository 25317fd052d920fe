"""Two API processes on one database: what one of them changes, the other follows, without a restart.

Real processes as ``bangban serve`` starts them. Whoever asks meanwhile may still get the former answer; a request
is repeated until the new one comes, and the test's own time limit is what it has for that.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from tests.conftest import fresh_database, opened, small_district
from tests.integration.cli.test_run import free_port
from tests.passwords import set_password

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import StaffRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.vault.key_file import make_file

Run = Callable[[Any], Any]
ROOT = Path(__file__).resolve().parents[2]
SERVE = [sys.executable, "-c", "from bangban.cli import main; main()", "serve"]
PASSWORD = "a-password-of-the-test-run"
SECONDS = 110
pytestmark = pytest.mark.timeout(300)  # two servers start before the first test


@dataclass
class Two:
    """Both processes, and the installation beneath them."""

    left: str
    right: str
    installation: Installation
    run: Run

    def ask(self, at: str, document: str, **headers: str) -> dict[str, Any]:
        """One request to one process."""
        found: dict[str, Any] = httpx.post(
            f"{at}/graphql", json={"query": document}, headers=headers, timeout=30
        ).json()
        return found

    def signed_in(self, at: str, login: str) -> str:
        document = (
            f'mutation {{ signIn(input: {{login: "{login}", password: "{PASSWORD}"}}) {{ accessToken }} }}'
        )
        token = self.ask(at, document, **{"X-District": "rushan"})["data"]["signIn"]["accessToken"]
        return f"Bearer {token}"

    def until(self, wanted: Callable[[dict[str, Any]], bool], at: str, document: str, **headers: str) -> None:
        """Ask until the answer is the wanted one."""

        deadline = time.monotonic() + SECONDS
        while not wanted(answer := self.ask(at, document, **headers)):
            assert time.monotonic() < deadline, answer


def code_of(answer: dict[str, Any]) -> str | None:
    return answer["errors"][0]["extensions"]["code"] if answer.get("errors") else None


@pytest.fixture(scope="module")
def two(
    server: Endpoint, run: Run, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Two]:
    var = tmp_path_factory.mktemp("two")
    ring = make_file(var / "keys" / "master.key")
    with ExitStack() as stack:
        admin = stack.enter_context(fresh_database(server, run, worker_id))
        installation = run(Installation.prepare(admin, ring))
        with opened(installation, run) as tenancy:
            run(onboard(installation, tenancy, read_profile(ROOT / "tenants" / "rushan")))
            run(_passwords(tenancy))
        url = f"postgresql://{admin.user}:{admin.password}@{admin.host}:{admin.port}/{admin.database}"
        addresses = []
        for _ in range(2):
            port = free_port()
            environment = {
                **os.environ,
                "PYTHONPATH": str(ROOT / "backend"),
                "BANGBAN_DATABASE_URL": url,
                "BANGBAN_VAR": str(var),
                "BANGBAN_TENANTS": str(ROOT / "tenants"),
                "BANGBAN_PORT": str(port),
                "LC_ALL": "C.UTF-8",
            }
            process = subprocess.Popen(SERVE, env=environment, stdout=subprocess.DEVNULL)
            stack.callback(_end, process)
            addresses.append(f"http://127.0.0.1:{port}")
        for address in addresses:
            run(_ready(address))
        yield Two(*addresses, installation, run)


async def _passwords(tenancy: Any) -> None:
    passwords = Passwords(cost=Cost(1, 8, 1))
    async with platform_work(tenancy, tenancy.registry.get("rushan")) as work:
        for row in (await work.db.scalars(select(StaffRow).where(StaffRow.login.is_not(None)))).all():
            await set_password(work, passwords=passwords, staff_id=row.id, password=PASSWORD)
    passwords.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)


async def _ready(address: str) -> None:
    async with asyncio.timeout(SECONDS), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{address}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)  # nobody listens yet


CASES = "{ cases { totalCount } }"


def test_a_policy_line_added_here_holds_there(two: Two) -> None:
    clerk = {"Authorization": two.signed_in(two.right, "clerk-county")}
    admin = {"Authorization": two.signed_in(two.left, "admin")}
    for at in (two.left, two.right):
        assert code_of(two.ask(at, CASES, **clerk)) is None
    line = '{role: "window-clerk", level: "*", object: "case", action: "read", effect: DENY}'
    added = two.ask(
        two.left, f"mutation {{ addPolicyLines(input: {{lines: [{line}]}}) {{ added }} }}", **admin
    )
    assert "errors" not in added, added
    two.until(lambda answer: code_of(answer) == "FORBIDDEN", two.right, CASES, **clerk)
    (own,) = two.ask(two.right, "{ policyLines(shipped: false) { id } }", **admin)["data"]["policyLines"]
    removed = two.ask(
        two.right, f'mutation {{ removePolicyLines(input: {{ids: ["{own["id"]}"]}}) {{ removed }} }}', **admin
    )
    assert "errors" not in removed, removed
    two.until(lambda answer: code_of(answer) is None, two.left, CASES, **clerk)


def test_who_signs_out_here_is_signed_out_there(two: Two) -> None:
    guide = {"Authorization": two.signed_in(two.left, "guide")}
    viewer = "{ viewer { kind } }"
    assert two.ask(two.right, viewer, **guide)["data"]["viewer"]["kind"] == "STAFF"
    assert two.ask(two.left, "mutation { signOut }", **guide)["data"]["signOut"] is True
    two.until(lambda answer: code_of(answer) is not None, two.right, viewer, **guide)


def test_a_district_that_is_made_suspended_or_opened_is_so_everywhere(two: Two) -> None:
    district = "{ district { slug } }"
    here = {"X-District": "young"}
    assert code_of(two.ask(two.left, district, **here)) == "DISTRICT_UNKNOWN"
    two.run(two.installation.create_district(small_district("young")))
    for status, wanted in (
        (DistrictStatus.LIVE, None),
        (DistrictStatus.SUSPENDED, "DISTRICT_SUSPENDED"),
        (DistrictStatus.LIVE, None),
    ):
        two.run(two.installation.set_status("young", status))
        for at in (two.left, two.right):
            two.until(lambda answer, wanted=wanted: code_of(answer) == wanted, at, district, **here)  # type: ignore[misc]  # bound in the loop


def test_a_plan_made_there_does_not_outlive_what_is_changed_here(two: Two) -> None:
    """The same document before and after: the plan is kept, what it reads is not."""
    everybody = {"X-District": "rushan"}
    admin = {"Authorization": two.signed_in(two.left, "admin")}
    areas = "{ areas(level: TOWN, first: 100) { edges { node { id name } } } }"
    before = two.ask(two.right, areas, **everybody)["data"]["areas"]["edges"]
    area = before[0]["node"]
    renamed = two.ask(
        two.left,
        f'mutation {{ renameArea(input: {{areaId: "{area["id"]}", name: "样本新名"}}) {{ name }} }}',
        **admin,
    )
    assert renamed["data"]["renameArea"]["name"] == "样本新名"
    after = two.ask(two.right, areas, **everybody)["data"]["areas"]["edges"]
    assert {each["node"]["name"] for each in after} == {
        each["node"]["name"] for each in before if each["node"] != area
    } | {"样本新名"}
