"""How people's names, logins and numbers may be written."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bangban.features.people.problems import LoginWrong, NameWrong, NumberWrong

LONGEST_NAME: Final = 50
_LONGEST_NUMBER: Final = 64
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")


def check_person_name(text: str, *, field: str = "input.name") -> str:
    """The name without blanks around it. Raises ``NameWrong``."""
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
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
