"""The named operations of ``schema/graphql/operations``, and whatever it takes to send each of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from graphql import OperationDefinitionNode, OperationType, parse
from tests.api.bounds import BOUNDS
from tests.api.casework import REQUIRED, Desk, applied, done, fresh, lacking
from tests.api.clients import PASSWORD, Client, Reply
from tests.api.counting import Sent, counted
from tests.api.parts import parts
from tests.api.test_journey_to_rating import day
from tests.passwords import set_operator_password

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id

ROOT = Path(__file__).resolve().parents[2] / "schema" / "graphql"
VILLAGE = "371681101200"


@cache
def text_of(name: str) -> str:
    return (ROOT / "operations" / f"{name}.graphql").read_text("utf-8")


@cache
def all_operations() -> dict[str, OperationDefinitionNode]:
    found = {}
    for path in sorted((ROOT / "operations").glob("*.graphql")):
        (one,) = [
            each
            for each in parse(path.read_text("utf-8")).definitions
            if isinstance(each, OperationDefinitionNode)
        ]
        found[path.stem] = one
    return found


def names_of(kind: OperationType) -> list[str]:
    return [name for name, each in all_operations().items() if each.operation is kind]


def bound_of(name: str) -> int:
    """How many statements the operation may send."""
    return _bounds()[name]


@cache
def _bounds() -> dict[str, int]:
    return {**BOUNDS, **{name: most for part in parts() for name, most in part.bounds.items()}}


def sent_by(client: Client, name: str, variables: dict[str, Any]) -> tuple[Reply, Sent]:
    async def go() -> tuple[Reply, Sent]:
        with counted() as sent:
            return await client.send(text_of(name), **variables), sent

    found: tuple[Reply, Sent] = client.run(go())
    return found


_made: dict[str, Any] = {}


def onboarding_of(desk: Desk) -> tuple[str, str]:
    """An application to join, and its ticket."""
    if "onboarding" not in _made:
        reply, _ = sent_by(desk.place.api, "ApplyForOnboarding", {"input": joining()})
        ticket = reply.data["applyForOnboarding"]
        _made["onboarding"] = (ticket["onboarding"]["id"], ticket["accessToken"])
    found: tuple[str, str] = _made["onboarding"]
    return found


def joining() -> dict[str, Any]:
    return {
        "slug": f"new-{uuid4().hex[:8]}",
        "name": "样本县",
        "divisionCode": "370100",
        "contactName": "样本人",
        "contactPhone": sample_phone(fresh()),
        "contactEmail": "someone@example.test",
        "adminLogin": "admin",
    }


def applied_to_join(
    desk: Desk, *, state: OnboardingState = OnboardingState.APPLIED, **more: Any
) -> tuple[str, str, str]:
    """A fresh application in a state: its id, its ticket, and the code that was sent."""
    given = joining() | more
    reply, _ = sent_by(desk.place.api, "ApplyForOnboarding", {"input": given})
    ticket = reply.data["applyForOnboarding"]
    id_, token = ticket["onboarding"]["id"], ticket["accessToken"]

    async def be() -> None:
        async with desk.services.tenancy.platform() as db:
            row = await db.get(OnboardingRow, UUID(id_))
            assert row is not None
            row.state = state

    if state is not OnboardingState.APPLIED:
        desk.run(be())
    return id_, token, desk.onboarding_code_of(given["contactPhone"])


def operator_of(desk: Desk) -> Client:
    """A platform operator with the duty to onboard, signed in."""
    if "operator" not in _made:

        async def hire() -> str:
            tenancy, passwords = desk.services.tenancy, Passwords(cost=Cost(1, 8, 1))
            async with tenancy.platform() as db:
                operator_id = await set_operator_password(
                    db, passwords=passwords, login="named-operator", name="样本", password=PASSWORD
                )
            now = datetime.now(UTC)
            who = Principal(kind=PrincipalKind.OPERATOR, id=operator_id, session_id=new_id())
            issued = desk.services.desk.issuer.issue(who, now=now, not_after=now + timedelta(minutes=9))
            return issued.text

        _made["operator"] = desk.run(hire())
    return desk.place.api.as_(Authorization=f"Bearer {_made['operator']}")


def case_in(desk: Desk, wanted: str) -> str:
    """The number of a fresh case that has come as far as ``wanted``."""
    helper, clerk = desk.staff("helper-village"), desk.staff("clerk-town")
    n = fresh()
    supplied = {"noticed": [], "tolerated": ["ID-CARD", "DWELLING"]}.get(wanted, list(REQUIRED))
    number = applied(helper, desk.area(VILLAGE), n=n, supplied=supplied)
    _made[number] = n
    if wanted == "submitted":
        return number
    missing = {"noticed": REQUIRED, "tolerated": ("PHOTO",)}.get(wanted, ())
    done(helper, "preCheckCase", number=number, missing=lacking(missing))
    if wanted in ("checked", "noticed"):
        return number
    if wanted == "tolerated":
        done(helper, "preCheckCase", number=number)
    tolerance = {"tolerated": ["PHOTO"], "promisedBy": day(desk, 3)} if wanted == "tolerated" else {}
    done(clerk, "acceptCase", number=number, **tolerance)
    if wanted == "suspended":
        done(clerk, "suspendCase", number=number, reason="等待专家评审")
    elif wanted == "offered":
        to = desk.staff_id("helper-town")
        done(helper, "handOverCase", number=number, toStaffId=to, reason="外出办事")
    elif wanted == "completed":
        done(clerk, "completeCase", number=number, outcome="GRANTED", opinion="材料齐全，准予办理")
    return number


def number_of(case: str) -> int:
    """Which sample person's case it is."""
    found: int = _made[case]
    return found
