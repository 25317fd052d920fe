"""What a printed guide says, before it is set: facts of one version, and the sheet that is made of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final
from urllib.parse import quote

from bangban.features.catalog.mobile import MobileApp
from bangban.kernel.clock.words import day

APPS: Final[Mapping[MobileApp, tuple[str, str]]] = {
    MobileApp.APP: ("手机应用", "App"),
    MobileApp.WECHAT_MINI_PROGRAM: ("微信小程序", "WeChat mini-program"),
    MobileApp.WEB: ("手机网页", "Web page"),
}
_SCANNED: Final = ("https://", "weixin://")
"""What the scanners of phones and of WeChat open by themselves; apps' own schemes they do not."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One guide, as it is set; ``codes`` are what its QR codes say, in the order of its items."""

    told: Mapping[str, Any]
    codes: Sequence[str]
    at: datetime

    @property
    def file_name(self) -> str:
        """What it is saved as."""
        return f"{self.told['name']}-{self.told['version']}.pdf"


def sheet_of(
    found: Mapping[str, Any],
    *,
    district: str,
    brand: str,
    contact_phone: str | None,
    service_page: str | None,
) -> Sheet:
    """The sheet of a version as ``reading.GUIDE`` finds it.

    ``service_page`` is the portal's page of a matter, with ``{code}`` for its code: where a link leads into an app by a
    scheme of its own, which a scanner does not open, people scan the page instead.
    """
    begins = date.fromisoformat(found["from"])
    items = [_item(each, district) for each in found["items"]]
    return Sheet(
        told={
            "issuer": district,
            "brand": brand,
            "code": found["code"],
            "version": found["version"],
            "name": found["name"],
            "nameEn": found["name_en"],
            "from": day(begins),
            "fromEn": begins.isoformat(),
            "contact": contact_phone,
            "items": items,
        },
        codes=[_scanned(each, service_page) for each in found["items"]],
        at=datetime.combine(begins, time(), UTC),
    )


def _item(found: Mapping[str, Any], district: str) -> dict[str, Any]:
    mobile = found["mobile"]
    app = APPS[MobileApp(mobile["app"])]
    english = mobile.get("stepsEn") or [None] * len(mobile["steps"])
    validated = mobile.get("validatedOn")
    days, fee = found["days"], found["fee"]
    return {
        "code": found["code"],
        "version": found["version"],
        "name": found["name"],
        "nameEn": found["name_en"],
        "unit": found["department"] or district,
        "app": (f"{app[0]}“{mobile['name']}”", f"{app[1]} “{mobile['name']}”"),
        "link": mobile["link"],
        "limit": ("当场办结", "done at once")
        if not days
        else (f"{days} 个工作日", f"{days} working day{'s' if days > 1 else ''}"),
        "fee": ("不收费", "free of charge") if not fee else (f"收费 {fee} 元", f"fee {fee} yuan"),
        "steps": [list(pair) for pair in zip(mobile["steps"], english, strict=True)],
        "validated": None if validated is None else day(date.fromisoformat(validated)),
    }


def _scanned(found: Mapping[str, Any], service_page: str | None) -> str:
    link: str = found["mobile"]["link"]
    if link.startswith(_SCANNED) or service_page is None:
        return link
    return service_page.replace("{code}", quote(found["code"], safe=""))
