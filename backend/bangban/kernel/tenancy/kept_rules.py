"""The rules of districts as one process keeps them: read once, dropped when somebody says that they changed."""

from __future__ import annotations

from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.reading import Reader
from bangban.kernel.tenancy.registry import District, Registry
from bangban.kernel.tenancy.rules import DistrictRules, load_rules


class KeptRules:
    """What was read of each district's rules, until told of a change."""

    def __init__(self, reader: Reader, names: Names, registry: Registry) -> None:
        self._reader = reader
        self._names = names
        self._registry = registry
        self._kept: dict[str, DistrictRules] = {}
        self._forgotten = 0  # how often something was

    async def of(self, district: District) -> DistrictRules:
        """The district's rules, read where they are not kept."""
        return self._kept.get(district.slug) or await self._load(district)

    async def renewed(self, district: District) -> DistrictRules:
        """The district's rules as they are now, whatever was kept."""
        self.forget(district.slug)
        return await self._load(district)

    def forget(self, slug: str) -> None:
        """Drop what is kept of one district: its rules changed."""
        self._forgotten += 1
        self._kept.pop(slug, None)

    def forget_all(self) -> None:
        """Drop what is kept of every district: what all their rules rest on changed."""
        self._forgotten += 1
        self._kept.clear()

    async def _load(self, district: District) -> DistrictRules:
        before = self._forgotten
        published = self._registry.published
        rules = await load_rules(self._reader, self._names, district, published=published)
        if rules.stamp not in (None, rules.calendar.version):
            # The district's cases were reckoned with holidays that nobody has told this process of yet.
            await self._registry.load_holidays()
            if self._registry.published is not published:
                rules = await load_rules(
                    self._reader, self._names, district, published=self._registry.published
                )
        # What was read before somebody said that it changed may be what it was changed from: used, not kept.
        if before == self._forgotten:
            self._kept[district.slug] = rules
        return rules
