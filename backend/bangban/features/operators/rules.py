"""Who may be given which duty, and by whom (三员分立, GB/T 22239, DOMAIN 3.16). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bangban.features.operators.problems import (
    AuditDutyKept,
    LastSecurityOperator,
    OperatorFaulty,
    OwnAccount,
)
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.identifiers.names import shown_name

_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{1,39}")
_LONGEST_NAME: Final = 60


@dataclass(frozen=True)
class Standing:
    """An operator's account as the rules see it."""

    id: UUID
    duty: OperatorDuty
    active: bool


def checked_account(login: str, name: str) -> tuple[str, str]:
    """Login and name as they are kept. Raises ``OperatorFaulty`` with every field that is wrong."""
    login, shown = login.strip().lower(), shown_name(name)
    faults = []
    if not _LOGIN.fullmatch(login):
        faults.append("input.login")
    if shown is None or len(shown) > _LONGEST_NAME:
        faults.append("input.name")
    if shown is None or faults:
        raise OperatorFaulty(fields=tuple(faults))
    return login, shown


def check_change(operator: Standing, *, actor: UUID | None, security: frozenset[UUID]) -> None:
    """Whether somebody may take this account's duty or access away.

    ``actor`` is the operator who asks, None for the installation's administrator; ``security`` are all active
    security operators. Raises ``OwnAccount``, ``LastSecurityOperator``.
    """
    if operator.id == actor:
        raise OwnAccount
    if security == {operator.id}:
        raise LastSecurityOperator


def check_duty(
    operator: Standing, duty: OperatorDuty, *, actor: UUID | None, security: frozenset[UUID]
) -> None:
    """Whether the account may have this duty from now on. Raises as ``check_change``, ``AuditDutyKept``."""
    if operator.id == actor:
        raise OwnAccount
    if duty is operator.duty:
        return
    if duty is OperatorDuty.AUDIT:
        raise AuditDutyKept
    check_change(operator, actor=actor, security=security)
