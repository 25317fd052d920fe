"""Origins of portals' pages, as browsers send them: scheme, host and port, nothing after them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from bangban.features.accounts.problems import OriginWrong

_USUAL_PORTS: Final = {"https": 443, "http": 80}
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_MOST: Final = 20
_LONGEST: Final = 200


def check_origins(origins: list[str]) -> list[str]:
    """The origins as browsers write them, each once, sorted.

    Raises OriginWrong for anything that no browser sends, for http beyond the own machine, and for too many.
    """
    if not 1 <= len(origins) <= _MOST:
        raise OriginWrong(origin=str(len(origins)), most=_MOST)
    return sorted({_origin(each) for each in origins})


def _origin(text: str) -> str:
    wrong = OriginWrong(origin=text[:_LONGEST], most=_MOST)
    try:
        parts = urlsplit(text.strip())
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:  # a port that is none, or a name that no domain has
        raise wrong from None
    host = f"[{host}]" if ":" in host else host
    beyond = parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc
    if not host or beyond or len(text) > _LONGEST or "*" in host or " " in host:
        raise wrong
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOCAL):
        raise wrong
    usual = port is None or port == _USUAL_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"
