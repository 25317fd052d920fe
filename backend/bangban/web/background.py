"""What goes on beside requests: who handles which event, and what is looked after from time to time."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bangban.features.accounts.messages import handlers as account_handlers
from bangban.features.accounts.sweeping import sweep
from bangban.features.archives.service.undoing import undo_imports
from bangban.features.bookings.messages import handlers as booking_handlers
from bangban.features.cards.contact_reminders import handlers as contact_handlers
from bangban.features.cases.colleagues import handlers as colleague_handlers
from bangban.features.cases.messages import handlers as case_handlers
from bangban.features.cases.reminders import handlers as reminder_handlers
from bangban.features.configuring.handlers import handlers as configuring_handlers
from bangban.features.configuring.readiness import keep_all
from bangban.features.districts.applying import sweep_applications
from bangban.features.first_asks.messages import handlers as asking_handlers
from bangban.features.hall.messages import handlers as hall_handlers
from bangban.features.joint.messages import handlers as bundle_handlers
from bangban.features.joint.messages import is_part
from bangban.features.orders.falling import handlers as order_clock
from bangban.features.orders.following import handlers as case_followers
from bangban.features.orders.messages import handlers as order_handlers
from bangban.features.orders.parting import handlers as moved_cases
from bangban.features.statistics.tasks import ask_to_count
from bangban.features.supervision.daily import ask_for_sweep
from bangban.features.supervision.daily import handlers as supervision_handlers
from bangban.features.supervision.messages import handlers as duty_handlers
from bangban.features.uploads.service import upload_handlers
from bangban.kernel.files.store import FileStore
from bangban.kernel.jobs.deliveries import joined
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.jobs.tasks import ask_daily
from bangban.kernel.jobs.worker import Worker
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.settings import Settings
from bangban.web.tasks import DAILY


def worker_of(
    tenancy: Tenancy,
    listener: Listener,
    messenger: Messenger,
    store: FileStore,
    *,
    settings: Settings,
    administration: Installation | None,
) -> Worker:
    """The worker of a process: tells whom events concern, seals trails, and looks after what is due."""
    administrations = [administration] if administration is not None else []
    return Worker(
        tenancy,
        listener,
        handlers=joined(
            # Before anybody is told: a gateway that fails holds up what comes after it.
            supervision_handlers(tenancy),
            case_handlers(tenancy, messenger, refusals_elsewhere=is_part),
            colleague_handlers(tenancy, messenger),
            bundle_handlers(tenancy, messenger),
            reminder_handlers(tenancy, messenger),
            asking_handlers(tenancy, messenger),
            account_handlers(tenancy, messenger),
            order_handlers(tenancy, messenger),
            order_clock(tenancy),
            case_followers(tenancy),
            moved_cases(tenancy),
            configuring_handlers(tenancy),
            duty_handlers(tenancy, messenger),
            upload_handlers(tenancy, store),
            hall_handlers(tenancy, messenger),
            booking_handlers(tenancy, messenger),
            contact_handlers(tenancy, messenger),
        ),
        seal_every=settings.seal_every,
        sweeps=[
            partial(sweep, tenancy),
            partial(sweep_applications, tenancy),
            partial(keep_all, tenancy),
            *(partial(ask_daily, tenancy, kind) for kind in DAILY),
            partial(ask_for_sweep, tenancy),
            partial(ask_to_count, tenancy, every=timedelta(seconds=settings.statistics_every)),
            *(partial(undo_imports, each.admin, store) for each in administrations),
        ],
    )
