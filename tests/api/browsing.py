"""Chromium through chromedriver's plain HTTP, without any network but the loopback."""

from __future__ import annotations

import asyncio
import base64
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx

CHROMIUM: Final = shutil.which("chromium")
CHROMEDRIVER: Final = shutil.which("chromedriver")
PATIENCE: Final = 30.0

_ARGUMENTS: Final = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
    "--window-size=1280,900",
    # Every name but this machine's resolves to nothing: the network is closed.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


class Browser:
    """One tab."""

    def __init__(self, http: httpx.AsyncClient, session: str) -> None:
        self._http = http
        self._session = session

    async def command(self, path: str, **body: Any) -> Any:
        """A command of the WebDriver protocol."""
        response = await self._http.post(f"/session/{self._session}/{path}", json=body)
        value = response.json()["value"]
        assert response.status_code == 200, value
        return value

    async def open(self, url: str) -> None:
        await self.command("url", url=url)

    async def script(self, body: str, *arguments: Any) -> Any:
        """The value of a script, which may await."""
        return await self.command(
            "execute/async",
            script=f"const done = arguments[arguments.length - 1]; (async () => {{ {body} }})()"
            ".then(done, error => done('failed: ' + error));",
            args=list(arguments),
        )

    async def until(self, condition: str) -> Any:
        """The value of an expression as soon as it is true."""
        return await self.script(
            f"""return await new Promise(seen => {{
                const look = setInterval(() => {{
                    const found = ({condition});
                    if (found) {{ clearInterval(look); seen(found); }}
                }}, 20);
            }});"""
        )

    async def log(self, kind: str) -> list[dict[str, Any]]:
        """What the browser wrote down: ``browser`` for the console, ``performance`` for the network."""
        found: list[dict[str, Any]] = await self.command("se/log", type=kind)
        return found

    async def screenshot(self) -> bytes:
        response = await self._http.get(f"/session/{self._session}/screenshot")
        return base64.b64decode(response.json()["value"])


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A browser of its own, with a profile of its own, gone afterwards."""
    assert CHROMIUM is not None
    assert CHROMEDRIVER is not None
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="bangban-browser-", ignore_cleanup_errors=True) as profile:
        driver = await asyncio.create_subprocess_exec(
            CHROMEDRIVER,
            f"--port={port}",
            "--silent",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False
            ) as http:
                await _up(http)
                options = {"binary": CHROMIUM, "args": [*_ARGUMENTS, f"--user-data-dir={profile}"]}
                wanted = {
                    "browserName": "chrome",
                    "goog:chromeOptions": options,
                    "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
                    "timeouts": {"script": int(PATIENCE * 1000), "pageLoad": int(PATIENCE * 1000)},
                }
                made = await http.post("/session", json={"capabilities": {"alwaysMatch": wanted}})
                assert made.status_code == 200, made.text
                session = made.json()["value"]["sessionId"]
                try:
                    yield Browser(http, session)
                finally:
                    await http.delete(f"/session/{session}")
        finally:
            driver.terminate()
            await driver.wait()


async def _up(http: httpx.AsyncClient) -> None:
    """Wait until the driver answers."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                if (await http.get("/status")).json()["value"]["ready"]:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.02)  # nobody listens yet
