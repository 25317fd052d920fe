"""One connection that asks, with as little work for each request as there is to it."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, Final

_ANSWERED: Final = 30.0  # seconds that any one answer may take
_HEAD: Final = (
    b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"%sContent-Length: %d\r\n\r\n"
)


class RefusedError(Exception):
    """An answer with errors."""


class Client:
    """One keep-alive connection that sends GraphQL. Requests are assembled from bytes, answers cut by length."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, port: int) -> Client:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, body: bytes, headers: bytes) -> dict[str, Any]:
        """The data of the answer; raises RefusedError."""
        self._writer.write(_HEAD % (headers, len(body)) + body)
        async with asyncio.timeout(_ANSWERED):
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            if length is None:
                raise RefusedError(head.decode("latin-1"))
            found = json.loads(await self._reader.readexactly(int(length[1])))
        if "errors" in found:
            raise RefusedError(json.dumps(found["errors"], ensure_ascii=False))
        data: dict[str, Any] = found["data"]
        return data

    async def ask(self, query: str, variables: dict[str, Any], headers: bytes) -> dict[str, Any]:
        """The same from a query's text."""
        return await self.post(json.dumps({"query": query, "variables": variables}).encode(), headers)

    def close(self) -> None:
        self._writer.close()
