"""This API as one process serves it, opened on the benchmark's data: a factory for uvicorn.

Everything is as ``bangban serve`` opens it, the log included, but for what stands in ``settings_for``.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette

from bangban.cli import logs
from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.names import Names
from bangban.kernel.vault.key_file import load_ring
from bangban.settings import Settings
from bangban.web.app import create_app
from bangban.web.operations import Operations
from bangban.web.requests import Answer, Request
from bangban.web.services import Opening

_NEVER_SPENT: Final = 10**12  # cost per minute


def settings_for(var: Path) -> Settings:
    """What differs from the defaults, and why: a run is one client that asks as much as it can.

    Tokens last as long as the run. Budgets are counted, and none is ever spent. Nothing is sealed meanwhile,
    since nothing is written.
    """
    return Settings(
        budget_district=_NEVER_SPENT,
        budget_principal=_NEVER_SPENT,
        var=var,
        access_token_seconds=int(os.environ["BENCH_TOKEN_SECONDS"]),
        seal_every=3600.0,
        master_key=None,
        master_key_file=None,
    )


def opening() -> Opening:
    """From the environment that the harness sets."""
    var = Path(os.environ["BENCH_VAR"])
    names, ring = Names(os.environ["BENCH_TAG"]), load_ring(line=None, file=var / "keys" / "master.key")
    admin = Endpoint.from_url(os.environ["BENCH_ADMIN_URL"])
    application = admin.as_user(names.application, ring.app_password(names.tag))
    return Opening(
        settings=settings_for(var), endpoint=application, direct=application, names=names, ring=ring
    )


def walk_everything() -> None:
    """From now on this process completes every answer with graphql-core, as tests do for one request."""
    answer = Operations.answer

    async def walked(self: Operations, request: Request, *rest: Any, **named: Any) -> Answer:
        return await answer(self, replace(request, walked=True), *rest, **named)

    Operations.answer = walked  # type: ignore[method-assign]  # no setting does it, and none should


def create() -> Starlette:
    """The application; ``BANGBAN_EXECUTION=walked`` makes it walk."""
    logs.set_up(Path(os.environ["BENCH_LOG"]))
    if os.environ.get("BANGBAN_EXECUTION") == "walked":
        walk_everything()
    return create_app(opening())
