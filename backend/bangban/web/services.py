"""What one process holds for all its requests, opened at its start and closed at its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from bangban.features.accounts.desk import Desk
from bangban.features.accounts.messages import handlers as account_handlers
from bangban.features.accounts.principals import Principals
from bangban.features.accounts.revocations import SESSION_REVOKED
from bangban.features.accounts.sweeping import sweep
from bangban.features.accounts.tokens import TokenVerifier
from bangban.features.archives.service.undoing import undo_imports
from bangban.features.areas.lists import Divisions
from bangban.features.bookings.messages import handlers as booking_handlers
from bangban.features.cases.messages import handlers as case_handlers
from bangban.features.cases.reminders import handlers as reminder_handlers
from bangban.features.catalog.templates import TEMPLATES, TemplateCatalog, texts_for
from bangban.features.configuring.handlers import handlers as configuring_handlers
from bangban.features.configuring.readiness import keep_all
from bangban.features.districts.applying import sweep_applications
from bangban.features.districts.rules import Approval, Terms
from bangban.features.districts.templates import catalog_of, templates_in
from bangban.features.documents.service import DOCUMENTS_CHANGED
from bangban.features.first_asks.messages import handlers as asking_handlers
from bangban.features.hall.messages import handlers as hall_handlers
from bangban.features.joint.messages import handlers as bundle_handlers
from bangban.features.orders.falling import handlers as order_clock
from bangban.features.orders.messages import handlers as order_handlers
from bangban.features.policy.graphql import SHIPPED_LINES, shipped_lines
from bangban.features.statistics.tasks import ask_to_count
from bangban.features.supervision.daily import ask_for_sweep
from bangban.features.supervision.daily import handlers as supervision_handlers
from bangban.features.supervision.messages import handlers as duty_handlers
from bangban.features.uploads.service import upload_handlers
from bangban.features.wording.graphql import SHIPPED_WORDINGS
from bangban.features.wording.rules import shipped_wordings
from bangban.kernel.access.compiled import shipped_policy
from bangban.kernel.clock.local import local_day
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.files.addresses import Addresses
from bangban.kernel.files.desk import FileDesk, FileTerms
from bangban.kernel.files.store import FileStore
from bangban.kernel.graphql.values import Asking, Named
from bangban.kernel.jobs.fanout import FanOut
from bangban.kernel.jobs.listener import Hint, Listener
from bangban.kernel.jobs.relay import joined
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tasks import ask_daily
from bangban.kernel.jobs.worker import Worker
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.messenger.wechat import WeChatLogin
from bangban.kernel.planner.planner import Planner
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.registry import Registry
from bangban.kernel.tenancy.tenancy import Limits, Tenancy
from bangban.kernel.vault.keyring import KeyRing
from bangban.settings import Settings
from bangban.web.admission import Admission, Bounds, Doors
from bangban.web.budgets import Allowances, Budgets
from bangban.web.messengers import open_messenger, open_wechat_login
from bangban.web.sockets import Sockets
from bangban.web.tasks import DAILY, task_handlers
from bangban.web.trusted import TrustedDocuments

# After these, told of a whole district, any list of it may hold something else.
_UPSETTING: Final = ("policy.changed", "calendar.changed", "registry.changed", "staff.changed")


@dataclass(frozen=True)
class Opening:
    """What it takes to open a process's services. ``direct`` is the way past a pooler, for LISTEN.

    ``standby`` is a hot standby for reads that may be a moment old; ``administration`` is there in processes
    that also do long work, such as making districts.
    """

    settings: Settings
    endpoint: Endpoint
    direct: Endpoint
    names: Names
    ring: KeyRing
    standby: Endpoint | None = None
    administration: Installation | None = None


@dataclass(frozen=True)
class AppServices:
    """The services of one process."""

    settings: Settings
    tenancy: Tenancy
    planner: Planner
    messenger: Messenger
    listener: Listener
    fanout: FanOut
    desk: Desk
    budgets: Budgets
    admission: Admission
    doors: Doors
    sockets: Sockets
    documents: TrustedDocuments
    templates: frozenset[str]
    terms: Terms
    catalogs: Mapping[str, TemplateCatalog]
    divisions: Divisions
    files: FileDesk
    wechat: WeChatLogin | None

    @property
    def named(self) -> Named:
        """What statements may bind beside the request's own values."""
        return {
            TEMPLATES: self._template_texts,
            SHIPPED_LINES: lambda _: shipped_lines(),
            SHIPPED_WORDINGS: lambda _: shipped_wordings(),
        }

    def _template_texts(self, asking: Asking) -> str:
        district = asking.district
        if district is None:
            raise KeyError(TEMPLATES)
        return texts_for(self.catalogs, district.levels, local_day(asking.now, district.timezone))

    @property
    def registry(self) -> Registry:
        return self.tenancy.registry

    @property
    def verifier(self) -> TokenVerifier:
        return self.desk.verifier

    @property
    def principals(self) -> Principals:
        return self.desk.principals

    @property
    def base_domain(self) -> str | None:
        return self.settings.base_domain


