"""Requests as they are, for tests of what a client may get wrong."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import httpx
from tests.api.clients import Client, Reply

GRAPHQL_JSON = "application/graphql-response+json"
NAME = "{ district { name } }"


def ask(client: Client, method: str, path: str = "/graphql", **options: Any) -> httpx.Response:
    headers = {**client.headers, **options.pop("headers", {})}
    response: httpx.Response = client.run(client.http.request(method, path, headers=headers, **options))
    return response


def get(client: Client, headers: dict[str, str] | None = None, **query: str) -> httpx.Response:
    return ask(client, "GET", f"/graphql?{urlencode(query)}", headers=headers or {})


def post(client: Client, body: Any, headers: dict[str, str] | None = None) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ask(
        client, "POST", content=content, headers={"Content-Type": "application/json", **(headers or {})}
    )


def code(response: httpx.Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


def reply_to(client: Client, body: bytes) -> Reply:
    """The answer to a body as it is: a test's own JSON may hold what no encoder would write."""

    reply: Reply = client.run(client.send_bytes(body))
    return reply


def asked(client: Client, document: str, variables: Any) -> Reply:
    """The answer to a document with variables that no encoder of a client's would refuse."""
    return reply_to(client, json.dumps({"query": document, "variables": variables}).encode())
