"""The demo's calendar: when somebody is at work, and what the periods of the jobs are called."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

DAYS = 94
_STEP = timedelta(minutes=10)
_WEEKDAY, _WEEKEND = (time(8, 30), time(17, 40)), (time(9, 30), time(13, 0))
_PLACES_OF_A_DAY = 56
_REST = timedelta(minutes=25)


class WorkingTime:
    """Every tenth minute of the firm's working hours, from `DAYS` ago until shortly before `now`, in UTC.

    Saturdays are short; of the Sundays, only the last one is worked on, so that nothing is old on a Monday morning.
    Places on this list stand for moments: whatever lies between two places has time to happen at work.
    """

    def __init__(self, now: datetime, zone: str, rng: Random) -> None:
        self.now = now
        self.rng = rng
        self.zone = ZoneInfo(zone)
        self.today = now.astimezone(self.zone).date()
        self.moments: list[datetime] = []
        for back in range(DAYS, -1, -1):
            self._add_day(self.today - timedelta(days=back))

    def _add_day(self, day: date) -> None:
        if day.weekday() == 6 and day < self.today - timedelta(days=1):
            return
        opens, closes = _WEEKEND if day.weekday() >= 5 else _WEEKDAY
        moment = datetime.combine(day, opens, self.zone)
        while moment.timetz().replace(tzinfo=None) <= closes:
            in_utc = moment.astimezone(UTC)
            if in_utc <= self.now - _REST:
                self.moments.append(in_utc)
            moment += _STEP

    @property
    def last(self) -> int:
        return len(self.moments) - 1

    def before(self, moment: datetime) -> int:
        """The latest place that is not after `moment`."""
        return max(0, bisect_right(self.moments, moment) - 1)

    def near(self, moment: datetime) -> int:
        """The place of `moment`; outside of the working hours some place of the day before, or of the Friday."""
        place = self.before(moment)
        if moment - self.moments[place] < 2 * _STEP or place == self.last:
            return place
        saturday = self.moments[place].astimezone(self.zone).weekday() == 5
        return self.rng.randint(max(0, self.morning(place) - saturday * _PLACES_OF_A_DAY), place)

    def ago(self, days: float) -> int:
        return self.before(self.now - timedelta(days=days))

    def onward(self, place: int, days: float) -> int:
        """The place so many days later; always after it, and possibly in the future."""
        moment = self.moments[place] + timedelta(days=days)
        return max(place + 1, self.near(moment)) if moment < self.now else self.last + 1

    def back(self, place: int, days: float) -> int:
        """The place so many days before another; always before it."""
        return max(0, min(place - 1, self.near(self.moments[place] - timedelta(days=days))))

    def morning(self, place: int) -> int:
        """The first place of the same day."""
        day = self.moments[place].astimezone(self.zone).date()
        return bisect_left(self.moments, datetime.combine(day, time(), self.zone))


def names_of_periods(today: date) -> dict[str, str]:
    """What boards.yaml may say in names. The month that is being closed is the one that ended at least a week ago."""
    month = (today - timedelta(days=8)).replace(day=1)
    months = []
    for _back in range(3):
        month = (month - timedelta(days=1)).replace(day=1)
        months.append(f"{month:%B %Y}")
    quarter = (today.month - 1) // 3 + 1
    forms = (today + timedelta(days=60)).year - 1
    return {
        "last_year": str(today.year - 1),
        "year_before": str(today.year - 2),
        "forms_year": str(forms),
        "quarter": f"Q{quarter} {today.year}",
        "month": months[0],
        "month_before": months[1],
        "two_months_before": months[2],
        **{name: f"{day:%B} {day.day}" for name, day in paydays(today).items()},
    }


def paydays(today: date) -> dict[str, date]:
    """Wages are paid by the 15th and by the last day of the month: the next time from today on, and the one before."""
    first = (today - timedelta(days=40)).replace(day=1)
    found = []
    for _month in range(4):
        following = (first + timedelta(days=32)).replace(day=1)
        found += [weekday(first.replace(day=15)), weekday(following - timedelta(days=1))]
        first = following
    place = bisect_left(found, today)
    return {"payday": found[place], "last_payday": found[place - 1]}


def weekday(day: date) -> date:
    """The day, or the Friday before its week-end."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def weekday_after(day: date) -> date:
    """The day, or the Monday after its week-end."""
    return day + timedelta(days=-day.weekday() % 7 if day.weekday() > 4 else 0)


def next_of(days: list[str], today: date) -> date:
    """The next of some days of the year (“04-15”), with a week to spare."""
    wanted = [date.fromisoformat(f"{year}-{day}") for year in (today.year, today.year + 1) for day in days]
    return min(day for day in wanted if day > today + timedelta(days=7))
