"""Re-wrapping every district's data key after the master key was rotated."""

from __future__ import annotations

from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.vault.data_keys import rewrap_data_keys


async def rewrap_all(installation: Installation) -> int:
    """Wrap every data key of the installation under the current master key; how many were changed.

    One transaction: all of them or none. Raises MasterKeyWrong for a key that no known master key opens.
    """
    async with installation.connection() as connection, connection.transaction():
        rows = await connection.fetch("SELECT slug, data_key FROM platform.district ORDER BY slug FOR UPDATE")
        pairs = [(row["slug"], row["data_key"]) for row in rows]
        changed = list(rewrap_data_keys(installation.ring, pairs, tag=installation.names.tag))
        await connection.executemany(
            "UPDATE platform.district SET data_key = $2 WHERE slug = $1", [tuple(each) for each in changed]
        )
        for slug, _ in changed:
            await installation.tell(connection, "registry.changed", slug)
        return len(changed)
