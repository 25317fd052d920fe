"""What a login is, before anybody looks for it."""

from __future__ import annotations

_MOST_CHARACTERS = 64


def clean_login(text: str) -> str:
    """The login as it is looked up; the empty login, which nobody has, where it can be none at all.

    PostgreSQL takes no NUL and no lone surrogate, and whatever is not printable was not typed.
    """
    login = text.strip()
    return login if login.isprintable() and len(login) <= _MOST_CHARACTERS else ""
