"""Teams of a profile: those that are named, and those of ``team_sets``, one for each area of a level."""

from __future__ import annotations

from datetime import date

from bangban.features.profiles.documents import Loc
from bangban.features.profiles.models import Text
from bangban.features.profiles.models_people import PeopleFile
from bangban.features.profiles.posts import Posts
from bangban.features.profiles.profile_people import ProfileTeam


class Teams:
    """The teams of ``people.yaml`` by their keys, and the keys that each set made."""

    def __init__(self, file: PeopleFile, posts: Posts) -> None:
        self.by_key: dict[str, ProfileTeam] = {}
        self.made_of_set: dict[str, list[str]] = {}
        self._file = file
        self._posts = posts
        self._named()
        self._made()

    def check_known(self, key: str, loc: Loc) -> None:
        """A team whose own seat is at fault is known all the same."""
        if key not in self.by_key and all(team.key != key for team in self._file.teams):
            self._posts.fault(loc, f"没有队伍“{key}”。", f"There is no team {key!r}.")

    def check_begins(self, key: str, since: date, loc: Loc) -> None:
        """Nobody comes to a team after its last day."""
        team = self.by_key.get(key)
        if team is not None and team.until is not None and since > team.until:
            self._posts.fault(
                loc,
                f"队伍“{key}”的最后一天是 {team.until},早于成员的开始日期 {since}。",
                f"The last day of the team {key!r} is {team.until}: nobody comes to it on {since}.",
            )

    def _named(self) -> None:
        for index, team in enumerate(self._file.teams):
            area = self._posts.area(team.at, ("teams", index, "at"))
            if area:
                self._add(
                    ProfileTeam(
                        key=team.key,
                        name=team.name,
                        brand=team.brand,
                        kind=team.kind,
                        area=area.key,
                        provenance=team.provenance,
                        department=team.department,
                        until=team.until,
                    ),
                    ("teams", index),
                )

    def _made(self) -> None:
        for index, made in enumerate(self._file.team_sets):
            loc: Loc = ("team_sets", index)
            keys = self.made_of_set.setdefault(made.key, [])
            for area in self._posts.areas(made.level, made.under, loc):
                seated = ProfileTeam(
                    key=f"{made.key}-{area.key}",
                    name=Text(
                        zh=made.name.zh.replace("{area}", area.name),
                        en=made.name.en.replace("{area}", area.name),
                    ),
                    brand=made.brand,
                    kind=made.kind,
                    area=area.key,
                    provenance=made.provenance,
                )
                keys.append(seated.key)
                self._add(seated, loc)

    def _add(self, team: ProfileTeam, loc: Loc) -> None:
        if team.key in self.by_key:
            self._posts.fault(loc, f"队伍“{team.key}”重复。", f"The team {team.key!r} exists already.")
        self.by_key.setdefault(team.key, team)
