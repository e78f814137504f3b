"""Passkeys: kept when they are what they say, used by their owner, and refused in the same words for all else."""

from __future__ import annotations

import json

import pytest

from clearstage.clients.models import Contact, Passkey
from clearstage.clients.operations.passkeys import MOST, add_passkey, remove_passkey, sign_in_with_passkey
from clearstage.clients.passkeys import (
    LONGEST_ANSWER,
    creation_options,
    refusal,
    relying_party,
    request_options,
)
from clearstage.clients.queries import contact_actor
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused

from .authenticator import PRESENT, Authenticator


@pytest.fixture(autouse=True)
def at_home(settings):
    settings.BASE_URL = "http://localhost"


@pytest.fixture
def anna(make_account):
    make_account("Adler", contacts=["anna@client.test"])
    return Contact.objects.get(email="anna@client.test")


@pytest.fixture
def bea(make_account):
    make_account("Bauer", contacts=["bea@client.test"])
    return Contact.objects.get(email="bea@client.test")


def added(contact, authenticator, name="Phone", **lies):
    options, challenge = creation_options("Lindqvist", contact, contact.passkeys.all())
    return add_passkey(
        contact_actor(contact), contact.pk, name, authenticator.create(options, **lies), challenge
    )


def signed_in(authenticator, **lies):
    options, challenge = request_options()
    return sign_in_with_passkey(authenticator.get(options, **lies), challenge)


def refused(run):
    with pytest.raises(Refused) as caught:
        run()
    assert caught.value.problems == refusal().problems
    return True


def last_event():
    event = Event.objects.last()
    return (event.actor_kind, str(in_words(event.kind, event.data)))


@pytest.mark.parametrize("counts", [True, False])
def test_a_passkey_is_added_and_signs_in_again_and_again(anna, counts):
    phone = Authenticator(counts=counts)
    row = added(anna, phone)
    assert (row.name, row.synced, row.transports, row.used_at) == ("Phone", not counts, ["internal"], None)
    assert last_event() == ("contact", "Added the passkey “Phone” for the contact Anna")
    for _again in range(3):
        assert signed_in(phone) == anna
    row.refresh_from_db()
    assert row.sign_count == (4 if counts else 0)
    assert row.used_at is not None
    assert last_event() == ("contact", "Anna signed in with a passkey")


def test_the_browser_is_asked_for_a_discoverable_verified_passkey_and_not_for_a_second(anna):
    added(anna, Authenticator())
    options, _challenge = creation_options("Lindqvist", anna, anna.passkeys.all())
    selection = options["authenticatorSelection"]
    assert (selection["residentKey"], selection["userVerification"]) == ("required", "required")
    assert [each["id"] for each in options["excludeCredentials"]] == [anna.passkeys.get().credential]
    assert (options["rp"], options["user"]["displayName"]) == (
        {"id": "localhost", "name": "Lindqvist"},
        "Anna",
    )
    asked, _challenge = request_options()
    assert (asked["userVerification"], asked["allowCredentials"]) == ("required", [])


LIES = [
    {"origin": "https://evil.test"},
    {"elsewhere": "evil.test"},
    {"flags": PRESENT},
    {"flags": 0},
    {"type": "webauthn.other"},
]


@pytest.mark.parametrize("lies", LIES)
def test_what_was_made_elsewhere_or_without_its_owner_is_not_kept(anna, lies):
    assert refused(lambda: added(anna, Authenticator(), **lies))
    assert not Passkey.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("lies", [*LIES, {"counter": 1}, {"counter": 0}, {"handle": b"con_4711"}])
def test_what_was_signed_elsewhere_without_its_owner_or_by_a_copy_lets_nobody_in(anna, lies):
    phone = Authenticator()
    added(anna, phone)
    before = Event.objects.count()
    assert refused(lambda: signed_in(phone, **lies))
    assert Event.objects.count() == before
    assert anna.passkeys.get().sign_count == 1


def test_an_answer_to_another_challenge_is_refused(anna):
    phone = Authenticator()
    options, _challenge = creation_options("Lindqvist", anna, [])
    _other, another = creation_options("Lindqvist", anna, [])
    assert refused(lambda: add_passkey(contact_actor(anna), anna.pk, "x", phone.create(options), another))
    added(anna, phone)
    options, challenge = request_options()
    answer = phone.get(options)
    assert refused(lambda: sign_in_with_passkey(answer, request_options()[1]))
    assert sign_in_with_passkey(answer, challenge) == anna
    assert refused(lambda: sign_in_with_passkey(answer, challenge))


def test_a_strangers_key_under_a_known_name_lets_nobody_in(anna):
    phone, stranger = Authenticator(), Authenticator()
    added(anna, phone)
    assert refused(lambda: signed_in(stranger))
    stranger.id, stranger.handle, stranger.counter = phone.id, phone.handle, 9
    assert refused(lambda: signed_in(stranger))


