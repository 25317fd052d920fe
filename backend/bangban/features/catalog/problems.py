"""Refusals about the service catalog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from bangban.features.catalog.drafts import ItemFault
from bangban.kernel.faulty import Faulty, PlacedFault
from bangban.kernel.problems import Conflict, ErrorCode, NotFound, Problem


class ItemUnknown(NotFound):
    """No version of such an item holds on the day."""

    def __init__(self, *, field: str = "input.serviceCode") -> None:
        super().__init__("service item", "服务事项", fields=(field,))


class NotForThem(Problem):
    """An item is for persons, for legal entities, or for both."""

    zh = "该事项不面向此类申请人。"
    en = "This item is not for applicants of this kind."

    def __init__(self, *, field: str) -> None:
        super().__init__(fields=(field,))


class FaultOfItem(NamedTuple):
    """One fault of one item."""

    item: str
    fault: ItemFault


class NoSuchVersion(Conflict):
    """A text was written from a version that there never was."""

    zh = "没有可作为修改依据的第 {version} 版;新内容请填 0 或不填。"
    en = "There is no version {version} to be based on; say 0, or nothing, for what is new."


class ItemFaulty(Faulty):
    """Items were refused; every fault of every item is named at once, with the path of its field.

    What else the catalog publishes has its own sentence.
    """

    code = ErrorCode.ITEM_FAULTY
    lead_zh = "事项不符合要求"
    lead_en = "The service item cannot be published"

    def __init__(self, faults: tuple[FaultOfItem, ...]) -> None:
        self.faults = faults
        super().__init__(
            [PlacedFault(item, fault.place, fault.zh, fault.en) for item, fault in faults],
            fields=[f"{item}.{fault.field}" for item, fault in faults],
            where=[f"{item} {fault.field}" for item, fault in faults],
        )


class StillNeeded(Problem):
    """Bundles and questions that lead to a matter would lead nowhere without it (DOMAIN E01, E04)."""

    code = ErrorCode.CONFLICT
    zh = "以下内容仍在使用,请先修改或停用:{by_zh}。"
    en = "These still lead to it; change or end them first: {by_en}."

    def __init__(self, by: Sequence[tuple[str, str, str]], *, fields: tuple[str, ...]) -> None:
        """``by``: what it is in Chinese and in English, and its code."""
        super().__init__(
            fields=fields,
            by_zh=[f"{zh} {code}" for zh, _, code in by],
            by_en=[f"{en} {code}" for _, en, code in by],
        )


CODE_TAKEN: Final = ItemFault(
    "code",
    "CODE_TAKEN",
    "本地区已有同一编码的自有事项。",
    "The district has an item of its own with this code.",
)


class DelegationUnknown(NotFound):
    """There is no such delegation, or the caller may not withdraw it."""

    def __init__(self, *, field: str = "input.delegationId") -> None:
        super().__init__("delegation", "下放记录", fields=(field,))


class DelegationMisplaced(Problem):
    """An item is delegated by an area at its own level, to a unit below that area."""

    zh = "事项应由行使层级({level})的区域下放给其下级单位。"
    en = "An item is delegated by an area at its own level, {level}, to a unit below it."


class DelegationDatesReversed(Problem):
    zh = "日期有误:截止不能早于起始,收回不能早于今天或起始日。"
    en = "These days do not fit: nothing ends before it begins, or is withdrawn before it began or before today."


class DelegationExists(Problem):
    """One delegation of an item to a unit at a time."""

    code = ErrorCode.CONFLICT
    zh = "该单位自 {since} 起已承接此事项。"
    en = "This unit has the item already, since {since}."


class DelegationEnded(Problem):
    """Also what the second of two people gets who withdraw it at once."""

    code = ErrorCode.CONFLICT
    zh = "该下放已于 {on} 结束。"
    en = "This delegation has ended already, on {on}."


class RepresentativeUnfit(Problem):
    """A person takes on an item for the area or the point at which they work (DOMAIN A11)."""

    zh = "此人未在该区域任职,也未派驻该服务点,不能作为首席代表承接事项。"
    en = "This person works neither for that area nor at that point, so cannot take on its items there."


class ReturnAtOnce(Problem):
    zh = "退回在办件须自今日起收回。"
    en = "Where running cases go back to the owner, it is withdrawn from today."


class ItemNotTakenThere(Problem):
    """Nobody is sent to a point that does not take the item (DOMAIN B02, G07)."""

    zh = "“{point}”目前不受理该事项。"
    en = "“{point}” does not take this item at present."

    def __init__(self, point: str, *, field: str) -> None:
        super().__init__(fields=(field,), point=point)


class WithdrawalUnexplained(Problem):
    zh = "请写明收回理由,不超过 {most} 个字。"
    en = "Say why the delegation is withdrawn, in at most {most} characters."


class BasisMissing(Problem):
    zh = "请写明下放依据。"
    en = "State what the delegation rests on."


def check_based_on(based_on: int | None, newest: int) -> None:
    """See that a text was written from the newest version, 0 for none. Raises ``Conflict``, ``NoSuchVersion``."""
    if based_on is None or based_on == newest:
        return
    if not 0 <= based_on <= newest:
        raise NoSuchVersion(fields=("input.basedOn",), version=based_on)
    raise Conflict(fields=("input.basedOn",))
