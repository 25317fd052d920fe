"""What the settings say, as the values that the services of a process are opened with."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bangban.features.districts.rules import Approval, Terms
from bangban.kernel.files.addresses import Addresses
from bangban.kernel.files.desk import FileDesk, FileTerms
from bangban.kernel.files.store import FileStore
from bangban.kernel.tenancy.limits import Limits
from bangban.kernel.vault.keyring import KeyRing
from bangban.settings import Settings
from bangban.web.admission import Bounds
from bangban.web.budgets import Allowances


def limits_of(settings: Settings) -> Limits:
    """How many connections the process takes, and how long statements may last."""
    return Limits(
        read_connections=settings.read_connections,
        write_connections=settings.write_connections,
        acquire_timeout=settings.acquire_timeout,
        statement_timeout_ms=settings.statement_timeout_ms,
        statement_timeouts=settings.statement_timeouts,
        read_queue=settings.read_queue,
        write_queue=settings.write_queue,
        read_statements=settings.read_statements,
        read_districts=settings.read_districts,
        read_connection_age=settings.read_connection_age,
        read_connection_idle=settings.read_connection_idle,
    )


def allowances_of(settings: Settings) -> Allowances:
    """What callers may spend a minute."""
    return Allowances(
        district=settings.budget_district,
        principal=settings.budget_principal,
        portal=settings.budget_portal,
        address=settings.budget_address,
        burst_seconds=settings.budget_burst_seconds,
        districts=settings.budget_districts,
    )


def terms_of(settings: Settings) -> Terms:
    """On what terms districts join."""
    return Terms(
        approval=Approval(settings.onboarding_approval, frozenset(settings.onboarding_codes)),
        code_lifetime=timedelta(seconds=settings.onboarding_code_seconds),
        unverified_lifetime=timedelta(seconds=settings.onboarding_expires_seconds),
        address_daily=settings.onboarding_address_daily,
    )


def files_of(settings: Settings, ring: KeyRing) -> FileDesk:
    """Where files are kept, and how they come and go."""
    return FileDesk(
        store=FileStore.open(settings.files, folder=settings.files_folder),
        addresses=Addresses(partial(ring.derive_all, "file-addresses")),
        terms=FileTerms(
            most_bytes=settings.upload_max_bytes,
            most_of_case=settings.upload_most_of_case,
            sending=timedelta(seconds=settings.upload_address_seconds),
            fetching=timedelta(seconds=settings.download_address_seconds),
            transfer=timedelta(seconds=settings.transfer_seconds),
        ),
    )


def bounds_of(settings: Settings) -> Bounds:
    """How many requests and sockets are let in at a time."""
    return Bounds(
        room=settings.admit_room,
        reading=settings.admit_reading,
        writing=settings.admit_writing,
        least=settings.admit_least,
        wait_seconds=settings.admit_wait,
        connections=settings.sockets,
        connections_of_caller=settings.sockets_of_caller,
    )
