"""How a district comes to take trusted documents only: by its operator's command, or by its profile."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bangban.cli import district as district_commands
from bangban.cli.opening import Opened
from bangban.features.districts.onboarding import onboard
from bangban.features.profiles.reader import read_profile
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

TENANTS = Path(__file__).parents[4] / "tenants"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, installation: Installation) -> Any:
    """Runs ``bangban district`` on the test's installation."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Opened]:
        tenancy = await Tenancy.open(
            installation.application, names=installation.names, ring=installation.ring
        )
        try:
            yield Opened(installation, tenancy, None)  # type: ignore[arg-type]  # nothing is sent
        finally:
            await tenancy.close()

    monkeypatch.setattr(district_commands, "open_installation", opened)

    def run(*words: str, lang: str = "en") -> Any:
        return CliRunner().invoke(district_commands.app, [*words, "--lang", lang])

    return run


def is_bound(tenancy: Tenancy, run: Any, slug: str) -> bool:
    run(tenancy.registry.refresh(slug))
    return bool(tenancy.registry.get(slug).trusted_documents_only)


def test_the_command_binds_and_releases(command: Any, district: District, tenancy: Tenancy, run: Any) -> None:
    assert not is_bound(tenancy, run, district.slug), "nobody is bound unless somebody says so"
    for word, bound in (("on", True), ("on", True), ("off", False)):
        done = command("trusted-documents", district.slug, word)
        assert done.exit_code == 0, done.output
        assert is_bound(tenancy, run, district.slug) is bound
    assert "不受限制" in command("trusted-documents", district.slug, "off", lang="zh").output
    assert command("trusted-documents", district.slug, "perhaps").exit_code == 2
    unknown = command("trusted-documents", "nowhere", "on")
    assert (unknown.exit_code, "no such district" in unknown.output) == (1, True)


def test_the_profile_decides_where_it_says_so(
    tmp_path: Path, installation: Installation, tenancy: Tenancy, run: Any
) -> None:
    for name in ("template", "rushan"):
        shutil.copytree(TENANTS / name, tmp_path / name)
    file = tmp_path / "rushan" / "district.yaml"
    text = file.read_text("utf-8")

    def take_over(line: str) -> bool:
        file.write_text(f"{text}\n{line}\n", "utf-8")
        run(onboard(installation, tenancy, read_profile(tmp_path / "rushan")))
        return is_bound(tenancy, run, "rushan")

    assert take_over("trusted_documents_only: true")
    assert not take_over("trusted_documents_only: false")
    run(installation.set_trusted_documents_only("rushan", only=True))
    assert take_over(""), "a profile that does not say leaves it as it was set"
