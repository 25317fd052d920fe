"""Who does which kind of long work. A new kind adds a line here."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final

from bangban.features.archives.tasks import archive_handlers
from bangban.features.districts.application_tasks import discarding, provisioning
from bangban.features.districts.deciding import DISCARD, PROVISION
from bangban.features.districts.templates import templates_in
from bangban.features.fleet import service as fleet
from bangban.features.personal_data.daily import ERASING, erase_everywhere
from bangban.features.statistics.tasks import COUNTING, count_everywhere
from bangban.features.supervision.daily import SUPERVISING, supervise
from bangban.kernel.files.store import FileStore
from bangban.kernel.jobs.tasks import Handler
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.tenancy.fleet.outcome import Pace
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.settings import Settings

DAILY: Final = (ERASING,)
"""What is asked for once a day, over all districts."""


def pace_of(settings: Settings) -> Pace:
    """How runs over the fleet go about it here."""
    return Pace(
        workers=settings.migrate_workers,
        lock_timeout_ms=settings.migrate_lock_timeout_ms,
        statement_timeout_ms=settings.migrate_statement_timeout_ms,
        tries=settings.migrate_tries,
    )


def task_handlers(
    installation: Installation,
    tenancy: Tenancy,
    *,
    messenger: Messenger,
    settings: Settings,
) -> dict[str, Handler]:
    """The handler of every kind of task, for a worker or a command of this installation."""
    cooling = timedelta(days=settings.leaving_days)
    return {
        PROVISION: provisioning(
            installation, tenancy, templates=templates_in(settings.tenants), messenger=messenger
        ),
        DISCARD: discarding(installation, tenancy),
        **fleet.handlers(installation, pace_of(settings)),
        ERASING: partial(erase_everywhere, tenancy),
        SUPERVISING: partial(supervise, tenancy),
        COUNTING: partial(count_everywhere, tenancy, every=timedelta(seconds=settings.statistics_every)),
        **archive_handlers(
            installation,
            tenancy,
            folder=settings.archives_folder,
            cooling=cooling,
            files=FileStore.open(settings.files, folder=settings.files_folder),
        ),
    }
