"""The named operations as the package carries them: the very files, in a file that a built package has."""

from __future__ import annotations

import tomllib
from pathlib import Path, PurePath

from bangban.cli.documents import packaged_manifest
from bangban.web import trusted

ROOT = Path(__file__).resolve().parents[3]


def test_the_manifest_in_the_package_is_that_of_the_operations() -> None:
    """Where this fails, run ``bangban documents package``; every hash that changes is one that clients know."""
    kept = (Path(trusted.__file__).parent / trusted.MANIFEST).read_text("utf-8")
    assert kept == packaged_manifest(ROOT / "schema" / "graphql" / "operations")


def test_a_built_package_carries_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["bangban"]
    assert any(PurePath("web", trusted.MANIFEST).match(pattern.replace("**/", "")) for pattern in patterns)
