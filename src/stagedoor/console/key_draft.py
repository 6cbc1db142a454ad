"""A key that is being put together: the state of the form, and the order that it stands for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Self

from starlette.datastructures import QueryParams

from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import FolderNeed
from stagedoor.client import FolderFacts, KeyLimits
from stagedoor.console.forms import Form

LIFETIMES = {"30d": "30 days", "90d": "90 days", "365d": "One year"}
DEFAULT_LIFETIME = "90d"
ON_A_DATE = "date"
NEVER = "never"
EVERYWHERE = "all"
SOME_FOLDERS = "some"
RATE = re.compile(r"[1-9][0-9]{0,6}/(s|m|h)", re.ASCII)
NUMBER = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
NUMBERS = {"burst": "at once", "daily_quota": "a day", "concurrency": "at the same time", "weight": "weight"}
"""The limits that are numbers, with the words that stand beside them in the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDraft:
    """What stands in the form. ``tenant`` is ``organization/tenant``; ``allow`` holds selectors in the order chosen."""

    name: str = ""
    tenant: str = ""
    search: str = ""
    allow: tuple[str, ...] = ()
    reach: str = SOME_FOLDERS
    folders: tuple[str, ...] = ()
    networks: str = ""
    lifetime: str = DEFAULT_LIFETIME
    until: str = ""
    rate: str = ""
    burst: str = ""
    daily_quota: str = ""
    concurrency: str = ""
    weight: str = ""

    @classmethod
    def from_form(cls, form: Form) -> Self:
        """Read the form. What was ticked among the offers counts, and so does what was chosen before and is not shown.

        ``allow`` holds what was chosen before, ``shown`` the offers on the page, ``tick`` those of them that are
        ticked, ``drop`` the one that was taken away by its chip.
        """
        shown, dropped = set(form.all("shown")), set(form.all("drop"))
        ticked = form.all("tick")
        before = [selector for selector in form.all("allow") if selector not in shown or selector in ticked]
        chosen = [selector for selector in dict.fromkeys([*before, *ticked]) if selector not in dropped]
        return cls(
            name=form.text("name"),
            tenant=form.text("tenant"),
            search=form.text("search"),
            allow=tuple(chosen),
            reach=form.text("reach", SOME_FOLDERS),
            folders=form.all("folder"),
            networks=form.text("networks"),
            lifetime=form.text("lifetime", DEFAULT_LIFETIME),
            until=form.text("until"),
            rate=form.text("rate").replace(" ", ""),
            burst=form.text("burst"),
            daily_quota=form.text("daily_quota"),
            concurrency=form.text("concurrency"),
            weight=form.text("weight"),
        )

    @classmethod
    def from_link(cls, query: QueryParams) -> Self:
        """Read a link that fills the form in: ``?allow=Jobs_Get&folder=Shared&tenant=acme/dev&name=…``."""
        allow = tuple(dict.fromkeys(query.getlist("allow")))
        folders = tuple(dict.fromkeys(query.getlist("folder")))
        operations = [CATALOG.find_operation(selector) for selector in allow]
        # What belongs to the tenant as a whole is never allowed by a grant that is limited to folders.
        needs_no_folder = bool(allow) and all(each and each.folder is FolderNeed.NONE for each in operations)
        return cls(
            name=query.get("name", ""),
            tenant=query.get("tenant", ""),
            allow=allow,
            folders=folders,
            reach=EVERYWHERE if needs_no_folder and not folders else SOME_FOLDERS,
        )

    @property
    def network_list(self) -> list[str]:
        """The networks, however they were set apart."""
        return [network for network in re.split(r"[\s,;]+", self.networks) if network]

    @property
    def folder_paths(self) -> list[str] | None:
        """The folders that the key is limited to; ``None`` for every folder."""
        return None if self.reach == EVERYWHERE else list(self.folders)

    @property
    def expires_in(self) -> str | None:
        """The lifetime as a span, if it is one."""
        return self.lifetime if self.lifetime in LIFETIMES else None

    @property
    def expires_at(self) -> datetime | None:
        """The end of the day on which it ends, in UTC, if it ends on a date."""
        day = self._end_day()
        return None if self.lifetime != ON_A_DATE or day is None else day

    @property
    def limits(self) -> KeyLimits:
        """How much the key may be used, as far as the form says so."""
        return limits_of(self.rate, self._numbers())

    def problems(self, folders: Sequence[FolderFacts], *, now: datetime) -> list[str]:
        """Return what is missing or wrong before the house is asked, as sentences that say what to do."""
        found = []
        if not self.allow:
            found.append("Tick at least one thing that the key may do.")
        if self.reach != EVERYWHERE and not self.folders:
            if folders:
                found.append("Tick a folder, or choose every folder.")
            else:
                found.append("This tenant has no folders that you may use; choose every folder.")
        if self.lifetime == ON_A_DATE:
            day = self._end_day()
            if day is None:
                found.append("Pick the day on which the key ends.")
            elif day <= now:
                found.append("Pick a day in the future.")
        elif self.lifetime != NEVER and self.lifetime not in LIFETIMES:
            found.append("Choose when the key ends.")
        return [*found, *limit_problems(self.rate, self._numbers())]

    def _numbers(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in NUMBERS}

    def _end_day(self) -> datetime | None:
        try:
            day = datetime.strptime(self.until, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            return None
        return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)


def limit_problems(rate: str, numbers: Mapping[str, str]) -> list[str]:
    """Return what is wrong with limits as they were typed, as sentences that say what to do."""
    found = []
    if rate and not RATE.fullmatch(rate):
        found.append("Write the rate as a number and s, m or h, such as 10/s or 100/m.")
    elif numbers["burst"] and not rate:
        found.append("Say how many requests a second or a minute, if some of them may come at once.")
    for name, words in NUMBERS.items():
        if numbers[name] and not NUMBER.fullmatch(numbers[name]):
            found.append(f"Write a whole number above zero, or nothing, where it says “{words}”.")
    return found


def limits_of(rate: str, numbers: Mapping[str, str]) -> KeyLimits:
    """Return the limits that were typed; what was left empty is ``None``."""
    return KeyLimits(
        rate=rate or None,
        burst=_number(numbers["burst"]),
        daily_quota=_number(numbers["daily_quota"]),
        concurrency=_number(numbers["concurrency"]),
        weight=_number(numbers["weight"]),
    )


def _number(typed: str) -> int | None:
    return int(typed) if NUMBER.fullmatch(typed) else None
