"""The application answers at all."""

from __future__ import annotations

from tests.api.conftest import Client, Place


def test_directory_lists_the_live_districts_for_anybody(api: Client, zouping: Place) -> None:
    data = api("{ districts { edges { node { slug status } } } }").data
    assert {"slug": zouping.slug, "status": "LIVE"} in [edge["node"] for edge in data["districts"]["edges"]]


def test_a_clerk_signs_in_and_is_told_who_they_are(zouping: Place) -> None:
    viewer = zouping.sign_in("clerk-county")("{ viewer { kind assignments { role area { name } } } }").data["viewer"]
    assert viewer == {"kind": "STAFF", "assignments": [{"role": "window-clerk", "area": {"name": "邹平市"}}]}
