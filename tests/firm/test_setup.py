"""The installation is set up once, and its settings and roles are changed by those who run the firm."""

from __future__ import annotations

import pytest

from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.firm.models import Firm, Member, Role
from clearstage.firm.operations.roles import add_role, remove_role, rename_role
from clearstage.firm.operations.settings import edit_firm
from clearstage.firm.operations.setup import create_firm
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused
from tests.fixtures import PASSWORD


@pytest.mark.django_db
def test_setting_up_makes_the_firm_its_owner_and_the_usual_roles():
    create_firm("Lindqvist", "Olga@Example.test", "Olga", PASSWORD, "Europe/Stockholm")
    owner = Member.objects.get()
    assert (owner.role, owner.email, owner.check_password(PASSWORD)) == ("owner", "Olga@example.test", True)
    assert list(Role.objects.values_list("name", flat=True))[:3] == ["preparer", "reviewer", "partner"]
    event = Event.objects.get()
    assert str(in_words(event.kind, event.data)) == "Set up “Lindqvist” with Olga as its owner"


def test_a_second_firm_is_refused_and_leaves_no_trace(owner):
    with pytest.raises(Refused, match="Lindqvist"):
        create_firm("Another", "other@example.test", "Other", PASSWORD)
    assert (Firm.objects.count(), Member.objects.count(), Event.objects.count()) == (1, 1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": "America"}, "timezone"),
        ({"name": "  "}, "name"),
        ({"owner_email": "nobody"}, "email"),
        ({"password": "short"}, "password"),
    ],
)
def test_a_set_up_that_cannot_be_understood_leaves_nothing(wrong, where):
    said = {"name": "F", "owner_email": "o@example.test", "owner_name": "O", "password": PASSWORD} | wrong
    with pytest.raises(Invalid) as refusal:
        create_firm(**said)
    assert refusal.value.errors[0][0] == where
    assert not Firm.objects.exists()
    assert not Member.objects.exists()


def test_the_settings_are_kept_and_told(owner_actor, firm):
    changes = {
        "timezone": "Europe/Berlin",
        "undo_minutes": 0,
        "holidays": ["2026-12-25", "2026-01-01", "2026-12-25"],
    }
    edit_firm(owner_actor, changes)
    firm.refresh_from_db()
    assert (firm.timezone, firm.undo_minutes) == ("Europe/Berlin", 0)
    assert firm.holidays == ["2026-01-01", "2026-12-25"]
    assert "time zone: “UTC” → “Europe/Berlin”" in str(in_words("firm_edited", Event.objects.get().data))


def test_setting_what_is_set_already_is_no_change(owner_actor, firm):
    edit_firm(owner_actor, {"name": firm.name, "hold_minutes": 2})
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"undo_minutes": 1441},
        {"hold_minutes": 61},
        {"hold_minutes": -1},
        {"undo_minutes": True},
        {"holidays": ["Christmas"]},
        {"colour": "red"},
        {"name": "A\x00B"},
    ],
)
def test_settings_out_of_bounds_are_refused(owner_actor, wrong):
    with pytest.raises(Invalid):
        edit_firm(owner_actor, wrong)
    assert not Event.objects.exists()


def test_employees_do_not_change_the_firm(employee_actor):
    for attempt in (
        lambda: edit_firm(employee_actor, {"name": "Mine"}),
        lambda: add_role(employee_actor, "notary"),
        lambda: remove_role(employee_actor, Role.objects.first().pk),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert not Event.objects.exists()


def test_roles_are_added_renamed_and_removed(owner_actor, owner, make_account):
    role = add_role(owner_actor, " Notary ")
    make_account(roles={"notary": [owner]})
    rename_role(owner_actor, role.pk, "notaire")
    remove_role(owner_actor, role.pk)
    kinds = list(Event.objects.values_list("kind", flat=True))
    assert kinds == ["role_added", "role_renamed", "role_removed"]
    assert not Role.objects.filter(pk=role.pk).exists()
    with pytest.raises(NotFound):
        rename_role(owner_actor, role.pk, "x")


def test_a_role_is_there_once_in_any_spelling(owner_actor):
    add_role(owner_actor, "Prüfer")
    for name in ("PRÜFER", "Preparer"):
        with pytest.raises(Invalid):
            add_role(owner_actor, name)
    with pytest.raises(Invalid):
        rename_role(owner_actor, Role.objects.get(name="payroll").pk, "prüfer")


def test_a_role_may_change_its_case(owner_actor):
    assert rename_role(owner_actor, Role.objects.get(name="payroll").pk, "Payroll").name == "Payroll"


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_from": "24:00"},
        {"quiet_to": "8:00"},
        {"quiet_to": None},
        {"quiet_days": "yes"},
        {"tell_client_status": 1},
        {"clients_begin_chats": "no"},
    ],
)
def test_hours_and_switches_that_are_none_are_refused(owner_actor, wrong):
    with pytest.raises(Invalid):
        edit_firm(owner_actor, wrong)
    assert not Event.objects.exists()


def test_when_clients_are_left_in_peace_is_told_in_words(owner_actor):
    edit_firm(owner_actor, {"quiet_from": "21:00", "tell_client_status": True})
    event = Event.objects.get()
    words = str(in_words(event.kind, event.data))
    assert "no reminders from: “20:00” → “21:00”" in words
    assert "e-mails about a new client-facing status: no → yes" in words
