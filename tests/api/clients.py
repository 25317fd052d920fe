"""Clients of the API, and districts whose people are clients of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.api.placed_fields import misplaced
from tests.api.posting import post_graphql


@dataclass
class Reply:
    """An HTTP answer, taken apart."""

    status: int
    body: dict[str, Any]
    headers: httpx.Headers

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def code(self) -> str:
        """The code of the first refusal."""
        return str(self.body["errors"][0]["extensions"]["code"])


def refusal(reply: Reply) -> tuple[str, list[str]]:
    """Code and fields of a refusal, after which there is no data."""
    assert reply.body.get("data") is None, reply.body
    extensions = reply.body["errors"][0]["extensions"]
    return extensions["code"], extensions["fields"]


@dataclass
class Client:
    """Sends GraphQL to the application."""

    http: httpx.AsyncClient
    run: Callable[[Any], Any]
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, query: str, *, headers: dict[str, str] | None = None, **variables: Any) -> Reply:
        return self.run(self.send(query, headers=headers, **variables))

    async def send(self, query: str, *, headers: dict[str, str] | None = None, **variables: Any) -> Reply:
        """One POST."""
        asked = {"query": query, "variables": variables}
        body = json.dumps(asked, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        reply = await self.send_bytes(body.encode(), headers=headers)
        if "errors" in reply.body:
            assert not list(misplaced(query, reply.body)), reply.body["errors"]
        return reply

    async def send_bytes(self, body: bytes, *, headers: dict[str, str] | None = None) -> Reply:
        """One POST of JSON as it is."""
        named = {"Content-Type": "application/json", **self.headers, **(headers or {})}
        answer = await post_graphql(self.http, body, named)
        return Reply(answer.status, json.loads(answer.body), answer.headers)

    def as_(self, **headers: str) -> Client:
        """The same with other headers; names take underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client(self.http, self.run, {**self.headers, **named})


PASSWORD = "a-password-of-the-test-run"


@dataclass
class Place:
    """A district of tenants/, onboarded, whose people can sign in."""

    slug: str
    api: Client
    ids: dict[str, str]  # ids of areas by name
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def anonymous(self) -> Client:
        """Nobody in particular, in this district."""
        return self.api.as_(X_District=self.slug)

    def sign_in(self, login: str) -> Client:
        """The client of a member of staff, by login."""
        if login not in self._tokens:
            reply = self.anonymous(
                "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }",
                i={"login": login, "password": PASSWORD},
            )
            self._tokens[login] = reply.data["signIn"]["accessToken"]
        return self.api.as_(Authorization=f"Bearer {self._tokens[login]}")

    def ended(self, login: str) -> None:
        """Their sessions were ended: the next time they sign in anew."""
        self._tokens.pop(login, None)
