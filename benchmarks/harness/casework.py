"""Where ``benchmarks.lifecycles`` finds its district: noted in the data's own description, beside what stands there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from benchmarks.harness.ground import Ground

_FILE: Final = "bench.json"
_SERVICE: Final = "TPL-RESIDENCE-PERMIT"
_MATERIALS: Final = ("ID-CARD", "DWELLING", "PHOTO")
_TOWNS: Final = ("town-01", "town-02")
_AREA: Final = "SELECT id FROM {s}.area WHERE key = $1"


def described(var: Path) -> dict[str, Any]:
    """What ``benchmarks.data`` says of its build; empty where it says nothing."""
    file = var / _FILE
    found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


async def note(ground: Ground) -> None:
    """Name the large district, two of its villages, and who helps and decides there. Once for each build."""
    known, district = described(ground.var), ground.big or ground.one
    if not known or "lifecycles" in known:
        return
    connection = await ground.admin.connect()
    try:
        desks = [
            {
                "area_id": str(await connection.fetchval(_AREA.format(s=district.schema), f"{town}-01")),
                "helper": f"helper-{town}-01",
                "clerk": f"clerk-{town}-1",
            }
            for town in _TOWNS
        ]
    finally:
        await connection.close()
    known["lifecycles"] = {
        "district": district.slug,
        "password": known["password"],
        "service": _SERVICE,
        "materials": list(_MATERIALS),
        "desks": desks,
        "cases": district.cases,
    }
    draft = ground.var / f"{_FILE}.noting"
    draft.touch(mode=0o600)  # it has the database's passwords in it
    draft.write_text(json.dumps(known, ensure_ascii=False, indent=1), "utf-8")
    draft.replace(ground.var / _FILE)
