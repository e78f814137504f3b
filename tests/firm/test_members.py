"""X1: one owner who stays, admins who may everything else, employees with rights."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.firm.models import Member, Token
from clearstage.firm.operations.members import add_member, edit_member, set_member_password
from clearstage.firm.operations.tokens import create_token, member_by_token, revoke_token
from clearstage.firm.queries import member_named, members_list, tokens_of
from clearstage.kernel.actor import the_firm
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused
from clearstage.kernel.ids import public_id
from tests.fixtures import PASSWORD


def test_an_admin_adds_a_member_with_rights(admin_actor):
    member = add_member(admin_actor, "ben@Example.test", "Ben", "employee", ["tags", "accounts"], PASSWORD)
    member.refresh_from_db()
    assert (member.rights, member.check_password(PASSWORD)) == (["accounts", "tags"], True)
    event = Event.objects.get()
    assert str(in_words(event.kind, event.data)) == "Added Ben as employee"
    assert PASSWORD not in str(event.data)


def test_a_member_without_password_cannot_sign_in_yet(owner_actor):
    assert not add_member(owner_actor, "ben@example.test", "Ben", "employee", []).has_usable_password()


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "MIA@example.test"}, "email"),
        ({"role": "king"}, "role"),
        ({"rights": ["tag"]}, "rights"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"password": "12345"}, "password"),
    ],
)
def test_a_member_that_cannot_be_understood_is_not_added(owner_actor, employee, wrong, where):
    said = {
        "email": "ben@example.test",
        "name": "Ben",
        "role": "employee",
        "rights": [],
        "password": None,
    } | wrong
    with pytest.raises(Invalid) as refusal:
        add_member(owner_actor, **said)
    assert {each for each, _message in refusal.value.errors} == {where}
    assert Member.objects.count() == 2
    assert not Event.objects.exists()


def test_a_misspelt_right_is_put_right(owner_actor):
    with pytest.raises(Invalid, match="did you mean “pipelines”"):
        add_member(owner_actor, "ben@example.test", "Ben", "employee", ["piplines"])


def test_nobody_becomes_a_second_owner(owner_actor, admin_actor, employee):
    for actor in (owner_actor, admin_actor):
        with pytest.raises(Refused, match="one owner"):
            edit_member(actor, employee.pk, {"role": "owner"})
        with pytest.raises(Refused, match="one owner"):
            add_member(actor, "ben@example.test", "Ben", "owner")
    assert Member.objects.filter(role="owner").count() == 1


def test_the_owner_is_changed_by_nobody_else(owner, admin_actor, employee_actor):
    for actor in (admin_actor, employee_actor):
        with pytest.raises(Forbidden):
            edit_member(actor, owner.pk, {"name": "Nobody"})
        with pytest.raises(Forbidden):
            set_member_password(actor, owner.pk, "another long password")
    owner.refresh_from_db()
    assert (owner.name, owner.check_password(PASSWORD)) == ("Olga Owner", True)


def test_the_owner_stays_owner_and_active(owner, owner_actor):
    for changes in ({"is_active": False}, {"role": "admin"}):
        with pytest.raises(Refused):
            edit_member(owner_actor, owner.pk, changes)
    assert edit_member(owner_actor, owner.pk, {"name": "Olga O."}).name == "Olga O."


def test_employees_change_nobody_but_their_own_name(employee, employee_actor, admin):
    with pytest.raises(Forbidden):
        edit_member(employee_actor, admin.pk, {"name": "Nobody"})
    with pytest.raises(Forbidden):
        edit_member(employee_actor, employee.pk, {"rights": ["tags"]})
    with pytest.raises(Forbidden):
        add_member(employee_actor, "ben@example.test", "Ben")
    assert edit_member(employee_actor, employee.pk, {"name": "Mia C."}).name == "Mia C."


def test_a_read_only_actor_changes_nothing(owner_actor, employee):
    looking = replace(owner_actor, read_only=True)
    with pytest.raises(Forbidden):
        edit_member(looking, employee.pk, {"name": "Nobody"})
    with pytest.raises(Forbidden):
        set_member_password(looking, employee.pk, "another long password")


def test_a_member_who_is_not_there_cannot_be_changed(owner_actor):
    with pytest.raises(NotFound):
        edit_member(owner_actor, 4711, {"name": "x"})


def test_deactivating_takes_the_tokens_away(owner_actor, employee):
    text = create_token(employee, "write", "script")
    edit_member(owner_actor, employee.pk, {"is_active": False})
    assert member_by_token(text) is None
    edit_member(owner_actor, employee.pk, {"is_active": True})
    assert member_by_token(text) is None
    last = Event.objects.last()
    assert str(in_words(last.kind, last.data)) == "Changed Mia Chen: may sign in again"


def test_nobody_deactivates_himself(admin, admin_actor):
    with pytest.raises(Refused):
        edit_member(admin_actor, admin.pk, {"is_active": False})


def test_what_is_so_already_leaves_no_event(owner_actor, employee):
    edit_member(owner_actor, employee.pk, {"name": employee.name, "rights": [], "role": "employee"})
    assert not Event.objects.exists()


def test_a_password_is_set_by_its_member_and_by_admins(admin_actor, employee_actor, employee, admin):
    set_member_password(employee_actor, employee.pk, "a rather new password")
    set_member_password(admin_actor, employee.pk, "a much newer password")
    employee.refresh_from_db()
    assert employee.check_password("a much newer password")
    with pytest.raises(Forbidden):
        set_member_password(employee_actor, admin.pk, "a much newer password")
    with pytest.raises(Invalid):
        set_member_password(employee_actor, employee.pk, "half of \ud800 character")


def test_a_token_is_shown_once_and_found_in_one_query(employee, django_assert_num_queries):
    text = create_token(employee, "read", "script")
    assert text.startswith("cst_")
    assert not Token.objects.filter(digest__contains=text).exists()
    assert text not in str(Event.objects.get().data)
    with django_assert_num_queries(1):
        assert member_by_token(text) == (employee, "read")


def test_nonsense_is_no_token(employee):
    for text in ("", "cst_", "cst_" + "x" * 500, "mem_1", "cst_\x00", "cst_é"):
        assert member_by_token(text) is None


def test_a_token_is_made_only_for_oneself(employee, admin, admin_actor, employee_actor):
    with pytest.raises(Forbidden):
        create_token(employee, "read", "script", actor=admin_actor)
    assert create_token(employee, "read", "script", actor=employee_actor)
    with pytest.raises(Invalid):
        create_token(admin, "everything", "")


def test_an_inactive_member_gets_no_token(make_member):
    with pytest.raises(Refused):
        create_token(make_member(is_active=False), "read", "script", actor=the_firm("cli"))


def test_a_token_is_revoked_by_its_member_or_an_admin(
    employee, employee_actor, admin_actor, make_member, actor_for
):
    mine, other = create_token(employee, "read", "one"), create_token(employee, "read", "two")
    first, second = (token.pk for token in reversed(tokens_of(employee)))
    stranger = actor_for(make_member())
    with pytest.raises(NotFound):
        revoke_token(stranger, first)
    revoke_token(employee_actor, first)
    assert member_by_token(mine) is None
    assert member_by_token(other)
    revoke_token(admin_actor, second)
    revoke_token(admin_actor, second)
    assert member_by_token(other) is None
    assert Event.objects.filter(kind="token_revoked").count() == 2


def test_members_are_found_by_email_and_by_id(owner, employee):
    assert member_named(" MIA@example.test ") == employee
    assert member_named(public_id("member", owner.pk)) == owner
    assert member_named("nobody@example.test") is None
    assert member_named("\x00") is None
    assert [member.name for member in members_list()] == ["Mia Chen", "Olga Owner"]