@asynccontextmanager
async def open_services(opening: Opening) -> AsyncIterator[AppServices]:
    """Open everything, in an order in which nothing announced meanwhile is missed: listen first, then read."""
    async with (
        open_messenger(opening.settings) as messenger,
        open_wechat_login(opening.settings) as wechat,
        _opened(opening, messenger, wechat) as services,
    ):
        yield services


@asynccontextmanager
async def _opened(
    opening: Opening, messenger: Messenger, wechat: WeChatLogin | None
) -> AsyncIterator[AppServices]:
    settings = opening.settings
    templates = templates_in(settings.tenants)
    # Deciding the whole vocabulary takes a second of processor time: before anybody waits, and not on the event loop.
    await asyncio.to_thread(shipped_policy)
    catalogs = {name: await asyncio.to_thread(catalog_of, name, folder) for name, folder in templates.items()}
    limits = Limits(
        read_connections=settings.read_connections,
        write_connections=settings.write_connections,
        acquire_timeout=settings.acquire_timeout,
        statement_timeout_ms=settings.statement_timeout_ms,
        statement_timeouts=settings.statement_timeouts,
        read_queue=settings.read_queue,
        write_queue=settings.write_queue,
        read_statements=settings.read_statements,
        read_districts=settings.read_districts,
        read_connection_age=settings.read_connection_age,
        read_connection_idle=settings.read_connection_idle,
    )
    listener = Listener(opening.direct, opening.names.channel)
    await listener.start()
    tenancy = await Tenancy.open(
        opening.endpoint,
        names=opening.names,
        ring=opening.ring,
        limits=limits,
        standby=opening.standby,
        apart=settings.citus,
    )
    desk = Desk.of(tenancy, settings=settings, messenger=messenger)
    services = AppServices(
        settings=settings,
        tenancy=tenancy,
        planner=Planner(),
        messenger=messenger,
        listener=listener,
        fanout=FanOut(listener),
        desk=desk,
        budgets=Budgets(_allowances(settings), quota_of=partial(_cost_quota, tenancy.registry)),
        admission=Admission(_bounds(settings)),
        doors=Doors(_bounds(settings)),
        sockets=Sockets(),
        documents=TrustedDocuments(tenancy),
        templates=frozenset(templates),
        catalogs=catalogs,
        divisions=Divisions(settings.divisions, settings.tenants),
        terms=_terms(settings),
        files=_files(settings, opening.ring),
        wechat=wechat,
    )
    _wire(services)
    await tenancy.registry.load()  # again: what changed since the first reading was told to nobody
    await desk.revocations.load(tenancy)
    administrations = [opening.administration] if opening.administration is not None else []
    worker = Worker(
        tenancy,
        listener,
        handlers=joined(
            supervision_handlers(
                tenancy
            ),  # before anybody is told: a gateway that fails holds up what comes after it
            case_handlers(tenancy, messenger),
            bundle_handlers(tenancy, messenger),
            reminder_handlers(tenancy, messenger),
            asking_handlers(tenancy, messenger),
            account_handlers(tenancy, messenger),
            order_handlers(tenancy, messenger),
            order_clock(tenancy),
            configuring_handlers(tenancy),
            duty_handlers(tenancy, messenger),
            upload_handlers(tenancy, services.files.store),
            hall_handlers(tenancy, messenger),
            booking_handlers(tenancy, messenger),
        ),
        seal_every=settings.seal_every,
        sweeps=[
            partial(sweep, tenancy),
            partial(sweep_applications, tenancy),
            partial(keep_all, tenancy),
            *(partial(ask_daily, tenancy, kind) for kind in DAILY),
            partial(ask_for_sweep, tenancy),
            partial(ask_to_count, tenancy, every=timedelta(seconds=settings.statistics_every)),
            *(partial(undo_imports, each.admin, services.files.store) for each in administrations),
        ],
    )
    await worker.start()
    tasks = None
    if opening.administration is not None:
        handlers = task_handlers(opening.administration, tenancy, messenger=messenger, settings=settings)
        tasks = TaskRunner(tenancy, opening.direct, handlers)
        await tasks.start(listener)
    try:
        yield services
    finally:
        if tasks is not None:
            await tasks.stop()
        await worker.stop()
        await listener.stop()
        await tenancy.close()
        desk.passwords.close()


