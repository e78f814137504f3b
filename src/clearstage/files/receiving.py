"""Files in forms: what every face does with `multipart/form-data`, with a bound on what may come.

Other forms than the one of this file may hold files as well: `files_in_form` answers those that the upload widget
sent before and those that a browser without JavaScript sends along.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.utils.translation import gettext as _t

from clearstage.firm.idempotency import fingerprint_of, remembered
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.kernel.ids import number_of

from .limits import MEGABYTE, MOST_AT_ONCE, largest_file
from .models import File
from .operations.storing import add_file, keep, place_for
from .queries import chosen_files

FIELD = "file"


class Bounded(FileUploadHandler):
    """Stands before Django's own handlers: one request brings no more than one file of the largest size.

    The rest is read and thrown away, so that the browser gets to read the answer.
    """

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.left = largest_file() + MEGABYTE

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.left -= len(raw_data)
        if self.left < 0:
            self.request.META["clearstage.too_large"] = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


@dataclass(slots=True)
class Received:
    files: list[File] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def account_in(text: object) -> int:
    """The account a form names by its id; `NotFound` where it is none."""
    number = number_of("account", text)
    if number is None:
        raise NotFound
    return number


def receive(
    request: HttpRequest, actor: Actor, account: int, *, shared: bool, name: str = FIELD, told: bool = False
) -> Received:
    """Take in the files of a form, each for itself: what is wrong with one is said, the others are kept.

    `told` as of `add_file`. A form that carries a `key` and comes twice makes its files once (M12).
    """
    place_for(actor, account)
    sent = request.FILES.getlist(name)
    received = Received()
    if request.META.get("clearstage.too_large"):
        most = largest_file() // MEGABYTE
        received.problems.append(
            _t("Together these files are larger than {most} MB. Please send them one by one.").format(
                most=most
            )
        )
    for file in sent[:MOST_AT_ONCE]:
        try:
            key = request.POST.get("key", "")
            received.files.append(take(actor, account, file, key, shared=shared, told=told))
        except Invalid as invalid:
            received.problems += [message for _where, message in invalid.errors]
    if len(sent) > MOST_AT_ONCE:
        sentence = _t("At most {most} files are taken at once; the others were not kept.")
        received.problems.append(sentence.format(most=MOST_AT_ONCE))
    return received


def take(
    actor: Actor, account: int, file: UploadedFile, key: str, *, shared: bool, told: bool = False
) -> File:
    """One file of a form; the same content again under the same key answers the file that was made of it."""
    kept = keep(file.name or "", file.file)  # type: ignore[arg-type]

    def add() -> tuple[int, Any]:
        return 200, add_file(actor, account, kept, shared=shared, told=told).pk

    if not key.isprintable() or not 0 < len(key) <= 100:
        return File.objects.get(pk=add()[1])
    owner = f"{actor.kind}:{actor.id or 0}"
    asked = fingerprint_of("file", str(account), kept.name, kept.sha256)
    _status, number = remembered(owner, f"{key}-{asked}", asked, add)
    return File.objects.get(pk=number)


def files_in_form(
    request: HttpRequest, actor: Actor, account: int, name: str, *, shared: bool = False
) -> Received:
    """What the upload widget named `name` brings in a form of one's own: files sent before, and files sent along."""
    received = receive(request, actor, account, shared=shared, name=name) if request.FILES else Received()
    # A browser sends a choice that was left empty as a field without a value.
    there = chosen_files(actor, account, filter(None, request.POST.getlist(name)))
    return Received([*there, *received.files], received.problems)
