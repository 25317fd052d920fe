"""Refusals about the service catalog."""

from __future__ import annotations

from typing import Final, NamedTuple

from bangban.features.catalog.rules import ItemFault
from bangban.kernel.problems import ErrorCode, NotFound, Problem


class ItemUnknown(NotFound):
    """No version of such an item holds on the day."""

    def __init__(self, *, field: str = "input.serviceCode") -> None:
        super().__init__("service item", "服务事项", fields=(field,))


class FaultOfItem(NamedTuple):
    """One fault of one item."""

    item: str
    fault: ItemFault


class ItemFaulty(Problem):
    """Items were refused; every fault of every item is named at once, with the path of its field.

    What else the catalog publishes has its own sentence.
    """

    code = ErrorCode.ITEM_FAULTY
    zh = "事项不符合要求:{faults_zh}"
    en = "The service item cannot be published: {faults_en}"

    def __init__(self, faults: tuple[FaultOfItem, ...]) -> None:
        self.faults = faults
        super().__init__(
            fields=tuple(dict.fromkeys(f"{item}.{fault.field}" for item, fault in faults)),
            faults_zh="".join(f"{item} {fault.field}:{fault.zh}" for item, fault in faults),
            faults_en=" ".join(f"{item} {fault.field}: {fault.en}" for item, fault in faults),
        )


CODE_TAKEN: Final = ItemFault(
    "code",
    "CODE_TAKEN",
    "本地区已有同一编码的自有事项。",
    "The district has an item of its own with this code.",
)
