"""Inviting contacts by the API: once for a key, to nobody else's clients, and without ever answering a link."""

from __future__ import annotations

from typing import Any

from clearstage.clients.models import Contact
from clearstage.outbox.models import Delivery

from .caller import Caller

ADA = {"name": "Ada", "email": "ada@client.test", "login": True}


def made(api: Caller, **more: Any) -> str:
    account = api.post("/accounts", {"name": "Ada Okafor", "contacts": [{**ADA, **more}]})
    return str(account["contacts"][0]["id"])


def test_a_contact_is_invited(api: Caller) -> None:
    contact = made(api)
    answer = api.post(f"/contacts/{contact}/invite")
    assert answer.status == 200
    assert (answer["id"], answer["signed_in"]) == (contact, None)
    assert answer["invited"] is not None
    [delivery] = Delivery.objects.all()
    assert delivery.payload["link"]["seed"] not in str(answer.json)
    assert not {"password", "link", "token", "passkeys"} & set(answer.json)


def test_the_same_key_invites_once(api: Caller) -> None:
    contact = made(api)
    for _twice in range(2):
        assert api.post(f"/contacts/{contact}/invite", Idempotency_Key="k1").status == 200
    assert Delivery.objects.count() == 1


def test_an_account_is_made_with_an_invitation(api: Caller) -> None:
    made(api, invite=True)
    assert Delivery.objects.get().to == "ada@client.test"
    refused = api.post("/accounts", {"name": "B", "contacts": [{**ADA, "login": False, "invite": True}]})
    assert refused.status == 422
    assert "contacts[0].invite" in refused.errors


def test_who_may_not_sign_in_is_not_invited(api: Caller) -> None:
    assert api.post(f"/contacts/{made(api, login=False)}/invite").status == 409
    assert Contact.objects.get().invited_at is None


def test_nonsense_is_no_contact(api: Caller) -> None:
    for contact in ("con_4711", "con_0", "acc_1", "x", f"con_{2**70}"):
        assert api.post(f"/contacts/{contact}/invite").status == 404
