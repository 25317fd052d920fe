"""``PUT /uploads/{token}``: a file comes, once, from whoever asked for the address, and is sealed as it comes.

Nothing of it is kept in memory beyond a few chunks, and nothing of it is on disk in the clear: it goes into the
store sealed, is read back from there for the inspection, and is deleted where that finds fault.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from bangban.features.uploads.content import Faulty, inspect
from bangban.features.uploads.problems import FileRejected
from bangban.features.uploads.service import Claimed, claim, settle
from bangban.features.uploads.service.asking import SENDING
from bangban.features.uploads.values import Rejection
from bangban.kernel.access.principals import Principal
from bangban.kernel.files.addresses import AddressUnknown
from bangban.kernel.problems import ErrorCode, Problem
from bangban.kernel.tenancy.registry import District
from bangban.web.callers import Callers
from bangban.web.cors import require_origin
from bangban.web.deadlines import BodyTooSlow, Deadlines
from bangban.web.incoming import Gone, text_of
from bangban.web.negotiation import JSON
from bangban.web.replies import CONTENT_TYPE, NO_STORE
from bangban.web.services import AppServices
from bangban.web.transfers import Transfer, TransferEndpoint

_INSPECTIONS: Final = 2  # at a time: each keeps a core busy


class EncodedBody(Problem):
    """Files are sent as they are."""

    code = ErrorCode.BAD_REQUEST
    zh = "请直接发送文件内容,不使用 Content-Encoding。"
    en = "Send the file as it is, without Content-Encoding."


class _Sender(NamedTuple):
    principal: Principal
    district: District


class UploadEndpoint(TransferEndpoint):
    """Takes files in."""

    method = "PUT"

    def __init__(self, services: AppServices) -> None:
        super().__init__(services)
        self._callers = Callers(services)
        self._bodies = Deadlines(services.files.terms.transfer.total_seconds())
        self._inspections = asyncio.Semaphore(_INSPECTIONS)

    async def carry(self, transfer: Transfer) -> None:
        """Take one file in. Raises FileRejected and what else refuses it."""
        headers = transfer.headers
        sender = await self._sender(transfer)
        address = self.services.files.addresses.read(transfer.token, use=SENDING, now=datetime.now(UTC))
        if address.slug != sender.district.slug:
            raise AddressUnknown
        if b"content-encoding" in headers:
            raise EncodedBody(fields=("Content-Encoding",))
        tenancy = self.services.tenancy
        async with tenancy.write(sender.district, sender.principal, request_id=transfer.request_id) as work:
            claimed = await claim(work, address.id)
        try:
            digest = await self._bodies.keep(self._receive(transfer, sender.district, claimed))
            await self._inspect(sender.district, claimed)
        except (FileRejected, BodyTooSlow, Gone) as refused:
            why = refused.reason if isinstance(refused, FileRejected) else Rejection.INCOMPLETE
            await self._settle(transfer, sender, claimed, why=why)
            raise
        await self._settle(transfer, sender, claimed, sha256=digest)
        told = {"fileId": str(claimed.id), "state": "STORED", "sha256": digest}
        given = [CONTENT_TYPE[JSON], NO_STORE, *self.for_origin(transfer)]
        await transfer.answer(200, given, json.dumps(told).encode())

    async def _sender(self, transfer: Transfer) -> _Sender:
        headers = transfer.headers
        key = headers.get(b"authorization"), headers.get(b"x-district"), headers.get(b"host")
        caller = (self._callers.find(key) or await self._callers.identify(key)).caller
        if caller.district is None or caller.principal.id is None:
            raise AddressUnknown
        require_origin(
            text_of(headers.get(b"origin")),
            text_of(headers.get(b"host")),
            self.services.registry,
            caller.district,
            caller.principal,
        )
        return _Sender(caller.principal, caller.district)

    async def _receive(self, transfer: Transfer, district: District, claimed: Claimed) -> str:
        """Seal and keep the body; its SHA-256. Raises FileRejected where it is not as long as was said, Gone."""
        length = transfer.headers.get(b"content-length")
        if length is not None and length != b"%d" % claimed.size:
            raise FileRejected(Rejection.INCOMPLETE)
        digest, size = hashlib.sha256(), 0

        async def parts() -> AsyncIterator[bytes]:
            nonlocal size
            more = True
            while more:
                message = await transfer.receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                part = message.get("body", b"")
                more = message.get("more_body", False)
                size += len(part)
                if size > claimed.size or (not more and size != claimed.size):
                    raise FileRejected(Rejection.INCOMPLETE)
                digest.update(part)
                yield part

        key_of = self.services.tenancy.vault(district).file_key
        await self.services.files.store.put(district.slug, claimed.id, parts(), key_of=key_of)
        return digest.hexdigest()

    async def _inspect(self, district: District, claimed: Claimed) -> None:
        key_of = self.services.tenancy.vault(district).file_key
        store = self.services.files.store

        def look() -> None:
            with store.opened(district.slug, claimed.id, size=claimed.size, key_of=key_of) as file:
                inspect(claimed.kind, file, claimed.size)

        async with self._inspections:
            try:
                await asyncio.to_thread(look)
            except Faulty as faulty:
                raise FileRejected(faulty.why) from None

    async def _settle(
        self,
        transfer: Transfer,
        sender: _Sender,
        claimed: Claimed,
        *,
        sha256: str | None = None,
        why: Rejection | None = None,
    ) -> None:
        """Say what became of the file. Raises AddressUnknown where its time was over first."""
        tenancy = self.services.tenancy
        async with tenancy.write(sender.district, sender.principal, request_id=transfer.request_id) as work:
            in_time = await settle(work, claimed.id, sha256=sha256, why=why)
        if not in_time or why is not None:
            await self.services.files.store.delete(sender.district.slug, claimed.id)
        if not in_time:
            raise AddressUnknown
