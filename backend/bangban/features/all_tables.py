"""Every table of every feature, imported so that the metadata is whole. ``cli`` and ``web`` import this."""

from __future__ import annotations

from bangban.features.accounts import tables as accounts
from bangban.features.areas import tables as areas
from bangban.features.bookings import tables as bookings
from bangban.features.bundles import tables as bundles
from bangban.features.cards import tables as cards
from bangban.features.cases import tables as cases
from bangban.features.catalog import tables as catalog
from bangban.features.custody import tables as custody
from bangban.features.districts import tables as districts
from bangban.features.documents import tables as documents
from bangban.features.first_asks import tables as first_asks
from bangban.features.guidance import tables as guidance
from bangban.features.hall import tables as hall
from bangban.features.joint import tables as joint
from bangban.features.orders import tables as orders
from bangban.features.outreach import tables as outreach
from bangban.features.people import tables as people
from bangban.features.personal_data import tables as personal_data
from bangban.features.places import tables as places
from bangban.features.printed_guides import tables as printed_guides
from bangban.features.proxy_use import tables as proxy_use
from bangban.features.recognitions import tables as recognitions
from bangban.features.statistics import tables as statistics
from bangban.features.supervision import tables as supervision
from bangban.features.uploads import tables as uploads
from bangban.kernel.audit import platform as platform_audit
from bangban.kernel.audit import tables as audit
from bangban.kernel.jobs import tables as jobs
from bangban.kernel.tenancy import tables as tenancy
from bangban.kernel.tenancy.fleet import tables as fleet

__all__ = [
    "accounts",
    "areas",
    "audit",
    "bookings",
    "bundles",
    "cards",
    "cases",
    "catalog",
    "custody",
    "districts",
    "documents",
    "first_asks",
    "fleet",
    "guidance",
    "hall",
    "jobs",
    "joint",
    "orders",
    "outreach",
    "people",
    "personal_data",
    "places",
    "platform_audit",
    "printed_guides",
    "proxy_use",
    "recognitions",
    "statistics",
    "supervision",
    "tenancy",
    "uploads",
]
