"""Casework as clients do it: mutations by name, applicants nobody is, codes read from the messenger's files."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.sql import Select
from tests.api.clients import Client, Place, Reply

from bangban.features.cases.tables import CaseEventRow, CaseRow
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import StaffRow
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.messenger.templates import Template
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, Any]], Any]

PERMIT = "TPL-RESIDENCE-PERMIT"  # ID-CARD is core, DWELLING required, PHOTO may follow within five days
REQUIRED = ("ID-CARD", "DWELLING", "PHOTO")
NOWHERE = "ZZ20000101-000001"  # the number of no case

SELECTION = """
    id number state help modes channel note outcome opinion resultNumber submittedAt acceptedAt completedAt
    service { code version } area { id name level }
    applicant { kind name identityNumber phone }
    helper { id name } firstAsked { id name }
    materials { code state required reason }
    notice { issuedAt deadline missing { code name } }
    tolerance { promisedBy fulfilledAt missing { code } }
    pendingHandover { reason to { id } }
    clock { dueOn provisional light promisedWorkingDays usedWorkingDays paused }
    rating { grade comment ratedAt }
    interimRatings { grade comment ratedAt }
    timeline { at kind fromState toState actor note }
"""
CASE = f"query($number: String!) {{ case(number: $number) {{ {SELECTION} }} }}"

_numbers = count(1000)


def mutation_of(name: str, selection: str = SELECTION) -> str:
    """The document of a mutation that takes one input."""
    type_ = f"{name[0].upper()}{name[1:]}Input"
    return f"mutation($input: {type_}!) {{ {name}(input: $input) {{ {selection} }} }}"


def fresh() -> int:
    """The number of a sample person whom no test has met yet."""
    return next(_numbers)


def applicant(n: int, **changes: Any) -> dict[str, Any]:
    """The n-th sample person as typed into a form."""
    return {
        "kind": "PERSON",
        "name": "样本人",
        "identityNumber": sample_resident_id(n),
        "phone": sample_phone(n),
        **changes,
    }


async def attempt(client: Client, name: str, *, key: str | None = None, **given: Any) -> Reply:
    """One case mutation, whatever comes of it."""
    headers = {} if key is None else {"Idempotency-Key": key}
    selection = "name identityNumber phone" if name == "revealApplicant" else SELECTION
    return await client.send(mutation_of(name, selection), headers=headers, input=given)


def tried(client: Client, name: str, *, key: str | None = None, **given: Any) -> Reply:
    """The same, waited for."""
    reply: Reply = client.run(attempt(client, name, key=key, **given))
    return reply


def done(client: Client, name: str, *, key: str | None = None, **given: Any) -> dict[str, Any]:
    """A case mutation that goes well: the case as it answers."""
    found: dict[str, Any] = tried(client, name, key=key, **given).data[name]
    return found


def refused(client: Client, name: str, **given: Any) -> tuple[str, list[str]]:
    """A case mutation that does not: the code, and the fields at fault."""
    reply = tried(client, name, **given)
    assert reply.body.get("data") is None, reply.body
    (error,) = reply.body["errors"]
    return error["extensions"]["code"], error["extensions"]["fields"]


def application(area_id: str, n: int, **changes: Any) -> dict[str, Any]:
    """What ``applyForCase`` takes."""
    return {"serviceCode": PERMIT, "areaId": area_id, "applicant": applicant(n), **changes}


def applied(client: Client, area_id: str, *, n: int | None = None, **changes: Any) -> str:
    """A case just applied for: its number."""
    given = application(area_id, fresh() if n is None else n, **changes)
    return str(done(client, "applyForCase", **given)["number"])


def seen(client: Client, number: str) -> dict[str, Any] | None:
    """The case as the caller sees it, or None."""
    found: dict[str, Any] | None = client(CASE, number=number).data["case"]
    return found


def lacking(codes: Iterable[str]) -> list[dict[str, str]]:
    """The lines of a notice."""
    return [{"code": code, "reason": "未提交"} for code in codes]


@dataclass
class Desk:
    """One district, with the insides that tests count in."""

    place: Place
    services: AppServices
    run: Run
    outbox: Path
    others: dict[str, Place] = field(default_factory=dict)  # further districts, by slug
    _residents: dict[int, Client] = field(default_factory=dict)
    _areas: dict[str, str] = field(default_factory=dict)

    def area(self, code: str) -> str:
        """The id of an area, by division code: names repeat."""
        if code not in self._areas:
            found = self.place.anonymous("query($code: String) { area(code: $code) { id } }", code=code)
            self._areas[code] = found.data["area"]["id"]
        return self._areas[code]

    def staff(self, login: str) -> Client:
        """A member of staff."""
        return self.place.sign_in(login)

    def staff_id(self, login: str) -> str:
        """The id of a member of staff."""
        return str(self.scalar(select(StaffRow.id).where(StaffRow.login == login)))

    def resident(self, n: int) -> Client:
        """The n-th sample person, signed in with a code that was sent to the phone."""
        if n not in self._residents:
            session = self.signed_in(n)
            self._residents[n] = self.place.api.as_(Authorization=f"Bearer {session['accessToken']}")
        return self._residents[n]

    def signed_in(self, n: int) -> dict[str, Any]:
        """A fresh session of the n-th sample person."""
        anonymous, phone = self.place.anonymous, sample_phone(n)
        asked = anonymous(
            "mutation($i: SignInCodeInput!) { requestSignInCode(input: $i) }", i={"phone": phone}
        )
        assert asked.data["requestSignInCode"] is True
        session: dict[str, Any] = anonymous(
            "mutation($i: SignInWithCodeInput!) { signInWithCode(input: $i)"
            " { accessToken refreshToken expiresAt viewer { kind name } } }",
            i={"phone": phone, "code": self.code_of(phone)},
        ).data["signInWithCode"]
        return session

    def code_of(self, phone: str) -> str:
        """The sign-in code that was sent to a phone last."""
        found = re.search(r"(?<!\d)\d{6}(?!\d)", self.messages(phone, Template.SIGN_IN_CODE)[-1])
        assert found is not None
        return found[0]

    def onboarding_code_of(self, phone: str) -> str:
        """The code that went to whoever applied to join last with this phone."""
        text = self.messages(phone, Template.ONBOARDING_CODE, of_platform=True)[-1]
        found = re.match(r"\s*(\d{6})(?!\d)", text.partition("验证码")[2])
        assert found is not None
        return found[1]

    def messages(self, phone: str, template: Template, *, of_platform: bool = False) -> list[str]:
        """The texts that were sent to a phone, in order."""
        return self.messages_of(None if of_platform else self.place.slug, phone, template)

    def messages_of(self, slug: str | None, phone: str, template: Template) -> list[str]:
        """The same of any district, None for the platform's own."""
        letters = [json.loads(each.read_text("utf-8")) for each in sorted(self.outbox.glob("*.json"))]
        wanted = (phone, slug, template.value)
        return [
            each["text"] for each in letters if (each["to"], each["district"], each["template"]) == wanted
        ]

    # ------------------------------------------------------------------ insides

    def inside(self, do: Callable[[Work], Coroutine[Any, Any, T]]) -> T:
        """Whatever is done in a transaction of the district."""
        tenancy = self.services.tenancy

        async def working() -> T:
            async with platform_work(tenancy, tenancy.registry.get(self.place.slug)) as work:
                return await do(work)

        found: T = self.run(working())
        return found

    def scalar(self, statement: Select[Any]) -> Any:
        """What a statement finds."""

        async def find(work: Work) -> Any:
            return await work.db.scalar(statement)

        return self.inside(find)

    def events(self, number: str) -> int:
        """How many things happened to a case."""
        case = select(CaseRow.id).where(CaseRow.number == number).scalar_subquery()
        return int(
            self.scalar(select(func.count()).select_from(CaseEventRow).where(CaseEventRow.case_id == case))
        )

    def cases(self) -> int:
        """How many cases there are."""
        return int(self.scalar(select(func.count()).select_from(CaseRow)))

    def trail(self, obj: str) -> list[tuple[str, str]]:
        """Actor and action of what is on record about an object, in order."""
        entries = (
            select(AuditEntryRow.actor, AuditEntryRow.action)
            .where(AuditEntryRow.object == obj)
            .order_by(AuditEntryRow.seq)
        )

        async def find(work: Work) -> list[tuple[str, str]]:
            return [(actor, action) for actor, action in await work.db.execute(entries)]

        return self.inside(find)

    def actor(self, login: str) -> str:
        """How the trail names a member of staff."""
        return f"staff:{self.staff_id(login)}"


def together(*acts: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, list[T]]:
    """Everything at once."""

    async def gathered() -> list[T]:
        return list(await asyncio.gather(*acts))

    return gathered()


def revealed_by(client: Client, number: str) -> dict[str, Any]:
    found: dict[str, Any] = client(
        mutation_of("revealApplicant", "name identityNumber phone"),
        input={"number": number, "reason": "核对更正后的信息"},
    ).data["revealApplicant"]
    return found
