"""How people's names, logins and numbers may be written."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bangban.features.people.problems import LoginWrong, NameWrong, NumberWrong, SourceUnknown
from bangban.features.people.values import SOURCE_NAMES, StaffSource
from bangban.kernel.identifiers.names import shown_name

LONGEST_NAME: Final = 50
_LONGEST_NUMBER: Final = 64
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")


def check_person_name(text: str, *, field: str = "input.name") -> str:
    """The name without blanks around it. Raises ``NameWrong``."""
    name = shown_name(text)
    if name is None or len(name) > LONGEST_NAME:
        raise NameWrong(most=LONGEST_NAME, fields=(field,))
    return name


def check_login(text: str, *, field: str = "input.login") -> str:
    """The login in small letters, full-width ones made plain. Raises ``LoginWrong``."""
    login = unicodedata.normalize("NFKC", text).strip().lower()
    if not _LOGIN.fullmatch(login):
        raise LoginWrong(fields=(field,))
    return login


def check_number(text: str, *, field: str = "input.number") -> str:
    """The number by which lists know a person. Raises ``NumberWrong``."""
    number = unicodedata.normalize("NFKC", text).strip()
    if not 1 <= len(number) <= _LONGEST_NUMBER or not number.isprintable():
        raise NumberWrong(most=_LONGEST_NUMBER, fields=(field,))
    return number


_SOURCES: Final = {
    spelling.casefold(): source
    for source, names in SOURCE_NAMES.items()
    for spelling in (source.value, *names)
}


def check_source(text: str) -> StaffSource:
    """Where somebody comes from, by its value or one of its names. Raises ``SourceUnknown``."""
    found = _SOURCES.get(text.strip().casefold())
    if found is None:
        raise SourceUnknown(known_zh=[zh for zh, _ in SOURCE_NAMES.values()], known=list(StaffSource))
    return found
