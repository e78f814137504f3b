"""Taking a file in: its bytes are checked and written, then the row that speaks for them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.clients.models import Account
from clearstage.events.record import Happening, record
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound, Refused

from .. import storage
from ..content import examine, refusal
from ..limits import KEPT_LEFTOVER, MEGABYTE, largest_file
from ..models import File, Leftover
from ..names import cleaned
from ..policies import can_upload
from ..telling import tell_of_document

_SMALL = 1 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that are in the storage, and for which no row speaks yet."""

    name: str
    size: int
    content_type: str
    sha256: str
    stored: str


def store_file(
    actor: Actor, account: int, name: str, chunks: Iterable[bytes], *, shared: bool = False
) -> File:
    """Take in a whole file. `Invalid` where its content is not taken; what a client sends is always shared."""
    place_for(actor, account)
    with tempfile.SpooledTemporaryFile(max_size=_SMALL) as content:
        spool(name, chunks, content)
        kept = keep(name, content)
    return add_file(actor, account, kept, shared=shared)


def place_for(actor: Actor, account: int) -> Account:
    """The account the actor may add files to; else `NotFound` or `Forbidden`."""
    row = Account.objects.visible_to(actor).filter(pk=account).first()
    if row is None:
        raise NotFound
    can_upload(actor).demand()
    return row


def spool(name: str, chunks: Iterable[bytes], content: IO[bytes]) -> None:
    """Write the chunks into a file, and stop where it gets larger than files may be."""
    left = largest_file()
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise too_large(name)
        content.write(chunk)


def too_large(name: str) -> Exception:
    most = largest_file() // MEGABYTE
    sentence = _t("“{name}” is larger than {most} MB. Please send it in smaller parts.")
    return refusal(sentence.format(name=cleaned(name), most=most))


def keep(name: str, content: IO[bytes]) -> Kept:
    """Check a file and write its bytes. They are gone after a day unless `add_file` makes a row for them."""
    name = cleaned(name)
    size = content.seek(0, 2)
    if size > largest_file():
        raise too_large(name)
    found = examine(name, content)
    content.seek(0)
    digest = sha256()
    while piece := content.read(storage.CHUNK):
        digest.update(piece)
    stored = note_leftover()
    storage.write(stored, content)
    return Kept(found.name, size, found.content_type, digest.hexdigest(), stored)


def note_leftover() -> str:
    """A name for bytes that are about to be written; unless a row takes it over they are deleted after a day."""
    stored = storage.fresh_name()
    Leftover.objects.create(stored=stored, after=clock.now() + KEPT_LEFTOVER)
    return stored


def take_over(stored: str) -> None:
    """A row of this transaction speaks for these bytes from now on."""
    if not Leftover.objects.filter(stored=stored, after__gt=clock.now()).delete()[0]:
        raise Refused([_t("This took too long. Please send the file again.")])


def let_go(stored: Iterable[str]) -> None:
    """No row speaks for these bytes any more once this transaction is done."""
    Leftover.objects.bulk_create([Leftover(stored=each, after=clock.now()) for each in stored])


def add_file(actor: Actor, account: int, kept: Kept, *, shared: bool = False, told: bool = False) -> File:
    """The row of bytes that were kept; with `told` the firm hears of it, else the item that it is for tells."""
    with transaction.atomic():
        row = place_for(actor, account)
        take_over(kept.stored)
        client = actor.kind == "contact"
        file = File.objects.create(
            account=row,
            name=kept.name,
            size=kept.size,
            content_type=kept.content_type,
            sha256=kept.sha256,
            stored=kept.stored,
            uploaded_by_member_id=actor.member_id,
            uploaded_by_contact_id=actor.id if client else None,
            from_client=client,
            shared=shared or client,
            created_at=clock.now(),
        )
        [event] = record(actor, happening("file_uploaded", file, size=file.size, shared=file.shared))
        if told:
            tell_of_document(actor, file, event)
        return file


def happening(kind: str, file: File, **more: object) -> Happening:
    return Happening(kind, {"file": file.pk, "name": file.name, **more}, account=file.account_id)
