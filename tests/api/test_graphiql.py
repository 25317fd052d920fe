"""GraphiQL in a real browser whose network is closed: it renders, asks, answers, and asks nobody else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from tests.api.browsing import CHROMEDRIVER, CHROMIUM, Browser, browsing
from tests.api.casework import REQUIRED, Desk, Run, applied
from tests.api.clients import Client
from tests.api.serving import serving

MISSING = [name for name, found in (("chromium", CHROMIUM), ("chromedriver", CHROMEDRIVER)) if found is None]


@pytest.fixture(scope="module")
def address(app: Starlette, run: Run) -> Iterator[str]:
    stack = AsyncExitStack()
    yield run(stack.enter_async_context(serving(app)))
    run(stack.aclose())


def page(api: Client, **headers: str) -> httpx.Response:
    response: httpx.Response = api.run(api.http.get("/graphql", headers=headers))
    return response


def test_a_browser_gets_the_editor_and_everybody_else_an_answer(api: Client) -> None:
    found = page(api, Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert found.status_code == 200
    assert found.headers["Content-Type"].startswith("text/html")
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    policy = found.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    for outside in ("http:", "https:", "//", "*", "unsafe-eval"):
        assert outside not in policy
        assert f'"{outside}' not in found.text
    assert page(api, Accept="application/json").status_code == 400
    assert page(api).json()["errors"]


def test_every_asset_of_the_page_is_served_from_here(api: Client) -> None:
    text = page(api, Accept="text/html").text
    names = [piece.split('"')[0] for piece in text.split('="/graphiql/')[1:]]
    assert len(names) >= 5
    for name in names:
        asset = api.run(api.http.get(f"/graphiql/{name}"))
        assert asset.status_code == 200
        assert len(asset.content) > 500
        assert asset.headers["Content-Type"].split(";")[0] in ("text/javascript", "text/css")
        assert asset.headers["X-Content-Type-Options"] == "nosniff"
    for name in ("nothing.js", "..%2fapp.py", "%2e%2e/app.py"):
        assert api.run(api.http.get(f"/graphiql/{name}")).status_code == 404


def test_the_editor_runs_a_query_with_the_network_closed(
    run: Run, address: str, desk: Desk, tmp_path: Path
) -> None:
    if MISSING:
        assert "CI" not in os.environ, f"{' and '.join(MISSING)} must be installed where this is checked"
        pytest.skip(f"{' and '.join(MISSING)} not installed: the editor was not tried in a browser")

    number = applied(desk.staff("helper-village"), desk.area("371681101200"), supplied=list(REQUIRED))
    headers = {"authorization": desk.staff("helper-village").headers["Authorization"]}

    async def go() -> Seen:
        async with browsing() as browser:
            await browser.open(f"http://{address}/graphql")
            await browser.until("document.querySelector('.graphiql-execute-button')")
            await ask(browser, "{ district { name brand } services(first: 1) { totalCount } }")
            answer = json.loads(await shown(browser, "totalCount"))
            picture = await browser.screenshot()
            await ask(
                browser, f'subscription {{ caseChanged(number: "{number}") {{ state }} }}', headers=headers
            )
            event = json.loads(await shown(browser, "SUBMITTED"))
            return Seen(
                answer, event, await browser.log("performance"), await browser.log("browser"), picture
            )

    seen = run(go())
    (Path(os.environ.get("BANGBAN_TEST_PICTURES", tmp_path)) / "graphiql.png").write_bytes(seen.picture)
    assert seen.answer["data"]["district"]["name"] == "邹平市"
    assert seen.answer["data"]["services"]["totalCount"] > 0
    assert seen.event == {"data": {"caseChanged": {"state": "SUBMITTED"}}}
    assert seen.asked() >= {f"http://{address}{path}" for path in ("/graphql", "/schema.json")}
    assert {urlsplit(url).netloc for url in seen.asked()} == {address}
    assert seen.failed() == []
    answers = [each["response"] for each in seen.events("Network.responseReceived")]
    assert [each["url"] for each in answers if each["status"] >= 400] == []
    assert [each for each in seen.console if each["level"] == "SEVERE"] == []
    assert len(seen.picture) > 20_000


class Seen(NamedTuple):
    """What there was to see."""

    answer: dict[str, Any]
    event: dict[str, Any]
    network: list[dict[str, Any]]
    console: list[dict[str, Any]]
    picture: bytes

    def events(self, method: str) -> list[dict[str, Any]]:
        """What happened on the network."""
        messages = [json.loads(each["message"])["message"] for each in self.network]
        return [each["params"] for each in messages if each["method"] == method]

    def asked(self) -> set[str]:
        """Every address that the page asked."""
        return set(self._requests().values())

    def failed(self) -> list[str]:
        """The addresses that the page asked in vain. What the browser asks for itself is not the page's."""
        requests = self._requests()
        lost = [each["requestId"] for each in self.events("Network.loadingFailed")]
        return [requests[each] for each in lost if each in requests]

    def _requests(self) -> dict[str, str]:
        sent = {
            each["requestId"]: each["request"]["url"] for each in self.events("Network.requestWillBeSent")
        }
        return {
            key: url for key, url in sent.items() if urlsplit(url).scheme not in ("chrome", "data", "blob")
        }


async def ask(browser: Browser, query: str, *, headers: dict[str, str] | None = None) -> None:
    """Put a query, and headers, into the editors and press the button."""
    wanted = {".graphiql-query-editor .CodeMirror": query}
    if headers is not None:
        wanted[".graphiql-editor-tool .CodeMirror:not(.hidden *)"] = json.dumps(headers)
    for selector, text in wanted.items():
        place = json.dumps(selector)
        await browser.until(f"document.querySelector({place})")
        await browser.script(f"document.querySelector({place}).CodeMirror.setValue({json.dumps(text)});")
    # The editor takes in what was typed after a moment, and says so in what it stores.
    await browser.until(
        "JSON.parse(localStorage.getItem('graphiql:tabState') || '{\"tabs\": []}').tabs"
        f".some(tab => tab.query === {json.dumps(query)} && !tab.operationName)"
    )
    await browser.script("document.querySelector('.graphiql-execute-button').click();")


async def shown(browser: Browser, word: str) -> str:
    """The text of the answer, once ``word`` is in it."""
    found: str = await browser.until(
        "(() => { const view = document.querySelector('.result-window .CodeMirror');"
        " const text = view && view.CodeMirror.getValue();"
        f" return text && text.includes({json.dumps(word)}) ? text : null; }})()"
    )
    return found