def test_the_same_passkey_is_kept_once(anna, bea):
    phone = Authenticator()
    added(anna, phone)
    assert refused(lambda: added(bea, phone))
    assert signed_in_is(phone, anna)


def signed_in_is(authenticator, contact):
    options, challenge = request_options()
    handle = f"con_{contact.pk}".encode()
    return sign_in_with_passkey(authenticator.get(options, handle=handle), challenge) == contact


NONSENSE = [
    "", "{}", "[]", "null", "1", "nonsense", "[" * 5000, '{"a":' * 3000, "x" * (LONGEST_ANSWER + 1), "\x00", "\ud800",
    json.dumps({"id": "a", "rawId": "a", "type": "public-key", "response": {"clientDataJSON": "a"}}),
    json.dumps({"id": 1, "rawId": [], "type": "public-key", "response": {}}),
]  # fmt: skip


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_is_refused(anna, answer):
    assert refused(lambda: sign_in_with_passkey(answer, b"x" * 64))
    assert refused(lambda: add_passkey(contact_actor(anna), anna.pk, "x", answer, b"x" * 64))


@pytest.mark.parametrize(
    "part", ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
)
@pytest.mark.parametrize("junk", ["", "AA", "_" * 40, "ä", "oWNmbXQ", None, 5, {"a": 1}])
def test_an_answer_with_a_spoilt_part_is_refused(anna, part, junk):
    phone = Authenticator()
    if part == "attestationObject":
        options, challenge = creation_options("Lindqvist", anna, [])
        answer = json.loads(phone.create(options))
        answer["response"][part] = junk
        assert refused(lambda: add_passkey(contact_actor(anna), anna.pk, "x", json.dumps(answer), challenge))
        return
    added(anna, phone)
    options, challenge = request_options()
    answer = json.loads(phone.get(options))
    answer["response"][part] = junk
    if part == "userHandle" and junk in ("", None, 5, {"a": 1}):  # it may be left out
        answer["response"]["signature"] = "AA"
    assert refused(lambda: sign_in_with_passkey(json.dumps(answer), challenge))


def test_who_may_sign_in_no_more_stays_out(anna):
    phone = Authenticator()
    added(anna, phone)
    anna.account_links.update(login=False)
    assert refused(lambda: signed_in(phone))
    anna.refresh_from_db()
    assert anna.signed_in_at is None


def test_passkeys_are_their_owners_alone(anna, bea, owner_actor):
    row = added(anna, Authenticator())
    before = Event.objects.count()
    with pytest.raises(NotFound):
        remove_passkey(contact_actor(bea), bea.pk, row.pk)
    with pytest.raises(NotFound):
        remove_passkey(contact_actor(bea), anna.pk, row.pk)
    for actor in (owner_actor, contact_actor(anna, read_only=True)):
        with pytest.raises(Forbidden):
            remove_passkey(actor, anna.pk, row.pk)
        with pytest.raises(Forbidden):
            add_passkey(actor, anna.pk, "x", "{}", b"")
    assert (Passkey.objects.count(), Event.objects.count()) == (1, before)


def test_a_removed_passkey_opens_nothing(anna):
    phone = Authenticator()
    remove_passkey(contact_actor(anna), anna.pk, added(anna, phone).pk)
    assert last_event() == ("contact", "Removed the passkey “Phone” of the contact Anna")
    assert refused(lambda: signed_in(phone))


def test_names_are_bounded_and_may_be_left_out(anna):
    assert added(anna, Authenticator(), name="  ").name == "Passkey"
    for name in ("x" * 61, "a\nb", "a\x00b"):
        with pytest.raises(Invalid):
            added(anna, Authenticator(), name=name)
    assert added(anna, Authenticator(), name="<b>Ada</b>").name == "<b>Ada</b>"


def test_there_is_an_end_to_passkeys(anna):
    for number in range(MOST):
        Passkey.objects.create(
            contact=anna, name="x", credential=f"{number:04}", public_key="", created_at=anna.created_at
        )
    with pytest.raises(Refused, match="Remove one first"):
        added(anna, Authenticator())


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("https://portal.firm.example", ("portal.firm.example", "https://portal.firm.example")),
        ("https://Portal.Firm.example:443/", ("portal.firm.example", "https://portal.firm.example")),
        ("https://firm.example:8443", ("firm.example", "https://firm.example:8443")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]:8000", None),
        ("http://firm.example", None),
        ("http://notlocalhost", None),
    ],
)
def test_passkeys_belong_to_the_installations_own_address(settings, address, party):
    settings.BASE_URL = address
    found = relying_party()
    assert (found and (found.id, found.origin)) == party


def test_without_such_an_address_nothing_is_asked_for(settings):
    settings.BASE_URL = "http://127.0.0.1:8000"
    with pytest.raises(Refused, match="encrypted address"):
        request_options()
