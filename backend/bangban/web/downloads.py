"""``GET /files/{token}``: a kept file, once, in the clear, for whoever has the address; never shown in place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from bangban.features.uploads.problems import FileNotThere
from bangban.features.uploads.rules import ENDINGS
from bangban.features.uploads.service import Fetched, claim_address
from bangban.features.uploads.service.fetching import FETCHING
from bangban.features.uploads.values import MEDIA_TYPES, AddressKind
from bangban.kernel.access.principals import Principal
from bangban.kernel.files.store import FileMissing
from bangban.kernel.tenancy.work import Work
from bangban.web.replies import NO_STORE, Header
from bangban.web.transfers import Transfer, TransferEndpoint

# Whatever a browser makes of it, it runs nothing, is of no origin, and says nowhere where it came from.
_HARMLESS: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"sandbox; default-src 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class DownloadEndpoint(TransferEndpoint):
    """Gives files out."""

    method = "GET"

    async def carry(self, transfer: Transfer) -> None:
        """Give one file out."""
        async with self.claimed(transfer, AddressKind.FILE) as (work, fetched):
            district = work.district
        if fetched.file_id is None or fetched.kind is None:
            raise LookupError("an address of a file without a file")
        parts = self.services.files.store.read(
            district.slug,
            fetched.file_id,
            size=fetched.size,
            key_of=self.services.tenancy.vault(district).file_key,
        )
        headers = given_as(
            fetched.name or "file" + ENDINGS[fetched.kind][0], MEDIA_TYPES[fetched.kind], size=fetched.size
        )
        try:
            async with asyncio.timeout(self.services.files.terms.transfer.total_seconds()):
                async for part in parts:
                    if not transfer.status:  # until a piece has opened there may be a refusal to give
                        await transfer.begin(200, headers + self.for_origin(transfer))
                    await transfer.send({"type": "http.response.body", "body": part, "more_body": True})
                await transfer.send({"type": "http.response.body", "body": b""})
        except FileMissing:
            raise FileNotThere from None

    @asynccontextmanager
    async def claimed(self, transfer: Transfer, kind: AddressKind) -> AsyncIterator[tuple[Work, Fetched]]:
        """What the address stands for, in the transaction that uses it up. Raises AddressUnknown."""
        address = self.services.files.addresses.read(
            transfer.token, use=FETCHING[kind], now=datetime.now(UTC)
        )
        district = self.services.registry.get_live(address.slug)
        nobody = Principal.anonymous(district=district.slug)
        async with self.services.tenancy.write(district, nobody, request_id=transfer.request_id) as work:
            yield work, await claim_address(work, address.id, kind)


def given_as(name: str, media: str, *, size: int, kept: Sequence[Header] = (NO_STORE,)) -> list[Header]:
    """The headers of a file that is to be saved under ``name`` (RFC 6266), and not opened where it came from.

    ``kept`` says by whom it may be kept.
    """
    ending = name.rpartition(".")[2]
    plain = f"attachment; filename=\"file.{ending}\"; filename*=UTF-8''{quote(name, safe='')}"
    return [
        (b"content-type", media.encode()),
        (b"content-disposition", plain.encode()),
        (b"content-length", b"%d" % size),
        *kept,
        *_HARMLESS,
    ]