def _cost_quota(registry: Registry, slug: str) -> int | None:
    district = registry.find(slug)
    return district.quotas.cost_per_minute if district is not None else None


def _allowances(settings: Settings) -> Allowances:
    return Allowances(
        district=settings.budget_district,
        principal=settings.budget_principal,
        portal=settings.budget_portal,
        address=settings.budget_address,
        burst_seconds=settings.budget_burst_seconds,
        districts=settings.budget_districts,
    )


def _terms(settings: Settings) -> Terms:
    return Terms(
        approval=Approval(settings.onboarding_approval, frozenset(settings.onboarding_codes)),
        code_lifetime=timedelta(seconds=settings.onboarding_code_seconds),
        unverified_lifetime=timedelta(seconds=settings.onboarding_expires_seconds),
        address_daily=settings.onboarding_address_daily,
    )


def _files(settings: Settings, ring: KeyRing) -> FileDesk:
    return FileDesk(
        store=FileStore.open(settings.files, folder=settings.files_folder),
        addresses=Addresses(partial(ring.derive_all, "file-addresses")),
        terms=FileTerms(
            most_bytes=settings.upload_max_bytes,
            most_of_case=settings.upload_most_of_case,
            sending=timedelta(seconds=settings.upload_address_seconds),
            fetching=timedelta(seconds=settings.download_address_seconds),
            transfer=timedelta(seconds=settings.transfer_seconds),
        ),
    )


def _bounds(settings: Settings) -> Bounds:
    return Bounds(
        room=settings.admit_room,
        reading=settings.admit_reading,
        writing=settings.admit_writing,
        least=settings.admit_least,
        wait_seconds=settings.admit_wait,
        connections=settings.sockets,
        connections_of_caller=settings.sockets_of_caller,
    )


def _wire(services: AppServices) -> None:
    """Let caches forget what a notification says has changed; after a lost connection, everything."""
    tenancy, desk, listener = services.tenancy, services.desk, services.listener

    async def registry_changed(slug: str, _: str) -> None:
        await tenancy.registry.refresh(slug)
        tenancy.forget(slug)
        await services.sockets.look(tenancy.registry, slug)

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
        services.documents.forget()
        await services.sockets.look_at_all(tenancy.registry)
        await desk.revocations.load(tenancy)

    listener.on_any(at_once)
    listener.on("registry.changed", registry_changed)
    listener.on("calendar.changed", calendar_changed)
    listener.on(DOCUMENTS_CHANGED, services.documents.changed)
    listener.on_reconnect(missed)
    services.fanout.begin(upsetting=_UPSETTING)


def _uuid(reference: str) -> UUID | None:
    """The account that a notification names; None, which stands for all of them, where it names none."""
    try:
        return UUID(reference)
    except ValueError:
        return None
