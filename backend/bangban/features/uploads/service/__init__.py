"""Use cases of files: asking for an address, taking in, supplying as a material, giving out, erasing."""

from bangban.features.uploads.service.asking import Given, request_upload
from bangban.features.uploads.service.fetching import (
    Fetched,
    claim_address,
    offer_file,
    offer_receipt,
    offer_visit_receipt,
)
from bangban.features.uploads.service.results import require_receiver
from bangban.features.uploads.service.sending import Claimed, claim, settle
from bangban.features.uploads.service.supplying import stored_of, supply_files
from bangban.features.uploads.service.sweeping import erase_files, upload_handlers

__all__ = [
    "Claimed",
    "Fetched",
    "Given",
    "claim",
    "claim_address",
    "erase_files",
    "offer_file",
    "offer_receipt",
    "offer_visit_receipt",
    "request_upload",
    "require_receiver",
    "settle",
    "stored_of",
    "supply_files",
    "upload_handlers",
]
