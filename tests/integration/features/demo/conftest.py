"""The sample districts, loaded once: what is changed of them is put right again by the test that changes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from tests.integration.features.demo.samples import ALL, FEW, SLUGS, TENANTS, Loaded, Run, Told

from bangban.features.demo.cases import make_cases
from bangban.features.districts.onboarding import onboard
from bangban.features.profiles.reader import read_profile
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tenancy import Tenancy


@pytest.fixture(scope="session")
def samples(
    installation: Installation, tenancy: Tenancy, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(TENANTS / "template", folder / "tenants" / "template")
    for slug, source in SLUGS.items():
        copy = shutil.copytree(TENANTS / source, folder / "tenants" / slug) / "district.yaml"
        copy.write_text(
            copy.read_text(encoding="utf-8").replace(f"slug: {source}", f"slug: {slug}"), encoding="utf-8"
        )
    made = Loaded(installation, tenancy, run, folder)
    demo = made.load()
    assert (demo.districts, demo.cases, demo.made) == (len(SLUGS), ALL, ALL)
    yield made
    made.passwords.close()


@pytest.fixture(scope="session")
def told(installation: Installation, tenancy: Tenancy, run: Run, samples: Loaded) -> Callable[[str], Told]:
    """A sample district with its stories, by its own name: one of those loaded, or made when first asked for."""
    known = {source: Told(tenancy, run, slug) for slug, source in SLUGS.items()}

    def tell(slug: str) -> Told:
        if slug not in known:
            run(onboard(installation, tenancy, read_profile(TENANTS / slug)))
            run(make_cases(tenancy, tenancy.registry.get_live(slug), count=FEW))
            known[slug] = Told(tenancy, run, slug)
        return known[slug]

    return tell


@pytest.fixture(params=SLUGS)
def slug(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty(samples: Loaded) -> Callable[[str], str]:
    """A sample district without cases, under a name of its own."""

    def make(slug: str) -> str:
        folder = samples.tenants.parent / "apart" / slug
        shutil.copytree(samples.tenants / "template", folder.parent / "template", dirs_exist_ok=True)
        shutil.copytree(samples.tenants / "demo-xuanwu", folder)
        district = folder / "district.yaml"
        district.write_text(
            district.read_text(encoding="utf-8").replace("slug: demo-xuanwu", f"slug: {slug}"),
            encoding="utf-8",
        )
        samples.run(onboard(samples.installation, samples.tenancy, read_profile(folder)))
        return slug

    return make
