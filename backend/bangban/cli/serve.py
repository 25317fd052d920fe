"""``bangban serve``: the API of one process on a database that is already prepared."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from typing import Any

import uvicorn

from bangban.cli import logs
from bangban.cli.loop import run_server
from bangban.cli.opening import bring_up, open_administration, ring_of
from bangban.cli.serving import served_beside
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.vault.problems import StartProblem
from bangban.settings import Settings, settings
from bangban.web.app import create_app
from bangban.web.services import Opening


class PortTaken(StartProblem):
    """Somebody else listens there."""

    zh = "端口 {port} 已被占用:请停止占用它的程序,或设置 BANGBAN_PORT 使用其他端口。"
    en = "Port {port} is taken: stop what uses it, or choose another with BANGBAN_PORT."


def check_port(host: str, port: int) -> None:
    """Refuse a port that is taken; raises PortTaken."""
    with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise PortTaken(port=port) from taken


def opening_of(chosen: Settings, installation: Installation) -> Opening:
    """What an API process is opened with: the application's login, through the pooler if there is one."""
    direct: Endpoint = installation.application
    endpoint = direct.through(chosen.pooler_url) if chosen.pooler_url else direct
    standby = direct.at(chosen.standby_url) if chosen.standby_url else None
    return Opening(
        settings=chosen,
        endpoint=endpoint,
        direct=direct,
        standby=standby,
        names=installation.names,
        ring=installation.ring,
        administration=installation,
    )


def server_of(chosen: Settings, app: Any) -> uvicorn.Config:
    """How the application is served."""
    return uvicorn.Config(
        app,
        host=chosen.host,
        port=chosen.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws_max_size=chosen.max_body_bytes,
        timeout_graceful_shutdown=5,
        # Whose X-Forwarded-For is believed is a setting of ours, and of nobody unless it says so.
        proxy_headers=bool(chosen.trusted_proxies),
        forwarded_allow_ips=chosen.trusted_proxies,
    )


class _Server(uvicorn.Server):
    """Says when it listens, so that nobody is told before that it can be used."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._listening()


async def serve_installation(
    chosen: Settings, installation: Installation, *, listening: Callable[[], None] = lambda: None
) -> None:
    """Serve until told to stop; ``listening`` is called once it can be asked."""
    app = create_app(opening_of(chosen, installation))
    await _Server(server_of(chosen, app), listening).serve()


def serve() -> None:
    """启动 API(不载入样例) / Serve the API, without sample districts."""
    chosen = settings()
    logs.set_up()
    check_port(chosen.host, chosen.port)

    async def go() -> None:
        ring = ring_of(chosen)
        async with open_administration(chosen) as admin:
            installation = await Installation.prepare(admin, ring, citus=chosen.citus)
            await bring_up(chosen, installation)
            await serve_installation(chosen, installation)

    with served_beside(chosen.var):
        run_server(go())
