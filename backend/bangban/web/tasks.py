"""Who does which kind of long work. A new kind adds a line here."""

from __future__ import annotations

from functools import partial
from typing import Final

from bangban.features.personal_data.daily import ERASING, erase_everywhere
from bangban.kernel.jobs.tasks import Handler
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.settings import Settings

DAILY: Final = (ERASING,)
"""What is asked for once a day, over all districts."""


def task_handlers(
    installation: Installation,  # noqa: ARG001 - the handlers take what they need of these
    tenancy: Tenancy,
    *,
    messenger: Messenger,  # noqa: ARG001 - the handlers take what they need of these
    settings: Settings,  # noqa: ARG001 - the handlers take what they need of these
) -> dict[str, Handler]:
    """The handler of every kind of task, for a worker or a command of this installation."""
    return {ERASING: partial(erase_everywhere, tenancy)}
