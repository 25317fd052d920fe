"""Trusted documents, and who may send nothing else.

The named operations that come with the software are trusted in every district; portals register more. A
district may bind its anonymous callers and its portals to them. Everybody else, who can be called to account
under their own name, goes on sending what they like.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final, Protocol, cast

from bangban.features.documents.manifest import sha256_of
from bangban.features.documents.service import texts_of
from bangban.features.documents.tables import EVERYBODY
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.graphql.context import Context
from bangban.kernel.problems import ErrorCode, Problem
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.web.requests import Request

MANIFEST: Final = "documents.json"
"""The operations of ``schema/graphql/operations`` inside the package, in the format of Apollo's manifest, so that
an installed package knows them too and a portal may take the file over as it is."""

_MOST_DISTRICTS: Final = 256  # whose own documents are held at a time
_BOUND: Final = (PrincipalKind.ANONYMOUS, PrincipalKind.PORTAL)


class TrustedDocumentRequired(Problem):
    """The district answers these callers trusted documents only."""

    code = ErrorCode.TRUSTED_DOCUMENT_REQUIRED
    zh = "该地区只接受已登记的查询文档:请发送已登记文档的哈希(documentId)或其原文。"
    en = (
        "This district takes registered documents only: send the hash of one (documentId), or its exact text."
    )


@lru_cache(maxsize=1)
def shipped_documents() -> Mapping[str, str]:
    """The texts that come with the software, by their hashes in hexadecimal."""
    manifest = json.loads((files("bangban.web") / MANIFEST).read_text("utf-8"))
    return {each["id"]: each["body"] for each in manifest["operations"]}


class TrustedDocuments:
    """The trusted documents as one process knows them. A district's own are read when they are first needed."""

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy
        self.shipped = shipped_documents()
        self._own: OrderedDict[str, Mapping[str, str]] = OrderedDict()  # the longest held goes first
        self._forgotten = 0

    async def find(self, digest: str, slug: str | None) -> str | None:
        """The text that is trusted in a district under this hash, or None.

        Strangers cannot make the database work: a district is read once, whatever hashes are asked for.
        """
        text = self.shipped.get(digest)
        if text is None:
            text = (await self._of(EVERYBODY)).get(digest)
        if text is None and slug is not None:
            text = (await self._of(slug)).get(digest)
        return text

    async def _of(self, slug: str) -> Mapping[str, str]:
        known = self._own.get(slug)
        if known is None:
            before = self._forgotten
            known = await texts_of(self._tenancy, slug)
            # What was read before somebody said that it changed is used and not kept.
            if before == self._forgotten:
                self._own[slug] = known
                if len(self._own) > _MOST_DISTRICTS:
                    self._own.popitem(last=False)
        return known

    async def changed(self, slug: str, _reference: str) -> None:
        """Take in a notification that documents of a district, or of ``EVERYBODY``, changed."""
        self.forget(slug)

    def forget(self, slug: str | None = None) -> None:
        """Read again next time: one district's documents, with ``EVERYBODY`` those of all; None is everything."""
        self._forgotten += 1
        if slug is None:
            self._own.clear()
        else:
            self._own.pop(slug, None)


def is_bound(principal: Principal, district: District | None) -> bool:
    """Whether the district lets this caller send trusted documents only, or the portal's own account does."""
    if district is None:
        return False
    return principal.documents_only or (district.trusted_documents_only and principal.kind in _BOUND)


class Holder(Protocol):
    """Whoever holds the process's trusted documents."""

    @property
    def documents(self) -> TrustedDocuments: ...


async def require_trusted(request: Request, context: Context) -> None:
    """Raises TrustedDocumentRequired where the caller is bound to trusted documents and sends another.

    The text counts, not the way in which it was sent: who sends a trusted document in full is as welcome.
    """
    district = context.district
    if request.trusted or district is None or not is_bound(context.principal, district):
        return
    holder = cast("Holder", context.services)  # the kernel's view of the services does not know of documents
    if await holder.documents.find(sha256_of(request.query).hex(), district.slug) is None:
        raise TrustedDocumentRequired(fields=("query",))
