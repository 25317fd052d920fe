"""Applicants for measurements: invented people and firms, sealed and hashed under the district's own vault."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Final
from uuid import UUID

from bangban.features.accounts.residents import PHONE_CONTEXT as ACCOUNT_CONTEXT
from bangban.features.accounts.residents import phone_hash
from bangban.features.cases.service.applicant import IDENTITY_CONTEXT, PHONE_CONTEXT
from bangban.features.catalog.values import Audience
from bangban.kernel.identifiers import mask_identity, mask_name, mask_phone
from bangban.kernel.identifiers.samples import sample_phone, sample_resident_id, sample_uscc
from bangban.kernel.vault.district import DistrictVault

COLUMNS: Final = (
    "n", "resident_id", "kind", "name", "name_masked", "identity_sealed", "identity_hash", "identity_masked",
    "phone_sealed", "account_sealed", "phone_hash", "phone_masked",
)  # fmt: skip
"""Of the table that cases draw their applicants from; the records follow this order."""

FIRM_EVERY: Final = 7
_FAMILY: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN: Final = "安邦晨丹恩帆光涵佳凯兰明宁平琪然书桐望晓一泽芳国华建军丽美娜强伟文霞雪英玉志"
_TRADES: Final = ("建材", "餐饮", "农业", "物流", "纺织", "科技", "机械", "食品")


def given_name(rng: Random) -> str:
    """One or two characters, rather two."""
    return "".join(rng.choice(_GIVEN) for _ in range(rng.choice((1, 2, 2))))


def full_name(rng: Random) -> str:
    """The name of a person who does not exist."""
    return rng.choice(_FAMILY) + given_name(rng)


def made_applicants(vault: DistrictVault, count: int, *, seed: int) -> Iterator[tuple[Any, ...]]:
    """``count`` records, the ``n``-th with the ``n``-th sample numbers; every seventh is a firm."""
    rng = Random(seed)  # noqa: S311 - samples are to be the same every time
    for n in range(count):
        firm = n % FIRM_EVERY == FIRM_EVERY - 1
        name = f"{given_name(rng)}{rng.choice(_TRADES)}有限公司" if firm else full_name(rng)
        identity, phone = (sample_uscc if firm else sample_resident_id)(n), sample_phone(n)
        yield (
            n,
            UUID(int=rng.getrandbits(128), version=4),
            (Audience.LEGAL_ENTITY if firm else Audience.PERSON).value,
            name,
            name if firm else mask_name(name),
            vault.seal(identity, context=IDENTITY_CONTEXT),
            vault.lookup_hash(identity, purpose="identity"),
            mask_identity(identity),
            vault.seal(phone, context=PHONE_CONTEXT),
            vault.seal(phone, context=ACCOUNT_CONTEXT),
            phone_hash(vault, phone),
            mask_phone(phone),
        )
