"""The contestants, in the order in which they take turns."""

from __future__ import annotations

import hashlib
import shutil
from typing import Any, Final

from benchmarks.contestants import ROOT, Contestant, Server
from benchmarks.harness.asking import Question
from benchmarks.operations.postgraphile import reshaped

_POSTGRAPHILE: Final = ROOT / "benchmarks" / "peers" / "postgraphile"
_NODE: Final = _POSTGRAPHILE / "node_modules" / ".bin" / "node"


def _hash_only(question: Question) -> dict[str, Any]:
    digest = hashlib.sha256(question.operation.document.encode()).hexdigest()
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
    return {"variables": question.variables, "extensions": persisted}


def _for_postgraphile(question: Question) -> dict[str, Any]:
    document, variables = question.operation.postgraphile, dict(question.variables)
    if "$today" in document:
        variables["today"] = question.district.today
    return {"query": document, "variables": variables}


SERVERS: Final = {
    each.name: each
    for each in (
        Server("through", "benchmarks.peers.bangban.app:create"),
        Server("walked", "benchmarks.peers.bangban.app:create", environment={"BANGBAN_EXECUTION": "walked"}),
        Server("bare", "benchmarks.peers.bare.app:create", environment={"BENCH_ISOLATION": "1"}),
        Server("open", "benchmarks.peers.bare.app:create", environment={"BENCH_ISOLATION": "0"}),
        Server(
            "postgraphile",
            command=[str(_NODE), "server.mjs"],
            environment={"NODE_ENV": "production", "GRAPHILE_ENV": "production"},
            folder=_POSTGRAPHILE,
        ),
        Server("strawberry", "benchmarks.peers.strawberry_orm.app:create"),
        Server("ariadne", "benchmarks.peers.ariadne_loaders.app:create"),
    )
}

CONTESTANTS: Final = {
    each.name: each
    for each in (
        Contestant("through", "this API", "through mode, the whole document with every request", "through"),
        Contestant(
            "trusted",
            "this API, hash only",
            "through mode, the document's SHA-256 in its place",
            "through",
            body=_hash_only,
            registers=True,
        ),
        Contestant(
            "walked",
            "this API, walked",
            "the same statement, its JSON completed by graphql-core",
            "walked",
        ),
        Contestant(
            "bare",
            "bare ASGI, same entry",
            "the same SQL and bytes, token verified, the district entered the same way; no GraphQL",
            "bare",
        ),
        Contestant(
            "open",
            "bare ASGI, no isolation",
            "the same SQL and bytes, token verified; no role, no transaction, a login that may read all",
            "open",
        ),
        Contestant(
            "postgraphile",
            "PostGraphile 5",
            "role and search_path set for each request by pgSettings, identifiers unqualified",
            "postgraphile",
            peer=True,
            body=_for_postgraphile,
            shape=reshaped,
        ),
        Contestant(
            "strawberry",
            "Strawberry, ORM",
            "Strawberry with SQLAlchemy's async ORM and DataLoaders, role set in the transaction",
            "strawberry",
            peer=True,
        ),
        Contestant(
            "ariadne",
            "Ariadne, SQL",
            "Ariadne with hand-written SQL through asyncpg and DataLoaders, role set in the transaction",
            "ariadne",
            peer=True,
        ),
    )
}


def missing(server: Server) -> str | None:
    """What has to be installed before a server can run, or None."""
    if server.name == "postgraphile" and not _NODE.exists():
        npm = "npm ci" if shutil.which("npm") else "npm, then npm ci"
        return f"in {_POSTGRAPHILE.relative_to(ROOT)}: {npm}"
    return None
