"""What a district may use at most 配额: kept in the registry, known to every process, refused with what to do.

A quota that is not set follows the process's settings, or is none at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from bangban.kernel.problems import ErrorCode, InvalidInput, Problem

MEGABYTE: Final = 1024 * 1024

MOST: Final[Mapping[str, tuple[int, int]]] = {
    "storage_mb": (1, 100_000_000),
    "staff_accounts": (1, 1_000_000),
    "cost_per_minute": (30_000, 2_000_000_000),  # the dearest operation must be able to run
    "statement_timeout_ms": (100, 600_000),
}
"""The least and the most of each quota that can be set."""


@dataclass(frozen=True)
class Quotas:
    """A district's quotas; None where it has none of its own.

    ``storage_mb``: mebibytes of its schema, as last measured. ``staff_accounts``: accounts that may sign in.
    ``cost_per_minute``: what its operations may cost together in each process, instead of the setting.
    ``statement_timeout_ms``: milliseconds that one statement may take, instead of the setting.
    """

    storage_mb: int | None = None
    staff_accounts: int | None = None
    cost_per_minute: int | None = None
    statement_timeout_ms: int | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Those that are kept as JSON; names of a later release are passed over."""
        return cls(**{name: kept[name] for name in MOST if kept.get(name) is not None})

    def as_json(self) -> dict[str, int]:
        """Those that are set."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def checked(self) -> Self:
        """The same; raises ``InvalidInput`` naming every quota that is too small or too great."""
        names = [
            name for name, value in self.as_json().items() if not MOST[name][0] <= value <= MOST[name][1]
        ]
        if names:
            bounds = ", ".join(f"{name} {MOST[name][0]}–{MOST[name][1]}" for name in names)
            fields = tuple("input." + _camel(name) for name in names)
            raise InvalidInput(
                f"A quota is out of bounds: {bounds}.", f"配额超出范围:{bounds}。", fields=fields
            )
        return self


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


class StorageFull(Problem):
    """What adds to a district's data is refused; reading, deciding and completing go on."""

    code = ErrorCode.QUOTA_EXCEEDED
    zh = "本地区已用存储 {used} MB,达到配额 {most} MB,暂不能新增数据。请清理不再需要的数据,或联系平台提高配额。"
    en = (
        "This district uses {used} MB of storage and may use {most} MB, so nothing can be added. Remove what is no "
        "longer needed, or ask the platform for a greater quota."
    )


class StaffQuotaFull(Problem):
    code = ErrorCode.QUOTA_EXCEEDED
    zh = "本地区最多可有 {most} 个工作人员账号,此操作后将有 {wanted} 个。请停用不再使用的账号,或联系平台提高配额。"
    en = (
        "This district may have {most} staff accounts and would have {wanted}. Close accounts that are no longer "
        "used, or ask the platform for a greater quota."
    )


def check_storage(quotas: Quotas, used_bytes: int | None) -> None:
    """Raises ``StorageFull`` where the last measurement reached the quota."""
    if quotas.storage_mb is None or used_bytes is None:
        return
    if used_bytes >= quotas.storage_mb * MEGABYTE:
        raise StorageFull(used=used_bytes // MEGABYTE, most=quotas.storage_mb)


def check_staff_accounts(quotas: Quotas, wanted: int) -> None:
    """Raises ``StaffQuotaFull`` where ``wanted`` accounts that may sign in are more than the quota."""
    if quotas.staff_accounts is not None and wanted > quotas.staff_accounts:
        raise StaffQuotaFull(most=quotas.staff_accounts, wanted=wanted)
