"""Quality rules of a service item: what a catalog refuses to publish, every fault named at once.

Pure: a draft goes in, faults come out. Each rule cites its source; "3.1" and the like are parts of the
domain description, "A.n" are code lists of GB/T 39046-2020 annex A.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from bangban.features.catalog.drafts import ItemDraft, ItemFault, is_blank
from bangban.features.catalog.material_rules import check_materials, check_tolerance
from bangban.features.catalog.mobile import faults_of
from bangban.features.catalog.values import CaseType, Channel, ServiceKind
from bangban.kernel.identifiers.names import shown_name
from bangban.kernel.levels import AreaLevel

CODE_SHAPE = re.compile(r"[0-9A-Z-]{10,40}")  # 3.1: codes differ by place, treat them as opaque, 10–40 long
ONLINE_CHANNELS = frozenset({Channel.WEB, Channel.MOBILE})
LARGEST_FEE = Decimal(10) ** 10  # yuan; what the catalog can store lies below
LOWEST_EXERCISING_DEPTH = AreaLevel.VILLAGE.depth  # A.2 行使层级 ends at 6 村(社区)
LONGEST_LICENCE_LIMIT = 45  # working days: 行政许可法 Art. 42, joint handling (3.3)


def check_item(draft: ItemDraft) -> tuple[ItemFault, ...]:
    """Every fault of the draft, in the order of its fields; an empty tuple means it may be published."""
    return (
        *_check_identity(draft),
        *_check_limits(draft),
        *_check_fee(draft),
        *check_materials(draft),
        *check_tolerance(draft),
        *_check_access(draft),
        *_check_mobile(draft),
        *_check_validity(draft),
    )


def _check_identity(draft: ItemDraft) -> Iterator[ItemFault]:
    if not CODE_SHAPE.fullmatch(draft.code):
        yield ItemFault(
            "code",
            "CODE_SHAPE",
            "事项编码应为 10 至 40 位的数字、大写字母或连字符。",
            "The item's code must be 10 to 40 digits, capital letters or hyphens.",
        )
    if shown_name(draft.name) is None:
        yield ItemFault(
            "name",
            "NAME_MISSING",
            "事项应有名称,不含换行和不可见字符。",
            "The item needs a name, on one line and without invisible characters.",
        )
    if not draft.audience:  # A.4 服务对象
        yield ItemFault("audience", "AUDIENCE_EMPTY", "应至少有一类服务对象。", "Say whom the item is for.")
    if draft.level.depth > LOWEST_EXERCISING_DEPTH:
        yield ItemFault(
            "level",
            "LEVEL_TOO_LOW",
            "行使层级最低为村(社区)。",
            "The lowest level that can exercise an item is the village or community.",
        )


def _check_limits(draft: ItemDraft) -> Iterator[ItemFault]:
    promised, legal = draft.promised_working_days, draft.legal_working_days
    for field, days in (("promised_working_days", promised), ("legal_working_days", legal)):
        if days < 0:
            yield ItemFault(field, "DAYS_NEGATIVE", "时限不能为负数。", "A limit cannot be negative.")
    if 0 <= legal < promised:  # 3.1, 3.3: 承诺 ≤ 法定
        yield ItemFault(
            "promised_working_days",
            "PROMISE_OVER_LEGAL",
            f"承诺时限({promised} 个工作日)超过法定时限({legal} 个工作日)。",
            f"The promised limit ({promised} working days) is longer than the legal one ({legal}).",
        )
    immediate = draft.case_type is CaseType.IMMEDIATE
    if immediate and promised > 0:  # 3.1: 即办件 promise = 0
        yield ItemFault(
            "promised_working_days",
            "IMMEDIATE_WITH_PROMISE",
            "即办件的承诺时限应为 0。",
            "An immediate item is done on the spot: its promised limit must be 0.",
        )
    if not immediate and promised == 0:
        yield ItemFault(
            "case_type",
            "PROMISE_WITHOUT_DAYS",
            "承诺时限为 0 的事项应为即办件。",
            "An item with a promised limit of 0 is an immediate one.",
        )
    if (
        draft.kind is ServiceKind.LICENCE
        and legal > LONGEST_LICENCE_LIMIT
        and is_blank(draft.legal_limit_note)
    ):
        yield ItemFault(
            "legal_working_days",
            "LICENCE_LIMIT",
            f"行政许可的法定时限超过 {LONGEST_LICENCE_LIMIT} 个工作日,应写明说明及依据"
            "(行政许可法第四十二条)。",
            f"A licence with a legal limit over {LONGEST_LICENCE_LIMIT} working days needs a note that gives "
            "its ground (Administrative Licence Law, Art. 42).",
        )


def _check_fee(draft: ItemDraft) -> Iterator[ItemFault]:
    """3.1: fee = yes → basis and standard; D14: money is an exact decimal."""
    if draft.fee is None:
        return
    amount = draft.fee.amount
    if not amount.is_finite() or amount <= 0:
        yield ItemFault(
            "fee.amount", "FEE_NOT_POSITIVE", "收费金额应大于 0。", "A fee must be greater than zero."
        )
    elif amount >= LARGEST_FEE:
        yield ItemFault(
            "fee.amount", "FEE_TOO_LARGE", "收费金额过大。", "The fee is larger than any fee can be."
        )
    elif _finer_than_fen(amount):
        yield ItemFault(
            "fee.amount", "FEE_TOO_FINE", "收费金额最多精确到分。", "A fee has at most two decimal places."
        )
    if is_blank(draft.fee.basis):
        yield ItemFault("fee.basis", "FEE_BASIS", "收费应写明依据。", "A fee needs its legal basis.")


def _check_access(draft: ItemDraft) -> Iterator[ItemFault]:
    online = ONLINE_CHANNELS.intersection(draft.channels)
    if draft.max_trips < 0:
        yield ItemFault("max_trips", "TRIPS_NEGATIVE", "到现场次数不能为负数。", "Trips cannot be negative.")
    if draft.max_trips == 0 and not online:  # A09: zero trips is only possible from home
        yield ItemFault(
            "max_trips",
            "ZERO_TRIPS_OFFLINE",
            "到现场次数为 0 的事项应有网上或移动端渠道。",
            "An item that needs no trip needs a web or mobile channel.",
        )
    if not draft.channels:  # A.5 办理形式
        yield ItemFault("channels", "CHANNELS_EMPTY", "应至少有一种办理渠道。", "Name at least one channel.")
    if not online and is_blank(draft.online_not_offered_reason):  # 3.1: online = no → reason
        yield ItemFault(
            "online_not_offered_reason",
            "OFFLINE_WITHOUT_REASON",
            "不支持网上办理的事项应写明理由。",
            "An item that is not offered online needs a reason.",
        )
    if not draft.handled_at:
        yield ItemFault(
            "handled_at", "HANDLED_NOWHERE", "应写明在哪些层级受理。", "Say at which levels it is handled."
        )


def _check_mobile(draft: ItemDraft) -> Iterator[ItemFault]:
    if draft.mobile is None:
        return
    for fault in faults_of(draft.mobile):
        yield ItemFault(*fault)
    if Channel.MOBILE not in draft.channels:
        yield ItemFault(
            "mobile.app",
            "MOBILE_NOT_OFFERED",
            "有掌办指南的事项应有移动端渠道。",
            "An item with a guide for phones needs the mobile channel.",
        )


def _check_validity(draft: ItemDraft) -> Iterator[ItemFault]:
    if not draft.legal_basis or any(is_blank(basis) for basis in draft.legal_basis):  # table 4: 设定依据
        yield ItemFault("legal_basis", "BASIS_MISSING", "应写明设定依据。", "Name the item's legal basis.")
    if shown_name(draft.result) is None:  # 3.1: each result named
        yield ItemFault(
            "result",
            "RESULT_UNNAMED",
            "应写明结果名称。",
            "Name what the applicant receives.",
        )
    if draft.effective_to is not None and draft.effective_to <= draft.effective_from:
        yield ItemFault(
            "effective_to",
            "DATES_REVERSED",
            "失效日期应晚于生效日期。",
            "The item must end after it begins.",
        )
    if draft.version < 1:
        yield ItemFault("version", "VERSION_BELOW_ONE", "版本号从 1 开始。", "Versions count from 1.")


def _finer_than_fen(amount: Decimal) -> bool:
    """Looked at digit by digit: rounding would raise or lie beyond the decimal context's 28 digits."""
    _, digits, exponent = amount.as_tuple()
    return isinstance(exponent, int) and exponent < -2 and any(digits[exponent + 2 :])
