"""Documents sent by their hashes, and waiting until every process knows them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

import httpx
from tests.api.clients import Client
from tests.api.raw import post

from bangban.web.services import AppServices

OWN = "{ district { name brand } }"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def settled(done: Callable[[], bool]) -> None:
    """Wait until a notification has arrived."""
    async with asyncio.timeout(60):
        while not done():  # noqa: ASYNC110 - nobody says when a process has taken a notification in
            await asyncio.sleep(0)


async def heard(services: AppServices, digest: str, district: str | None, *, there: bool) -> None:
    """Wait until this process knows, which is told by NOTIFY alone."""
    async with asyncio.timeout(60):
        while (await services.documents.find(digest, district) is not None) is not there:  # noqa: ASYNC110 - nobody says when a process has taken a notification in
            await asyncio.sleep(0)


def by_hash(client: Client, digest: str, **more: Any) -> httpx.Response:
    return post(client, {"documentId": f"sha256:{digest}", **more})
