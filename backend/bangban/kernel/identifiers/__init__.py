"""Identity numbers and phones: what is wrong with one, how it is written, how it is masked, and samples."""

from bangban.kernel.identifiers.identity import check_identity, require_identity
from bangban.kernel.identifiers.masks import mask_address, mask_identity, mask_name, mask_phone
from bangban.kernel.identifiers.mentions import (
    LONGEST_WORDS,
    NumberInText,
    WordsUnseen,
    bounded,
    free_words,
    reason_of,
    refuse_unfit,
    unfitness_of,
)
from bangban.kernel.identifiers.phone import find_phone, normalise_phone
from bangban.kernel.identifiers.problems import InvalidIdentityNumber, InvalidPhone
from bangban.kernel.identifiers.report import DocumentKind, Finding, IdentifierReport
from bangban.kernel.identifiers.resident_id import check_resident_id
from bangban.kernel.identifiers.samples import sample_phone, sample_resident_id, sample_uscc
from bangban.kernel.identifiers.uscc import check_uscc

__all__ = [
    "LONGEST_WORDS",
    "DocumentKind",
    "Finding",
    "IdentifierReport",
    "InvalidIdentityNumber",
    "InvalidPhone",
    "NumberInText",
    "WordsUnseen",
    "bounded",
    "check_identity",
    "check_resident_id",
    "check_uscc",
    "find_phone",
    "free_words",
    "mask_address",
    "mask_identity",
    "mask_name",
    "mask_phone",
    "normalise_phone",
    "reason_of",
    "refuse_unfit",
    "require_identity",
    "sample_phone",
    "sample_resident_id",
    "sample_uscc",
    "unfitness_of",
]
