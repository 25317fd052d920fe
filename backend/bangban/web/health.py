"""Whether this process can serve: it can read, and the database can search Chinese."""

from __future__ import annotations

from starlette.responses import JSONResponse

from bangban.kernel.database.base import EXTENSION_SCHEMA
from bangban.web.services import AppServices

# Under a plain C character type a Chinese word has no trigrams, and searches silently find nothing.
_SQL = f"SELECT (cardinality({EXTENSION_SCHEMA}.show_trgm('帮办')) > 0)::text"


async def ready(services: AppServices) -> JSONResponse:
    """200 when ready, 503 with what is missing when not."""
    try:
        chinese = await services.tenancy.reader.platform(_SQL, ()) == b"true"
    except Exception:  # noqa: BLE001 - whatever stops a read makes the process unready
        return JSONResponse({"status": "unavailable", "database": False}, status_code=503)
    if not chinese:
        return JSONResponse({"status": "unavailable", "chineseSearch": False}, status_code=503)
    return JSONResponse({"status": "ready", "districts": sum(1 for _ in services.registry)})
