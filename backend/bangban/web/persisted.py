"""Documents that clients name by a hash: trusted ones, and those that were sent once before.

Automatic persisted queries as Apollo's clients use them: a request with the hash alone is answered with
``PersistedQueryNotFound`` until somebody sent hash and text together. That saves bytes and says nothing of
whether a document may be asked: permissions, limits and trust are decided anew for each request.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from bangban.features.documents.manifest import sha256_of
from bangban.kernel.problems import ErrorCode, Problem
from bangban.web.requests import Request
from bangban.web.trusted import TrustedDocumentRequired, TrustedDocuments

MOST_DOCUMENTS: Final = 500  # of one district
MOST_CHARACTERS: Final = 1_000_000  # of one district's texts
MOST_DISTRICTS: Final = 64  # at a time: 64 million characters at the very worst
_DIGITS: Final = 64


class PersistedQueryNotFound(Problem):
    """Not a sentence but a word of the protocol: Apollo's clients look for it, and then send the whole text."""

    code = ErrorCode.PERSISTED_QUERY_NOT_FOUND
    zh = "PersistedQueryNotFound"
    en = "PersistedQueryNotFound"


class HashMismatch(Problem):
    """The text is not the one that the hash names; were it kept, others would be given the wrong one."""

    code = ErrorCode.BAD_REQUEST
    zh = "所给的哈希不是查询文本的 SHA-256。"
    en = "The hash that was given is not the SHA-256 of the document's text."


class _Shelf:
    """What one district's callers sent, the least recently used first out."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._characters = 0

    def find(self, digest: str) -> str | None:
        text = self._texts.get(digest)
        if text is not None:
            self._texts.move_to_end(digest)
        return text

    def keep(self, digest: str, text: str) -> None:
        if digest in self._texts:
            return
        self._texts[digest] = text
        self._characters += len(text)
        while len(self._texts) > MOST_DOCUMENTS or self._characters > MOST_CHARACTERS:
            _, gone = self._texts.popitem(last=False)
            self._characters -= len(gone)


class Persisted:
    """Looks documents up by their hashes. One district's clients cannot push out what another's sent."""

    def __init__(self, trusted: TrustedDocuments) -> None:
        self._trusted = trusted
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()

    async def resolve(self, request: Request, slug: str | None, *, bound: bool) -> Request:
        """The request with its document's text. ``bound`` callers are given trusted documents only.

        Raises:
            PersistedQueryNotFound: Nobody sent the text yet. A bound caller is told
                TrustedDocumentRequired instead, since sending it would not help.
            HashMismatch: The text that came with the hash is another one.
        """
        digest = request.document
        if digest is None:
            return request
        if len(digest) != _DIGITS and request.query:
            return request  # an identifier of the client's own kind; the text is here, so nothing is missing
        text = await self._trusted.find(digest, slug)
        if text is not None:
            if request.query not in ("", text):
                raise HashMismatch(fields=("extensions.persistedQuery",))
            return request.with_text(text, trusted=True)
        if request.query:
            if sha256_of(request.query).hex() != digest:
                raise HashMismatch(fields=("extensions.persistedQuery",))
            return request
        if bound:
            raise TrustedDocumentRequired(fields=("documentId",))
        shelf = self._shelves.get(slug or "")
        found = shelf.find(digest) if shelf is not None else None
        if found is None:
            raise PersistedQueryNotFound(fields=("documentId",))
        return request.with_text(found, trusted=False)

    def keep(self, request: Request, slug: str | None) -> None:
        """Remember a resolved document under its hash. For those that ran: what is refused is not worth a place."""
        if request.document is None or request.trusted or len(request.document) != _DIGITS:
            return
        key = slug or ""
        shelf = self._shelves.get(key)
        if shelf is None:
            shelf = self._shelves[key] = _Shelf()
            if len(self._shelves) > MOST_DISTRICTS:
                self._shelves.popitem(last=False)
        self._shelves.move_to_end(key)
        shelf.keep(request.document, request.query)
