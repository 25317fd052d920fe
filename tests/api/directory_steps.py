"""What the tests of the directory ask for, and waiting until everybody heard of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.api.clients import Client
from tests.api.operators import Platform

HERE = "{ district { slug status } }"
CASES = "{ cases { totalCount } }"


def eventually(platform: Platform, client: Client, query: str, right: Callable[[Any], bool]) -> Any:
    """The first reply that is as it must become, once this process has heard; the time limit ends it otherwise."""

    async def wait() -> Any:
        async with asyncio.timeout(60):
            while True:
                reply = await client.send(query)
                if right(reply):
                    return reply
                await asyncio.sleep(0)  # a refusal waits for nothing, and the notification has to come in

    return platform.run(wait())
