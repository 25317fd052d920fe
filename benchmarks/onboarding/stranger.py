"""Somebody who joins with nothing but the API's address, and reads the messages that were sent."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx
from benchmarks.subscriptions.ground import OPERATIONS, PATIENCE
from benchmarks.subscriptions.subscriber import connected

from bangban.kernel.messenger.templates import Template

_LOOK: Final = 0.005  # seconds between two looks for a message
_CODE: Final = re.compile(r"验证码 ([0-9]{6})")
_INVITATION: Final = re.compile(r"[a-z0-9-]+\.[a-z0-9]{5}(?:-[a-z0-9]{5}){4}")


class Stranger:
    """One client, on one connection. ``token`` is what it was given last: a ticket, then a session's."""

    def __init__(self, port: int, outbox: Path) -> None:
        self._port = port
        self._outbox = outbox
        self._http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)
        self._texts = {each.stem: each.read_text("utf-8") for each in OPERATIONS.glob("*.graphql")}
        self.token: str | None = None

    async def close(self) -> None:
        """Go."""
        await self._http.aclose()

    async def do(self, name: str, field: str, given: Mapping[str, Any]) -> Any:
        """A named mutation's answer. Raises RuntimeError where it was refused."""
        return (await self.ask(self._texts[name], input=given))[field]

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Any document's data. Raises RuntimeError where it was refused."""
        headers = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        answer = await self._http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        )
        body = answer.json()
        if "errors" in body:
            raise RuntimeError(str(body["errors"]))
        found: dict[str, Any] = body["data"]
        return found

    async def code(self, phone: str) -> str:
        """The code that was sent to a phone."""
        return await self._found(phone, Template.ONBOARDING_CODE, _CODE)

    async def invitation(self, phone: str) -> str:
        """The one-time token in the invitation that was sent to a phone."""
        return await self._found(phone, Template.INVITATION, _INVITATION)

    async def _found(self, phone: str, template: Template, pattern: re.Pattern[str]) -> str:
        until = time.perf_counter() + PATIENCE
        while time.perf_counter() < until:
            for file in sorted(self._outbox.glob("*.json"), reverse=True):
                letter = json.loads(file.read_text("utf-8"))
                if (letter["to"], letter["template"]) == (phone, template.value):
                    found = pattern.findall(letter["text"])
                    return str(found[0])
            await asyncio.sleep(_LOOK)
        raise RuntimeError(f"no message {template.value} came")

    async def follow(self, onboarding_id: str) -> None:
        """Watch until the district can be configured. Raises RuntimeError where it will not be."""
        (watch,) = await connected(self._port, [str(self.token)])
        asked = {"query": self._texts["OnboardingProgress"], "variables": {"id": onboarding_id}}
        watch.say(type="subscribe", id="p", payload=asked)
        try:
            while True:
                await watch.until(1)
                _, message = watch.heard.pop(0)
                if message["type"] != "next" or message["payload"].get("errors"):
                    raise RuntimeError(str(message))
                told = message["payload"]["data"]["onboardingProgress"]
                if told["state"] == "CONFIGURING":
                    return
                if told["state"] in ("FAILED", "REJECTED"):
                    raise RuntimeError(str(told))
        finally:
            watch.close()

    async def steps(self, onboarding_id: str) -> dict[str, tuple[datetime, datetime]]:
        """When each step of the onboarding was begun and ended, as the API tells whoever holds the ticket."""
        found = await self.ask(self._texts["Onboarding"], id=onboarding_id)
        return {
            each["name"]: (
                datetime.fromisoformat(each["startedAt"]),
                datetime.fromisoformat(each["finishedAt"]),
            )
            for each in found["onboarding"]["steps"]
        }
