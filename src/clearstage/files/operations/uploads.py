"""Files that come piece by piece, over connections that break: each piece counts once, and the end makes one file."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable, Iterator

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _t

from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Invalid, NotFound, Refused, Stale

from .. import storage
from ..content import check_ending
from ..limits import CHUNK_SIZE, KEPT_FINISHED, KEPT_UPLOAD, largest_file
from ..models import File, Upload, UploadPart
from ..names import cleaned
from .storing import add_file, keep, let_go, note_leftover, place_for, take_over, too_large


def begin_upload(
    actor: Actor, account: int, name: str, size: int, *, key: str = "", shared: bool = False
) -> Upload:
    """A place for the pieces of a file of `size` bytes. The same `key` again answers the same upload (M12)."""
    place_for(actor, account)
    name, key = cleaned(name), _key(key)
    if size < 1:
        raise Invalid([("file", _t("“{name}” is empty (0 bytes). Please send it again.").format(name=name))])
    if size > largest_file():
        raise too_large(name)
    check_ending(name)
    wanted = {"account_id": account, "name": name, "size": size, "shared": shared or actor.kind == "contact"}
    return _present(actor, key, wanted) or _new(actor, key, wanted)


def _key(key: str) -> str:
    checks = Checks()
    checks.storable({"key": key})
    key = checks.line("key", key, needed=False)
    checks.demand()
    return key or secrets.token_urlsafe(16)


def _present(actor: Actor, key: str, wanted: dict[str, object]) -> Upload | None:
    row = Upload.objects.filter(owner=owner_of(actor), key=key).first()
    if row is not None and any(getattr(row, name) != value for name, value in wanted.items()):
        raise Refused([_t("This key was used for another file.")])
    return row


def _new(actor: Actor, key: str, wanted: dict[str, object]) -> Upload:
    try:
        with transaction.atomic():
            return Upload.objects.create(
                token=secrets.token_urlsafe(32),
                owner=owner_of(actor),
                key=key,
                created_at=clock.now(),
                expires_at=clock.now() + KEPT_UPLOAD,
                **wanted,
            )
    except IntegrityError:  # the same form at the same moment
        row = _present(actor, key, wanted)
        assert row is not None
        return row


def owner_of(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id or 0}"


def upload_of(actor: Actor, token: str) -> Upload:
    """An upload of the actor's own that is not over; others do not exist (X4)."""
    rows = Upload.objects.filter(owner=owner_of(actor), expires_at__gt=clock.now())
    row = (
        rows.filter(token=token).select_related("file").first()
        if token.isascii() and token.isprintable()
        else None
    )
    if row is None:
        raise NotFound
    return row


def append_to_upload(actor: Actor, token: str, offset: int, pieces: Iterable[bytes]) -> Upload:
    """Add what comes, from `offset` on; what came before a connection broke stays. `Stale` where it is not the end.

    Never more than `CHUNK_SIZE` is held at a time, and that on the disk. Bytes beyond the size that was announced are
    refused.
    """
    upload = upload_of(actor, token)
    if offset != upload.received:
        raise Stale(_t("The file goes on at byte {received}.").format(received=upload.received))
    for part in _parts(pieces):
        if upload.received + part.tell() > upload.size:
            raise Refused([_t("More bytes came than were announced.")])
        _add_part(upload, part)
    return upload


def _parts(pieces: Iterable[bytes]) -> Iterator[tempfile.SpooledTemporaryFile[bytes]]:
    """The stream in files of about CHUNK_SIZE."""
    rest = iter(pieces)
    more = True
    while more:
        more = False
        with tempfile.SpooledTemporaryFile(max_size=storage.CHUNK) as part:
            for piece in rest:
                part.write(piece)
                if part.tell() >= CHUNK_SIZE:
                    more = True
                    break
            if part.tell():
                yield part


def _add_part(upload: Upload, part: tempfile.SpooledTemporaryFile[bytes]) -> None:
    offset, size = upload.received, part.tell()
    stored = note_leftover()
    storage.write(stored, part)
    with transaction.atomic():
        end = clock.now() + KEPT_UPLOAD
        there = Upload.objects.filter(pk=upload.pk, received=offset, file=None)
        if not there.update(received=offset + size, expires_at=end):
            raise Stale(_t("The same piece came twice at the same moment; the first one counts."))
        UploadPart.objects.create(upload=upload, offset=offset, size=size, stored=stored)
        take_over(stored)
    upload.received, upload.expires_at = offset + size, end


def finish_upload(actor: Actor, token: str, *, told: bool = False) -> File:
    """The file, checked as a whole. Finishing again answers the same file; a refused one is forgotten. `told` as of
    `add_file`."""
    upload = upload_of(actor, token)
    if upload.file is not None:
        return upload.file
    if upload.received < upload.size:
        raise Refused([_t("Only {received} of {size} bytes have come.").format(**_progress(upload))])
    try:
        with tempfile.TemporaryFile() as whole:
            for part in upload.parts.order_by("offset"):
                for piece in storage.chunks(part.stored):
                    whole.write(piece)
            kept = keep(upload.name, whole)
    except Invalid:
        cancel_upload(actor, token)
        raise
    with transaction.atomic():
        row = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if row is None:
            raise NotFound
        if row.file is not None:
            return row.file
        row.file = add_file(actor, row.account_id, kept, shared=row.shared, told=told)
        row.expires_at = clock.now() + KEPT_FINISHED
        row.save(update_fields=["file", "expires_at"])
        drop_parts([row])
        return row.file


def _progress(upload: Upload) -> dict[str, int]:
    return {"received": upload.received, "size": upload.size}


def cancel_upload(actor: Actor, token: str) -> None:
    """Forget an upload and what came of it; a file that was made of it stays."""
    upload = upload_of(actor, token)
    with transaction.atomic():
        drop_uploads([upload])


def drop_uploads(uploads: Iterable[Upload]) -> None:
    rows = list(Upload.objects.select_for_update().filter(pk__in=[each.pk for each in uploads]))
    drop_parts(rows)
    Upload.objects.filter(pk__in=[row.pk for row in rows]).delete()


def drop_parts(uploads: Iterable[Upload]) -> None:
    parts = UploadPart.objects.filter(upload__in=list(uploads))
    let_go(parts.values_list("stored", flat=True))
    parts.delete()
