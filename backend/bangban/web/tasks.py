"""Who does which kind of long work. A new kind adds a line here."""

from __future__ import annotations

from bangban.kernel.jobs.tasks import Handler
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.settings import Settings


def task_handlers(
    installation: Installation,  # noqa: ARG001 - the handlers take what they need of these
    tenancy: Tenancy,  # noqa: ARG001 - the handlers take what they need of these
    *,
    messenger: Messenger,  # noqa: ARG001 - the handlers take what they need of these
    settings: Settings,  # noqa: ARG001 - the handlers take what they need of these
) -> dict[str, Handler]:
    """The handler of every kind of task, for a worker or a command of this installation."""
    return {}
