"""When the demo firm may be loaded, and when it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from clearstage.demo.load import load_demo
from clearstage.events.models import Event
from clearstage.firm.models import Firm, Member
from clearstage.jobs.models import Job
from clearstage.kernel.errors import Refused

from .conftest import BASE_URL, load_at


@pytest.mark.usefixtures("owner")
def test_another_firm_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Lindqvist & Partners"):
        load_demo(tmp_path, BASE_URL)
    assert Event.objects.count() == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("owner")
def test_sign_ins_of_an_earlier_demo_do_not_stand_for_another_firm(tmp_path: Path) -> None:
    (tmp_path / "demo-signins.json").write_text('[{"role": "owner", "email": "eleanor@hartwell-lund.test"}]')
    with pytest.raises(Refused):
        load_demo(tmp_path, BASE_URL)


@pytest.mark.django_db
def test_a_load_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_anything: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("clearstage.demo.load.think_of_stories", broken)
    with pytest.raises(KeyboardInterrupt):
        load_demo(tmp_path, BASE_URL)
    assert not Firm.objects.exists()
    assert not Member.objects.exists()
    assert not (tmp_path / "demo-signins.json").exists()


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize(
    "now",
    [
        pytest.param(datetime(2026, 11, 28, 19, 35, tzinfo=UTC), id="one account's job has made another's"),
        pytest.param(datetime(2027, 1, 10, 15, tzinfo=UTC), id="a Sunday shortly after New Year"),
    ],
)
def test_it_can_be_loaded_on_any_day(tmp_path: Path, now: datetime) -> None:
    loaded = load_at(tmp_path, now)
    assert loaded.complaints == []
    assert 180 <= Job.objects.count() <= 230
