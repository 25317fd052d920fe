"""``GET /guides/{district}/{code}/{version}``: a guide to print as PDF, for whoever may see the district's catalog.

A version says the same for ever, so its bytes are kept: by caches outside, who ask again with the tag, and here, for
those who come first. Only what has to be set anew costs a caller what the dearest query costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from bangban.features.printed_guides.leaflets import Sheet
from bangban.features.printed_guides.problems import PrintedGuideUnknown
from bangban.features.printed_guides.reading import read_sheet
from bangban.features.printed_guides.rendering import digest_of, render
from bangban.features.uploads.values import MEDIA_TYPES, FileKind
from bangban.kernel.planner.recent import Recent
from bangban.kernel.problems import DistrictMismatch, DistrictRequired
from bangban.web.budgets import Purse, client_of
from bangban.web.callers import Callers
from bangban.web.cors import require_origin
from bangban.web.costs import MOST_COST
from bangban.web.downloads import given_as
from bangban.web.incoming import Headers, text_of
from bangban.web.replies import Bounds, caching, matches
from bangban.web.services import AppServices
from bangban.web.texts import is_storable
from bangban.web.transfers import Transfer, TransferEndpoint

_LOOK: Final = 100  # what finding a guide costs
_MOST_KEPT: Final = 32  # guides of 50 to 200 kB, and of a megabyte where steps are whole pages


class GuideEndpoint(TransferEndpoint):
    """Gives guides out."""

    method = "GET"

    def __init__(self, services: AppServices) -> None:
        super().__init__(services)
        self._callers = Callers(services)
        self._made: Recent[str, bytes] = Recent(_MOST_KEPT)
        self._bounds = Bounds.of(services.settings)

    def named_district(self, path: Mapping[str, str], headers: Headers) -> bytes | None:
        """That of the address, where no header names one."""
        return headers.get(b"x-district", path["district"].encode())

    async def carry(self, transfer: Transfer) -> None:
        """Give one guide out.

        Raises PrintedGuideUnknown, Forbidden, DistrictMismatch and the like, CallerOverBudget, DistrictOverBudget.
        """
        headers = transfer.headers
        key = (
            headers.get(b"authorization"),
            self.named_district(transfer.path, headers),
            headers.get(b"host"),
        )
        caller = (self._callers.find(key) or await self._callers.identify(key)).caller
        district, named = caller.district, transfer.path["district"]
        if district is None:
            raise DistrictRequired
        if district.slug != named:
            raise DistrictMismatch
        require_origin(
            text_of(headers.get(b"origin")),
            text_of(headers.get(b"host")),
            self.services.registry,
            district,
            caller.principal,
        )
        purse = Purse(self.services.budgets, district.slug, caller.principal, client_of(transfer.scope))
        purse.pay(_LOOK)
        if not is_storable(transfer.path["code"]):
            raise PrintedGuideUnknown
        sheet = await read_sheet(
            self.services.tenancy,
            district,
            caller.principal,
            code=_code(transfer.path["code"]),
            version=_version(transfer.path["version"]),
        )
        digest = digest_of(sheet)
        tag = f'"{digest}"'
        kept = caching(self._bounds, tag, anonymous=b"authorization" not in headers)
        asked = text_of(headers.get(b"if-none-match"))
        if asked is not None and matches(asked, tag):
            await transfer.begin(304, [*kept, *self.for_origin(transfer)])
            await transfer.send({"type": "http.response.body", "body": b""})
            return
        content = await self._content(sheet, digest, purse)
        media = MEDIA_TYPES[FileKind.PDF]
        given = given_as(sheet.file_name, media, size=len(content), kept=kept)
        await transfer.begin(200, given + self.for_origin(transfer))
        await transfer.send({"type": "http.response.body", "body": content})

    async def _content(self, sheet: Sheet, digest: str, purse: Purse) -> bytes:
        known = self._made.find(digest)
        if known is not None:
            return known
        purse.pay(MOST_COST)
        made = await self.services.press.set(partial(render, sheet), made=lambda: self._made.find(digest))
        return self._made.keep(digest, made)


def _code(said: str) -> str:
    if "\0" in said:  # which is no text to PostgreSQL
        raise PrintedGuideUnknown
    return said


def _version(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise PrintedGuideUnknown
    return int(said)
