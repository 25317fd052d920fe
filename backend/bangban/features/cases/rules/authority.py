"""Acting for the applicant 代办 needs an authorisation 委托书 whose scope and date cover the act."""

from __future__ import annotations

from datetime import date

from bangban.features.cases.problems import AuthorisationRequired
from bangban.features.cases.rules.facts import Authorisation
from bangban.features.cases.values import AuthorisationScope

SCOPE_ZH = {
    AuthorisationScope.APPLY: "代为申请",
    AuthorisationScope.SUPPLY_MATERIALS: "代交材料",
    AuthorisationScope.RECEIVE_RESULT: "代领结果",
}
SCOPE_EN = {
    AuthorisationScope.APPLY: "to apply",
    AuthorisationScope.SUPPLY_MATERIALS: "to hand in materials",
    AuthorisationScope.RECEIVE_RESULT: "to collect the result",
}


def require_authority(
    authorisation: Authorisation | None,
    scopes: frozenset[AuthorisationScope],
    *,
    today: date,
    field: str = "input.number",
) -> None:
    """Refuse unless the authorisation is in force ``today`` and covers one of ``scopes`` (invariant 5).

    ``field`` is where the refused input names the case, or gives the authorisation.
    """
    in_force = (
        authorisation is not None and authorisation.revoked_at is None and authorisation.valid_until >= today
    )
    if authorisation is None or not in_force or not authorisation.scope & scopes:
        wanted = sorted(scopes)
        raise AuthorisationRequired(
            " / ".join(scope.value for scope in wanted),
            "/".join(SCOPE_ZH[scope] for scope in wanted),
            field=field,
        )
