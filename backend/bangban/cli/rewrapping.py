"""After the master key was rotated: everything that it wraps or seals in the database, under the new one."""

from __future__ import annotations

from bangban.cli.opening import open_administration
from bangban.features.districts.service import reseal_contacts
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.rewrap import rewrap_all
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing
from bangban.settings import settings


async def rewrap_installation(ring: KeyRing) -> int:
    """Wrap every district's data key and reseal applicants' contacts; how many districts were changed."""
    async with open_administration(settings()) as admin:
        installation = await Installation.prepare(admin, ring, citus=settings().citus)
        count = await rewrap_all(installation)
        tenancy = await Tenancy.open(installation.application, names=installation.names, ring=ring)
        try:
            await reseal_contacts(tenancy, ring)
        finally:
            await tenancy.close()
        return count
