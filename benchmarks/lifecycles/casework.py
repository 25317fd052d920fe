"""Everybody who takes part in casework: signed in once, then case after case."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.lifecycles.client import Client, RefusedError
from benchmarks.lifecycles.ground import ROOT, Ground

from bangban.kernel.identifiers import sample_phone, sample_resident_id

OPERATIONS: Final = ROOT / "schema" / "graphql" / "operations"
STEPS: Final = ("ApplyForCase", "PreCheckCase", "AcceptCase", "CompleteCase", "RateCase")


@dataclass
class Tally:
    """What was done so far."""

    lifecycles: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    waited: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


class Session:
    """Tokens of everybody who takes part, by signing in once at each of them."""

    def __init__(self, ground: Ground, outbox: Path) -> None:
        self._ground, self._outbox = ground, outbox
        self._anonymous = f"X-District: {ground.district}\r\n".encode()
        self.residents: list[bytes] = []
        self.staff: dict[str, bytes] = {}
        self.heads = {
            name: json.dumps({"query": (OPERATIONS / f"{name}.graphql").read_text("utf-8")})[:-1].encode()
            + b', "variables": {"input": '
            for name in STEPS
        }

    async def open(self, port: int, *, residents: int) -> None:
        """Sign everybody in."""
        client = await Client.connect(port)
        logins = {login for desk in self._ground.desks for login in (desk.helper, desk.clerk)}
        for login in sorted(logins):
            given = {"login": login, "password": self._ground.password}
            answer = await client.ask(
                "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }",
                {"i": given},
                self._anonymous,
            )
            self.staff[login] = _bearer(answer["signIn"]["accessToken"])
        for n in range(residents):
            self.residents.append(await self._resident(client, n))
        client.close()

    async def _resident(self, client: Client, n: int) -> bytes:
        phone = sample_phone(n)
        await client.ask(
            "mutation($i: SignInCodeInput!) { requestSignInCode(input: $i) }",
            {"i": {"phone": phone}},
            self._anonymous,
        )
        letters = (json.loads(each.read_text("utf-8")) for each in sorted(self._outbox.glob("*.json")))
        texts = [each["text"] for each in letters if each["to"] == phone]
        code = re.search(r"(?<!\d)\d{6}(?!\d)", texts[-1])
        if code is None:
            raise RuntimeError("a message with a sign-in code holds none")
        answer = await client.ask(
            "mutation($i: SignInWithCodeInput!) { signInWithCode(input: $i) { accessToken } }",
            {"i": {"phone": phone, "code": code[0]}},
            self._anonymous,
        )
        return _bearer(answer["signInWithCode"]["accessToken"])

    async def work(self, client: Client, n: int, tally: Tally, stop: asyncio.Event) -> None:
        """Case after case of one resident, until told to stop or refused."""
        desk = self._ground.desks[n % len(self._ground.desks)]
        resident, helper, clerk = self.residents[n], self.staff[desk.helper], self.staff[desk.clerk]
        application = {
            "serviceCode": self._ground.service,
            "areaId": desk.area_id,
            "supplied": list(self._ground.materials),
            "applicant": {
                "kind": "PERSON",
                "name": "样本人",
                "identityNumber": sample_resident_id(n),
                "phone": sample_phone(n),
            },
        }
        try:
            while not stop.is_set():
                case = await self._step(client, tally, "ApplyForCase", application, resident)
                number = {"number": case["number"]}
                await self._step(client, tally, "PreCheckCase", number, helper)
                await self._step(client, tally, "AcceptCase", number, clerk)
                granted = {**number, "outcome": "GRANTED", "opinion": "材料齐全,准予办理"}
                await self._step(client, tally, "CompleteCase", granted, clerk)
                rated = {**number, "grade": "SATISFIED", "comment": "很好"}
                last = await self._step(client, tally, "RateCase", rated, resident)
                _check(last["state"] == "CLOSED", f"a rated case is {last['state']}")
                tally.lifecycles += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it fails the run and is told
            tally.errors.append(f"{type(error).__name__}: {error}")
            stop.set()

    async def _step(
        self, client: Client, tally: Tally, name: str, given: dict[str, Any], token: bytes
    ) -> dict[str, Any]:
        began = time.perf_counter()
        data = await client.post(self.heads[name] + json.dumps(given).encode() + b"}}", token)
        tally.waited[name] += time.perf_counter() - began  # type: ignore[assignment]  # seconds, not counts
        tally.steps[name] += 1
        case: dict[str, Any] = data[name[0].lower() + name[1:]]
        return case


def _check(right: bool, problem: str) -> None:
    if not right:
        raise RefusedError(problem)


def _bearer(token: str) -> bytes:
    return f"Authorization: Bearer {token}\r\n".encode()
