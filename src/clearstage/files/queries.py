"""Reading files: lists and single ones, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import LARGEST, number_of, public_id

from .models import File, FileQuerySet


def file_row(files: QuerySet[File], number: int | None) -> File:
    """One file of those, with whom it is from; `NotFound` for nonsense and for what is closed alike (X4)."""
    row = with_people(files).filter(pk=number).first() if number and 0 < number <= LARGEST else None
    if row is None:
        raise NotFound
    return row


def named_file(files: QuerySet[File], public: str) -> File:
    """The same, by the id that addresses and hidden inputs hold."""
    return file_row(files, number_of("file", public))


def account_files(actor: Actor, account: int) -> QuerySet[File]:
    """An account's files that are not in the bin, newest first."""
    return (
        with_people(File.objects.visible_to(actor)).filter(account=account, binned_at=None).order_by(*NEWEST)
    )


def binned_files(actor: Actor) -> QuerySet[File]:
    """What the actor can take back out of the bin, last thrown away first."""
    return with_people(File.objects.binned_by(actor)).order_by("-binned_at", "-pk")


def portal_files(accounts: Iterable[int]) -> QuerySet[File]:
    """What clients of these accounts see, newest first."""
    return with_people(File.objects.of_portal(accounts)).order_by(*NEWEST)


NEWEST = ("-created_at", "-pk")


def with_people(files: QuerySet[File]) -> QuerySet[File]:
    return files.select_related("account", "uploaded_by_member", "uploaded_by_contact")


def uploaded_by(file: File) -> str:
    """Whose it is, by name; empty where the firm itself made it, or the contact is gone."""
    person = file.uploaded_by_contact or file.uploaded_by_member
    return person.name if person else ""


def chosen_files(actor: Actor, account: int, ids: Iterable[str]) -> list[File]:
    """The files of an account that a form's hidden inputs name, in their order; `NotFound` where one is not open.

    For whatever hangs files on its own rows: `request.POST.getlist(NAME)`, as the upload widget fills it in.
    """
    wanted = list(dict.fromkeys(number_of("file", each) or 0 for each in ids))
    found: FileQuerySet = File.objects.visible_to(actor)
    rows = {row.pk: row for row in found.filter(account=account, binned_at=None, pk__in=wanted)}
    if len(rows) < len(wanted):
        raise NotFound
    return [rows[number] for number in wanted]


def file_document(file: File) -> dict[str, Any]:
    """A file as the API and the upload widget know it."""
    return {
        "id": public_id("file", file.pk),
        "account": {"id": public_id("account", file.account_id), "name": file.account.name},
        "name": file.name,
        "size": file.size,
        "content_type": file.content_type,
        "sha256": file.sha256,
        "from_client": file.from_client,
        "uploaded_by": uploaded_by(file),
        "shared": file.shared,
        "created_at": file.created_at,
        "binned_at": file.binned_at,
    }
