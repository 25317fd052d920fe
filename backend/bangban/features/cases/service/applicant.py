"""An applicant's personal data: checked, sealed, hashed for look-up, masked for display (DESIGN 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from bangban.features.accounts.residents import phone_hash
from bangban.features.catalog.values import Audience
from bangban.kernel.identifiers import mask_identity, mask_name, mask_phone, normalise_phone, require_identity
from bangban.kernel.identifiers.names import shown_name
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work
from bangban.kernel.vault.district import DistrictVault

IDENTITY_CONTEXT: Final = "case.identity"  # what each seal is bound to
PHONE_CONTEXT: Final = "case.phone"
LONGEST_NAME = 100


@dataclass(frozen=True, kw_only=True)
class ApplicantDetails:
    """Who asks, as typed. Personal data: kept out of logs and tracebacks."""

    kind: Audience
    name: str = field(repr=False)
    identity_number: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """An applicant whose every input may stand: the normalised phone, and the case's columns."""

    phone: str = field(repr=False)
    columns: dict[str, Any] = field(repr=False)


def check_applicant(work: Work, applicant: ApplicantDetails) -> Checked:
    """The applicant's columns of a case: sealed, hashed for look-up, masked for display.

    Raises:
        InvalidInput, InvalidIdentityNumber, InvalidPhone: warnings about a number do not refuse it.
    """
    name = checked_name(applicant.name, fields=("input.applicant.name",))
    identity = require_identity(
        applicant.kind.value,
        applicant.identity_number,
        today=work.today,
        fields=("input.applicant.identityNumber",),
    ).value
    phone = normalise_phone(applicant.phone, fields=("input.applicant.phone",))
    columns = {
        "applicant_kind": applicant.kind,
        **name_columns(applicant.kind, name),
        **identity_columns(work.vault, identity),
        **phone_columns(work.vault, phone),
    }
    return Checked(phone=phone, columns=columns)


def checked_name(name: str, *, fields: tuple[str, ...]) -> str:
    """The name as it may be stored. Raises ``InvalidInput``."""
    found = shown_name(name)
    if found is None or len(found) > LONGEST_NAME:
        raise InvalidInput(
            f"Give the name, in at most {LONGEST_NAME} characters, on one line and without invisible ones.",
            f"请填写姓名或名称,不超过 {LONGEST_NAME} 个字,不含换行和不可见字符。",
            fields=fields,
        )
    return found


def masked_name(kind: Audience, name: str) -> str:
    """A firm's name is public by registration; a person's is not."""
    return mask_name(name) if kind is Audience.PERSON else name


def name_columns(kind: Audience, name: str) -> dict[str, Any]:
    """The columns that hold a checked name."""
    return {"applicant_name": name, "applicant_name_masked": masked_name(kind, name)}


def identity_columns(vault: DistrictVault, identity: str) -> dict[str, Any]:
    """The columns that hold a checked identity number."""
    return {
        "identity_sealed": vault.seal(identity, context=IDENTITY_CONTEXT),
        "identity_hash": vault.lookup_hash(identity, purpose="identity"),
        "identity_masked": mask_identity(identity),
    }


def phone_columns(vault: DistrictVault, phone: str) -> dict[str, Any]:
    """The columns that hold a normalised phone number."""
    return {
        "phone_sealed": vault.seal(phone, context=PHONE_CONTEXT),
        "phone_hash": phone_hash(vault, phone),
        "phone_masked": mask_phone(phone),
    }
