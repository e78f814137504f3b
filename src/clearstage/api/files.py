"""Files of accounts: added, listed, handed out, thrown away and taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _t
from ninja import Query
from pydantic import Field

from clearstage.files.limits import MEGABYTE, largest_file
from clearstage.files.models import File as Row
from clearstage.files.operations.changing import bin_file, restore_file
from clearstage.files.operations.storing import Kept, add_file, keep, place_for
from clearstage.files.queries import file_document, file_row, with_people
from clearstage.files.serving import download
from clearstage.firm.idempotency import fingerprint_of
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid
from clearstage.kernel.ids import number_of

from . import references, schemas
from .auth import Asked
from .fields import Answer, Flag, Word
from .paging import Paging, page_of
from .parsing import media_type
from .problems import Problem
from .routing import Noun

noun = Noun("Files")

FORM = ("multipart/form-data",)
FIELDS = ("account", "shared")
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["account", "file"],
                    "properties": {
                        "account": {"type": "string"},
                        "file": {"type": "string", "format": "binary"},
                        "shared": {"type": "string", "enum": ["true", "false"]},
                    },
                    "additionalProperties": False,
                }
            }
        },
    }
}
_BYTES = {
    "responses": {
        200: {
            "description": "The bytes, always as a download",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


class File(Answer):
    id: str
    account: schemas.Named
    name: str
    size: int = Field(description="In bytes")
    content_type: str = Field(description="Found out from its content")
    sha256: str
    from_client: bool
    uploaded_by: str
    shared: bool = Field(description="Whether the account's clients see it; what they sent always is")
    created_at: datetime
    binned_at: datetime | None = Field(description="In the bin since then; its bytes go after 30 days")


class FileFilters(Paging):
    account: Word | None = None
    binned: Annotated[Flag, Field(description="What lies in the bin, instead of what does not")] = False


@noun.reads("/files", schemas.Page[File], summary="List files")
def list_files(request: Asked, asked: Query[FileFilters]) -> Any:
    """Of the accounts the caller sees, newest first."""
    rows = Row.objects.visible_to(request.actor).filter(binned_at__isnull=not asked.binned)
    if asked.account is not None:
        rows = rows.filter(account=references.account(request.actor, asked.account))
    found, following = page_of(with_people(rows), asked, "-id")
    return {"results": [file_document(row) for row in found], "next": following}


@noun.writes("POST", "/files", File, summary="Add a file", status=201, extra=_UPLOAD, keyed=True)
def add(request: Asked) -> Any:
    """One file of at most 250 MB, unless the installation says otherwise. It is refused where its content is not what
    its name says, or is nothing that is taken."""
    account, shared, sent = _form(request)
    place_for(request.actor, account)
    kept = keep(sent.name or "", sent.file)  # type: ignore[arg-type]
    fingerprint = fingerprint_of("POST /files", str(account), str(shared), kept.name, kept.sha256)
    return noun.once(request, fingerprint, 201, lambda: _added(request.actor, account, kept, shared))


def _added(actor: Actor, account: int, kept: Kept, shared: bool) -> dict[str, Any]:
    return file_document(_row(actor, add_file(actor, account, kept, shared=shared).pk))


def _form(request: Asked) -> tuple[int, bool, UploadedFile]:
    """(account, shared, file): what a form holds, with everything that is wrong with it."""
    media_type(request, FORM)
    files = request.FILES.getlist("file")
    if request.META.get("clearstage.too_large"):
        most = largest_file() // MEGABYTE
        raise Problem(413, "too-large", _t("A file may have at most {most} MB.").format(most=most))
    wrong = [(name, _t("there is no such field")) for name in request.POST if name not in FIELDS]
    wrong += [(name, _t("there is no such field")) for name in request.FILES if name != "file"]
    wrong += [(name, _t("stands there twice")) for name in FIELDS if len(request.POST.getlist(name)) > 1]
    if len(files) != 1:
        wrong.append(("file", _t("has to be one file")))
    if request.POST.get("shared", "false") not in ("true", "false"):
        wrong.append(("shared", _t("has to be true or false")))
    if wrong:
        raise Invalid(wrong)
    account = references.account(request.actor, request.POST.get("account", ""))
    return account, request.POST.get("shared") == "true", files[0]


@noun.reads("/files/{file}", File, summary="Read about a file")
def read_file(request: Asked, file: str) -> Any:
    return file_document(_row(request.actor, number_of("file", file)))


@noun.reads("/files/{file}/content", None, summary="Download a file", extra=_BYTES)
def read_content(request: Asked, file: str) -> HttpResponseBase:
    return download(request, _row(request.actor, number_of("file", file)))


@noun.writes("DELETE", "/files/{file}", File, summary="Put a file into the bin")
def throw_away(request: Asked, file: str) -> Any:
    """It can be taken back for 30 days."""
    return _after(request, bin_file(request.actor, _row(request.actor, number_of("file", file)).pk))


@noun.writes("POST", "/files/{file}/restore", File, summary="Take a file back out of the bin")
def take_back(request: Asked, file: str) -> Any:
    return _after(request, restore_file(request.actor, _row(request.actor, number_of("file", file)).pk))


def _after(request: HttpRequest, file: Row) -> dict[str, Any]:
    return file_document(_row(request.actor, file.pk))  # type: ignore[attr-defined]


def _row(actor: Actor, number: int | None) -> Row:
    return file_row(Row.objects.visible_to(actor), number)
