"""What a process remembers of districts, callers and documents is forgotten when somebody changes it."""

from __future__ import annotations

from uuid import UUID

from bangban.features.accounts.desk import Desk
from bangban.features.accounts.revocations import SESSION_REVOKED
from bangban.features.documents.service import DOCUMENTS_CHANGED
from bangban.kernel.jobs.hints import Hint
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.web.sockets import Sockets
from bangban.web.trusted import TrustedDocuments


def forget_what_changes(
    listener: Listener, *, tenancy: Tenancy, desk: Desk, sockets: Sockets, documents: TrustedDocuments
) -> None:
    """Let caches forget what a notification says has changed; after a lost connection, everything."""

    async def registry_changed(slug: str, _: str) -> None:
        await tenancy.registry.refresh(slug)
        tenancy.forget(slug)
        await sockets.look(tenancy.registry, slug)

    async def calendar_changed(slug: str, _: str) -> None:
        if not slug:  # a holiday notice was imported, for everybody
            await tenancy.holidays_changed()

    def at_once(hint: Hint) -> None:
        # Before anybody who waits for this hint is woken: a subscription looks its caller up again right then.
        if hint.kind == SESSION_REVOKED:
            desk.revocations.note(hint.reference)
        elif hint.kind == "staff.changed":
            desk.principals.forget(hint.slug, _uuid(hint.reference))
        elif hint.kind in ("policy.changed", "calendar.changed") and hint.slug:
            tenancy.forget(hint.slug)

    async def missed() -> None:
        await tenancy.registry.load()
        for district in tenancy.registry:
            tenancy.forget(district.slug)
            desk.principals.forget(district.slug)
        documents.forget()
        await sockets.look_at_all(tenancy.registry)
        await desk.revocations.load(tenancy)

    listener.on_any(at_once)
    listener.on("registry.changed", registry_changed)
    listener.on("calendar.changed", calendar_changed)
    listener.on(DOCUMENTS_CHANGED, documents.changed)
    listener.on_reconnect(missed)


def _uuid(reference: str) -> UUID | None:
    """The account that a notification names; None, which stands for all of them, where it names none."""
    try:
        return UUID(reference)
    except ValueError:
        return None
