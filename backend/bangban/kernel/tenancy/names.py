"""Names of schemas and roles. Everything that is spliced into SQL as an identifier is made and checked here.

Roles are cluster-wide, so their names carry the installation's tag: two installations, or the parallel
clones of a test run, share one server without touching each other's roles.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bangban.kernel.problems import InvalidInput

SLUG_PATTERN: Final = re.compile(r"[a-z][a-z0-9-]{1,29}")
TAG_PATTERN: Final = re.compile(r"[a-z][a-z0-9]{3,11}")
IDENTIFIER_PATTERN: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
MAX_IDENTIFIER: Final = 63


class Wall(StrEnum):
    """Which of a district's roles a transaction runs as."""

    WRITE = "rw"
    READ = "ro"
    AUDIT = "audit"


def checked_slug(slug: str, *, field: str = "input.slug") -> str:
    """``slug`` itself, if it may name a district; raises InvalidInput."""
    if not SLUG_PATTERN.fullmatch(slug):
        raise InvalidInput(
            "A slug is 2 to 30 lower-case letters, digits and hyphens, starting with a letter.",
            "地区标识由 2 至 30 个小写字母、数字或连字符组成,以字母开头。",
            fields=(field,),
        )
    return slug


def new_tag() -> str:
    """A fresh installation tag: ``i`` and eight hex digits."""
    return "i" + secrets.token_hex(4)


def quoted(identifier: str) -> str:
    """``identifier`` ready for SQL text. Only the narrow alphabet of our own names passes."""
    if not IDENTIFIER_PATTERN.fullmatch(identifier):
        message = f"not an identifier of ours: {identifier!r}"
        raise ValueError(message)
    return f'"{identifier}"'


@dataclass(frozen=True)
class Names:
    """The names that belong to one installation on a server."""

    tag: str

    def __post_init__(self) -> None:
        if not TAG_PATTERN.fullmatch(self.tag):
            message = f"not an installation tag: {self.tag!r}"
            raise ValueError(message)

    @staticmethod
    def schema(slug: str) -> str:
        """Schema of a district. Slugs have no underscore, so the mapping is one to one."""
        return "d_" + checked_slug(slug).replace("-", "_")

    def role(self, slug: str, wall: Wall) -> str:
        """Role of a district for one side of the wall."""
        return f"bb_{self.tag}_{self.schema(slug)}_{wall}"

    def platform_role(self, wall: Wall) -> str:
        """Role for the platform schema; there is no ``_audit`` of it."""
        return f"bb_{self.tag}_platform_{wall}"

    @property
    def members(self) -> str:
        """Group of all districts' writing roles: it alone is granted the outbox, so no ACL grows."""
        return f"bb_{self.tag}_members"

    @property
    def application(self) -> str:
        """The login of the API processes. It inherits nothing and may do nothing by itself."""
        return f"bb_{self.tag}_app"

    @property
    def channel(self) -> str:
        """NOTIFY channel of the installation."""
        return f"bangban_{self.tag}"

    def slug_of_role(self, role: str) -> str | None:
        """The district whose writing role ``role`` is, or None."""
        found = re.fullmatch(rf"bb_{self.tag}_d_([a-z0-9_]+)_rw", role)
        return found.group(1).replace("_", "-") if found else None
