"""What one process holds for all its requests, opened at its start and closed at its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from bangban.features.accounts.desk import Desk
from bangban.features.accounts.principals import Principals
from bangban.features.accounts.tokens import TokenVerifier
from bangban.features.areas.lists import Divisions
from bangban.features.catalog.templates import TEMPLATES, TemplateCatalog, texts_for
from bangban.features.districts.rules import Terms
from bangban.features.districts.templates import catalog_of, templates_in
from bangban.features.policy.graphql import SHIPPED_LINES, shipped_lines
from bangban.features.wording.graphql import SHIPPED_WORDINGS
from bangban.features.wording.rules import shipped_wordings
from bangban.kernel.access.compiled import shipped_policy
from bangban.kernel.clock.local_time import local_today
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.files.desk import FileDesk
from bangban.kernel.graphql.values import Asking, Named
from bangban.kernel.jobs.fanout import FanOut
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.messenger.wechat import WeChatLogin
from bangban.kernel.planner.planner import Planner
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.registry import Registry
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.typesetting import Press
from bangban.kernel.vault.keyring import KeyRing
from bangban.settings import Settings
from bangban.web.admission import Admission, Doors
from bangban.web.background import worker_of
from bangban.web.budgets import Budgets
from bangban.web.forgetting import forget_what_changes
from bangban.web.messengers import open_messenger, open_wechat_login
from bangban.web.sockets import Sockets
from bangban.web.tasks import task_handlers
from bangban.web.trusted import TrustedDocuments
from bangban.web.tuning import allowances_of, bounds_of, files_of, limits_of, terms_of

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
    press: Press

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
        return texts_for(self.catalogs, district.levels, local_today(district.timezone, asking.now))

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
    listener = Listener(opening.direct, opening.names.channel)
    await listener.start()
    tenancy = await Tenancy.open(
        opening.endpoint,
        names=opening.names,
        ring=opening.ring,
        limits=limits_of(settings),
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
        budgets=Budgets(allowances_of(settings), quota_of=partial(_cost_quota, tenancy.registry)),
        admission=Admission(bounds_of(settings)),
        doors=Doors(bounds_of(settings)),
        sockets=Sockets(),
        documents=TrustedDocuments(tenancy),
        templates=frozenset(templates),
        catalogs=catalogs,
        divisions=Divisions(settings.divisions, settings.tenants),
        terms=terms_of(settings),
        files=files_of(settings, opening.ring),
        wechat=wechat,
        press=Press(),
    )
    forget_what_changes(
        listener, tenancy=tenancy, desk=desk, sockets=services.sockets, documents=services.documents
    )
    services.fanout.begin(upsetting=_UPSETTING)
    await tenancy.registry.load()  # again: what changed since the first reading was told to nobody
    await desk.revocations.load(tenancy)
    worker = worker_of(
        tenancy,
        listener,
        messenger,
        services.files.store,
        settings=settings,
        administration=opening.administration,
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
