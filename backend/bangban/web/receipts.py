"""``GET /receipts/{token}``: a receipt as PDF, once, made of the case as it is at that moment and kept nowhere."""

from __future__ import annotations

from functools import partial

from bangban.features.receipts.rendering import render
from bangban.features.receipts.service import make_paper, make_visit_paper
from bangban.features.receipts.values import TITLES, ReceiptKind
from bangban.features.uploads.values import MEDIA_TYPES, AddressKind, FileKind
from bangban.web.downloads import DownloadEndpoint, given_as
from bangban.web.transfers import Transfer


class ReceiptEndpoint(DownloadEndpoint):
    """Gives receipts out."""

    async def carry(self, transfer: Transfer) -> None:
        """Make one receipt and give it out. Raises NothingToReceipt, ResultHeld, DataErased."""
        async with self.claimed(transfer, AddressKind.RECEIPT) as (work, fetched):
            kind = ReceiptKind(fetched.receipt or "")
            if fetched.case_id is not None:
                paper = await make_paper(work, fetched.case_id, kind)
            else:
                assert fetched.visit_id is not None  # an address is of the one or of the other
                paper = await make_visit_paper(work, fetched.visit_id)
        content = await self.services.press.set(partial(render, paper))
        name = f"{TITLES[kind][0]}-{fetched.number}.pdf"
        headers = given_as(name, MEDIA_TYPES[FileKind.PDF], size=len(content))
        await transfer.begin(200, headers + self.for_origin(transfer))
        await transfer.send({"type": "http.response.body", "body": content})
