"""Telling the firm of the documents that clients send by themselves, asked for by no item (P3)."""

from __future__ import annotations

from clearstage.engine.sentences import _, say
from clearstage.files.models import File
from clearstage.kernel.actor import Actor

from .operations.tell_firm import tell_firm


def tell_of_document(actor: Actor, file: File, event: int) -> None:
    """Those who follow the account and those who hold its roles: no job says whose business it is."""
    account = file.account.name
    tell_firm(
        actor,
        event,
        say(_("A document from {account}: {name}"), account=account, name=file.name),
        file.account_id,
        kind="client_documents",
        topic=f"documents:{file.account_id}",
        many=say(_("{count} documents from {account}"), account=account),
        role_holders=True,
    )
