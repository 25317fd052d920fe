"""Whose request it is, as budgets count: the connection's other end, or what a trusted proxy says it is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bangban.cli.serve import server_of
from bangban.settings import Settings
from bangban.web.budgets import client_of


def seen(proxies: str, *, peer: str, forwarded: str | None) -> str:
    """The address that the application counts for a request."""
    found = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found.append(client_of(scope))

    config = server_of(Settings(trusted_proxies=proxies), app)
    config.load()
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded is not None else []
    scope: Any = {"type": "http", "client": (peer, 4711), "scheme": "http", "headers": headers}

    async def never() -> Any:
        raise AssertionError("nothing is received or sent")

    asyncio.run(config.loaded_app(scope, never, never))
    (address,) = found
    return address


@pytest.mark.parametrize("proxies", ["", "192.0.2.1", "198.51.100.0/24"])
def test_nobody_else_says_whose_request_it_is(proxies: str) -> None:
    assert seen(proxies, peer="203.0.113.9", forwarded="10.0.0.1") == "203.0.113.9"
    assert seen(proxies, peer="127.0.0.1", forwarded="10.0.0.1") == "127.0.0.1"
    assert seen(proxies, peer="2001:db8::9", forwarded=None) == "2001:db8::/64"


@pytest.mark.parametrize("proxies", ["192.0.2.1", "192.0.2.0/24, 198.51.100.7"])
def test_a_trusted_proxy_does_and_what_its_client_made_up_does_not_count(proxies: str) -> None:
    assert seen(proxies, peer="192.0.2.1", forwarded="203.0.113.9") == "203.0.113.9"
    assert seen(proxies, peer="192.0.2.1", forwarded="10.9.9.9, 203.0.113.9") == "203.0.113.9"
    assert seen(proxies, peer="192.0.2.1", forwarded="2001:db8:1:2:3::9") == "2001:db8:1:2::/64"
    assert seen(proxies, peer="192.0.2.1", forwarded=None) == "192.0.2.1"


def test_of_several_proxies_each_has_to_be_trusted() -> None:
    chain = "203.0.113.9, 198.51.100.7"
    assert seen("192.0.2.1, 198.51.100.7", peer="192.0.2.1", forwarded=chain) == "203.0.113.9"
    assert seen("192.0.2.1", peer="192.0.2.1", forwarded=chain) == "198.51.100.7"
