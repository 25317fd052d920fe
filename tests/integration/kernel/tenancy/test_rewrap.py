"""Rotating the master key: every district's data key under the new one, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.rewrap import rewrap_all
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing, MasterKey
from bangban.kernel.vault.problems import MasterKeyWrong


def test_what_was_sealed_before_a_rotation_opens_after_it_with_the_new_key_alone(
    new_installation: Callable[[KeyRing], Installation], ring: KeyRing, run: Callable[[Any], Any]
) -> None:
    before = new_installation(ring)
    opened: Tenancy = run(Tenancy.open(before.application, names=before.names, ring=ring))
    district: District = next(iter(opened.registry))
    sealed = opened.vault(district).seal("13800000000", context="test")
    run(opened.close())

    rotated = ring.rotated()
    after = run(Installation.prepare(before.admin, rotated))
    assert run(rewrap_all(after)) == 1
    assert run(rewrap_all(after)) == 0

    alone = KeyRing(rotated.current)
    again: Tenancy = run(Tenancy.open(after.application, names=after.names, ring=alone))
    assert again.vault(again.registry.get(district.slug)).open(sealed, context="test") == "13800000000"
    run(again.close())


def test_another_master_key_is_refused_at_the_start(
    new_installation: Callable[[KeyRing], Installation], ring: KeyRing, run: Callable[[Any], Any]
) -> None:
    made = new_installation(ring)
    with pytest.raises(MasterKeyWrong):
        run(Installation.prepare(made.admin, KeyRing(MasterKey.fresh())))
