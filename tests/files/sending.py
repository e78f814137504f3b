"""Sending files as browsers do: in a form, and in pieces (tus)."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.fixtures import PASSWORD

from .samples import PDF

if TYPE_CHECKING:
    from clearstage.clients.models import Account
    from clearstage.kernel.actor import Actor

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


def client_browser(actor: Actor) -> Client:
    from clearstage.clients.models import Contact

    contact = Contact.objects.get(pk=actor.id)
    contact.password = make_password(PASSWORD)
    contact.save(update_fields=["password"])
    browser = Client()
    assert browser.post("/portal/sign-in/", {"email": contact.email, "password": PASSWORD}).status_code == 302
    return browser


def metadata(account: Account, name: str = "return.pdf", **more: str) -> str:
    said = {"filename": name, "account": f"acc_{account.pk}", **more}
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())


def sent(browser: Client, start: str, account: Account, *files: SimpleUploadedFile, **more: str) -> Any:
    return browser.post(f"{start}/files/", {"account": f"acc_{account.pk}", "file": files, **more})


def pdf(name: str = "return.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/html")


def begin(
    browser: Client, account: Account, size: int = len(PDF), start: str = "/portal", **more: str
) -> Any:
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata(account, **more)}
    return browser.post(f"{start}/files/uploads/", headers=headers, content_type=BYTES)


def go_on(browser: Client, address: str, offset: int, content: bytes) -> Any:
    headers = {**TUS, "Upload-Offset": str(offset)}
    return browser.patch(address, content, content_type=BYTES, headers=headers, CONTENT_TYPE=BYTES)
