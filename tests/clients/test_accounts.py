"""Accounts are made and changed with their tags, contacts and roles; what may not be done leaves no trace."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clearstage.clients.models import Account, AccountContact, Contact, RoleHolder, Tag
from clearstage.clients.operations.accounts import AccountInput, create_account, edit_account
from clearstage.clients.queries import account_detail, account_document, accounts_list, contact_actor
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Stale
from clearstage.kernel.ids import public_id

ANNA = {"name": "Anna", "email": "anna@client.test", "login": True, "notify": True}
BERT = {"name": "Bert", "email": "bert@client.test", "login": False, "notify": False}

NEVER_IN = {"invited": None, "signed_in": None}


def words(kind="account_edited"):
    event = Event.objects.filter(kind=kind).last()
    return str(in_words(event.kind, event.data))


def contacts_of(account):
    links = AccountContact.objects.filter(account=account).order_by("pk")
    return list(links.values_list("contact__email", "login", "notify"))


def test_an_account_is_made_with_everything_that_belongs_to_it(owner_actor, owner, employee):
    roles = {"Preparer": ["mia@example.test"], "partner": [owner.email]}
    given = AccountInput(" Adler ", "company", "4711", ["vip", "new"], [ANNA, BERT], roles)
    account = create_account(owner_actor, given)
    assert account_document(account_detail(owner_actor, account.pk)) == {
        "id": public_id("account", account.pk),
        "version": 1,
        "name": "Adler",
        "kind": "company",
        "number": "4711",
        "tags": ["new", "vip"],
        "contacts": [
            {"id": public_id("contact", Contact.objects.get(name="Anna").pk), **NEVER_IN} | ANNA,
            {"id": public_id("contact", Contact.objects.get(name="Bert").pk), **NEVER_IN} | BERT,
        ],
        "roles": {"preparer": ["mia@example.test"], "partner": ["owner@example.test"]},
    }
    assert words("account_created") == "Added the account “Adler”"
    assert list(Event.objects.values_list("kind", flat=True)) == [
        "tag_created",
        "tag_created",
        "account_created",
    ]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "a\ud800b"}, "name"),
        ({"kind": "alien"}, "kind"),
        ({"number": "1" * 41}, "number"),
        ({"tags": ["x" * 61]}, "tags[0]"),
        ({"tags": "vip"}, "tags"),
        ({"contacts": [{"name": "A", "email": "nowhere"}]}, "contacts[0].email"),
        ({"contacts": [{"email": "new@client.test"}]}, "contacts[0].name"),
        ({"contacts": [ANNA, {**ANNA, "email": "Anna@Client.test"}]}, "contacts[1].email"),
        ({"contacts": [{**ANNA, "phone": "1"}]}, "contacts[0].phone"),
        ({"contacts": [{**ANNA, "login": "yes"}]}, "contacts[0].login"),
        ({"contacts": [{"name": str(n), "email": f"{n}@client.test"} for n in range(201)]}, "contacts"),
        ({"roles": {"preparator": []}}, "roles.preparator"),
        ({"roles": {"preparer": ["nobody@example.test"]}}, "roles.preparer[0]"),
        ({"roles": {"preparer": ["gone@example.test"]}}, "roles.preparer[0]"),
    ],
)
def test_an_account_that_cannot_be_understood_leaves_no_trace(owner_actor, make_member, wrong, where):
    make_member("gone@example.test", "Gone", is_active=False)
    with pytest.raises(Invalid) as refusal:
        create_account(owner_actor, AccountInput(**({"name": "Adler"} | wrong)))
    assert [each for each, _message in refusal.value.errors] == [where]
    for left in (Account, Contact, Tag, Event):
        assert not left.objects.exists()


def test_all_mistakes_are_told_at_once(owner_actor):
    given = AccountInput("", "alien", contacts=[{"name": "", "email": "x"}], roles={"reviever": []})
    with pytest.raises(Invalid, match="did you mean “reviewer”") as refusal:
        create_account(owner_actor, given)
    places = [where for where, _message in refusal.value.errors]
    assert places == ["name", "kind", "contacts[0].email", "contacts[0].name", "roles.reviever"]


def test_what_is_named_is_changed_and_nothing_else(owner_actor, owner, employee, make_account):
    account = make_account(
        "Adler", ["vip"], ["anna@client.test"], {"preparer": [employee], "partner": [owner]}
    )
    edit_account(owner_actor, account.pk, {"name": "Adler AG", "roles": {"preparer": [owner.email]}})
    account.refresh_from_db()
    assert (account.name, account.version, account.tags.get().name) == ("Adler AG", 2, "vip")
    holders = RoleHolder.objects.filter(account=account).values_list("role__name", "member__name")
    assert set(holders) == {("preparer", "Olga Owner"), ("partner", "Olga Owner")}
    assert words() == ("Changed the account: name: “Adler” → “Adler AG”, preparer: “Mia Chen” → “Olga Owner”")


def test_tags_are_replaced_as_a_set_and_known_in_any_spelling(owner_actor, make_account):
    account = make_account(tags=["vip", "new"])
    vip = Tag.objects.get(name="vip")
    edit_account(owner_actor, account.pk, {"tags": ["VIP", "Élite"]})
    assert set(account.tags.values_list("name", flat=True)) == {"vip", "Élite"}
    edit_account(owner_actor, account.pk, {"tags": ["éLITE", public_id("tag", vip.pk)]})
    assert Tag.objects.count() == 3
    account.refresh_from_db()
    assert account.version == 2


def test_what_is_so_already_is_no_change_and_takes_no_right(employee_actor, employee, make_account):
    account = make_account("Adler", ["vip"], [ANNA], {"preparer": [employee]}, access=[employee])
    same = {"name": "Adler", "tags": ["VIP"], "contacts": [ANNA], "roles": {"preparer": ["mia@example.test"]}}
    assert edit_account(employee_actor, account.pk, same, version=1).version == 1
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Other"},
        {"tags": []},
        {"tags": ["new"]},
        {"contacts": []},
        {"contacts": [{**ANNA, "login": False}]},
        {"roles": {"reviewer": ["mia@example.test"]}},
    ],
)
@pytest.mark.parametrize("right", [None, "accounts", "contacts", "tags"])
def test_every_part_takes_its_own_right(make_member, actor_for, make_account, employee, changes, right):
    member = make_member(rights=[right] if right else [])
    account = make_account("Adler", ["vip"], [ANNA], access=[member])
    Tag.objects.create(name="new")
    needed = {"name": "accounts", "roles": "accounts"}.get(next(iter(changes)), next(iter(changes)))
    if right == needed:
        assert edit_account(actor_for(member), account.pk, changes).version == 2
        return
    with pytest.raises(Forbidden):
        edit_account(actor_for(member), account.pk, changes)
    account.refresh_from_db()
    assert (account.name, account.version, account.tags.count()) == ("Adler", 1, 1)
    assert contacts_of(account) == [("anna@client.test", True, True)]
    assert not Event.objects.exists()


def test_a_tag_nobody_knows_is_offered_the_nearest_one(make_member, actor_for, make_account):
    member = make_member(rights=["accounts"])
    account = make_account(tags=["foreign"], access=[member])
    with pytest.raises(Invalid, match="did you mean “foreign”"):
        edit_account(actor_for(member), account.pk, {"tags": ["foriegn"]})
    assert Tag.objects.count() == 1


def test_making_accounts_takes_the_right_and_gives_access(make_member, actor_for, employee_actor):
    with pytest.raises(Forbidden):
        create_account(employee_actor, AccountInput("Adler"))
    maker = actor_for(make_member(rights=["accounts"]))
    account = create_account(maker, AccountInput("Adler"))
    assert account_detail(maker, account.pk)
    with pytest.raises(NotFound):
        account_detail(employee_actor, account.pk)
    with pytest.raises(Forbidden):
        create_account(maker, AccountInput("Bauer", contacts=[ANNA]))
    with pytest.raises(Forbidden):
        create_account(replace(maker, read_only=True), AccountInput("Bauer"))
    assert Account.objects.count() == 1


def test_who_sees_all_accounts_needs_no_access(make_member, actor_for):
    member = make_member(rights=["accounts", "view all accounts"])
    create_account(actor_for(member), AccountInput("Adler"))
    assert not member.account_access.exists()


def test_what_one_may_not_see_cannot_be_changed_or_told_apart(employee_actor, make_account):
    account = make_account()
    for number in (account.pk, 4711):
        with pytest.raises(NotFound):
            edit_account(employee_actor, number, {"name": "x"})
        with pytest.raises(NotFound):
            account_detail(employee_actor, number)


def test_a_stale_version_saves_nothing(owner_actor, make_account):
    account = make_account("Adler")
    edit_account(owner_actor, account.pk, {"number": "1"}, version=1)
    with pytest.raises(Stale, match=r"Olga Owner has changed .* Changed the account: number: “1”"):
        edit_account(owner_actor, account.pk, {"name": "Other"}, version=1)
    account.refresh_from_db()
    assert (account.name, account.version) == ("Adler", 2)


def test_an_unknown_field_is_refused(owner_actor, make_account):
    with pytest.raises(Invalid, match="colour"):
        edit_account(owner_actor, make_account().pk, {"colour": "red"})


def test_a_known_contact_is_linked_and_not_made_again(owner_actor, make_account):
    make_account("Adler", contacts=[ANNA])
    other = make_account("Bauer")
    edit_account(owner_actor, other.pk, {"contacts": [{"email": "ANNA@client.test"}]})
    anna = Contact.objects.get()
    assert (anna.name, anna.account_links.count()) == ("Anna", 2)
    assert contacts_of(other) == [("anna@client.test", False, True)]
    assert words() == "Changed the account: added the contact Anna"


def test_a_contacts_name_is_corrected_by_those_who_could_see_him(
    owner_actor, make_member, actor_for, make_account
):
    make_account("Adler", contacts=[ANNA])
    member = make_member(rights=["contacts"])
    other = make_account("Bauer", access=[member])
    renamed = {"contacts": [{**ANNA, "name": "Anna Adler"}]}
    edit_account(actor_for(member), other.pk, renamed)
    assert Contact.objects.get().name == "Anna"
    edit_account(owner_actor, other.pk, renamed)
    assert Contact.objects.get().name == "Anna Adler"
    assert words() == "Changed the account: changed the contact Anna Adler"


def test_the_order_of_contacts_counts(owner_actor, make_account):
    account = make_account(contacts=[ANNA, BERT])
    edit_account(owner_actor, account.pk, {"contacts": [BERT, ANNA]})
    assert [email for email, *_rest in contacts_of(account)] == ["bert@client.test", "anna@client.test"]
    assert words() == "Changed the account: put the contacts into another order"


def test_someone_inactive_who_holds_a_role_may_keep_it(owner_actor, make_member, make_account):
    gone = make_member("gone@example.test", "Gone", is_active=False)
    account = make_account(roles={"preparer": [gone]})
    edit_account(
        owner_actor, account.pk, {"roles": {"preparer": ["gone@example.test", "owner@example.test"]}}
    )
    assert RoleHolder.objects.filter(account=account).count() == 2


def test_a_client_changes_no_account(make_account, owner_actor):
    account = make_account(contacts=[ANNA])
    client = contact_actor(Contact.objects.get())
    with pytest.raises(Forbidden):
        edit_account(client, account.pk, {"name": "Mine"})
    with pytest.raises(Forbidden):
        create_account(client, AccountInput("Mine"))


def test_accounts_are_listed_by_name_page_by_page(owner_actor, make_account, django_assert_num_queries):
    names = ["Cruz", "adler", "Bauer", "Dietz", "Bauer"]
    for name in names:
        make_account(name, ["vip"], [ANNA])
    found, cursor = [], ""
    while True:
        with django_assert_num_queries(4):
            page = accounts_list(owner_actor, cursor=cursor, limit=2)
        found += page.results
        if page.next is None:
            break
        cursor = page.next
    assert [account.name for account in found] == sorted(names, key=str.lower)
    assert len({account.pk for account in found}) == 5


def test_accounts_are_found_by_name_number_email_and_tag(owner_actor, employee_actor, employee, make_account):
    adler = make_account("Adler", ["vip"], [ANNA], number="K-17", access=[employee])
    make_account("Bauer", ["new"])
    vip = public_id("tag", Tag.objects.get(name="vip").pk)
    for how in ({"q": "adl"}, {"q": "k-17"}, {"q": "anna@"}, {"tag": "VIP"}, {"tag": vip}):
        assert [account.pk for account in accounts_list(owner_actor, **how).results] == [adler.pk], how
    for how in ({"q": "\x00"}, {"tag": "nothing"}, {"kind": "company"}):
        assert accounts_list(owner_actor, **how).results == []
    assert [account.pk for account in accounts_list(employee_actor).results] == [adler.pk]
    with pytest.raises(Invalid):
        accounts_list(owner_actor, cursor="nonsense")


def test_two_at_once_lose_nothing(owner_actor, make_account, in_another_thread):
    account = in_another_thread(lambda: make_account("Adler")).result(20)
    changes = [
        {"name": "Adler AG"},
        {"number": "4711"},
        {"tags": ["vip"]},
        {"tags": ["vip", "new"]},
        {"kind": "company"},
    ]
    for future in [in_another_thread(edit_account, owner_actor, account.pk, change) for change in changes]:
        future.result(30)
    again = in_another_thread(lambda: account_document(account_detail(owner_actor, account.pk))).result(20)
    assert (again["name"], again["number"], again["kind"]) == ("Adler AG", "4711", "company")
    assert again["version"] in (5, 6)
    assert "vip" in again["tags"]
