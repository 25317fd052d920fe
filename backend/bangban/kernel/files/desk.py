"""What a process needs to take in and give out files: the store, its addresses, and the installation's terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bangban.kernel.files.addresses import Addresses
from bangban.kernel.files.store import FileStore


@dataclass(frozen=True)
class FileTerms:
    """What an installation allows. Bytes and times."""

    most_bytes: int = 20 * 1024 * 1024
    most_of_case: int = 100  # files
    sending: timedelta = timedelta(seconds=600)  # that an address to send to is good for
    fetching: timedelta = timedelta(seconds=60)  # that an address to fetch from is good for
    transfer: timedelta = timedelta(seconds=120)  # from the first byte to the last


@dataclass(frozen=True)
class FileDesk:
    """The files of one process."""

    store: FileStore
    addresses: Addresses
    terms: FileTerms
