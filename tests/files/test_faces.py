"""Both faces: who reaches which file, how bytes are handed out, forms, and uploads in pieces over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from .samples import PDF, jpeg
from .sending import TUS, begin, client_browser, go_on, metadata, pdf, sent
from .test_storing import bytes_of, rows, stored

if TYPE_CHECKING:
    from clearstage.clients.models import Account
    from clearstage.files.models import File
    from clearstage.kernel.actor import Actor


# Handing out


def check_download(answer: Any, name: str) -> None:
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert name in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_file_is_always_a_download(
    firm_browser: Client, own_browser: Client, mia: Actor, ada: Account
) -> None:
    file = stored(mia, ada, "Åsas return.pdf", shared=True)
    for browser, start in (
        (firm_browser, ""),
        (own_browser, "/portal"),
        (firm_browser, f"/as-client/{ada.pk}/0"),
    ):
        if start.startswith("/as-client"):
            give_right(mia, "view as client")
        answer = browser.get(f"{start}/files/fil_{file.pk}/")
        check_download(answer, "filename*=utf-8''%C3%85sas%20return.pdf")
        assert b"".join(answer) == PDF
        head = browser.head(f"{start}/files/fil_{file.pk}/")
        assert (head.content, head.headers["Content-Length"]) == (b"", str(len(PDF)))


def give_right(actor: Actor, right: str) -> None:
    from clearstage.firm.models import Member

    member = Member.objects.get(pk=actor.id)
    member.rights = [*member.rights, right]
    member.save(update_fields=["rights"])


def test_what_is_closed_looks_like_what_was_never_there(
    own_browser: Client, firm_browser: Client, mia: Actor, ada: Account, stranger: Actor, owner_actor: Actor
) -> None:  # X4
    from clearstage.clients.models import Account as Accounts
    from clearstage.files.operations.changing import bin_file

    give_right(mia, "view as client")
    theirs = stored(stranger, Accounts.objects.exclude(pk=ada.pk).get())
    hidden, thrown = stored(mia, ada), stored(mia, ada, "photo.jpg", jpeg(), shared=True)
    bin_file(mia, thrown.pk)
    for id in (
        f"fil_{theirs.pk}",
        f"fil_{hidden.pk}",
        f"fil_{thrown.pk}",
        "fil_999999",
        "acc_1",
        "x",
        "fil_" + "9" * 30,
    ):
        assert own_browser.get(f"/portal/files/{id}/").status_code == 404, id
        assert firm_browser.get(f"/as-client/{ada.pk}/0/files/{id}/").status_code == 404, id
        assert own_browser.post(f"/portal/files/{id}/restore/").status_code == 404, id
    assert firm_browser.get(f"/files/fil_{theirs.pk}/").status_code == 404
    for what in ("share", "bin", "restore"):
        assert firm_browser.post(f"/files/fil_{theirs.pk}/{what}/").status_code == 404
    assert firm_browser.get(f"/files/fil_{hidden.pk}/").status_code == 200


def test_nobody_gets_anything_without_signing_in(mia: Actor, ada: Account) -> None:
    file = stored(mia, ada, shared=True)
    before = rows()
    for address in (
        f"/files/fil_{file.pk}/",
        f"/portal/files/fil_{file.pk}/",
        f"/as-client/{ada.pk}/0/files/fil_{file.pk}/",
    ):
        assert Client().get(address).status_code == 302
    for address in (
        "/files/",
        "/portal/files/",
        "/files/uploads/",
        "/portal/files/uploads/",
        "/portal/files/documents/",
    ):
        assert Client().post(address, {"account": f"acc_{ada.pk}"}, headers=TUS).status_code == 302
    assert rows() == before


def test_the_read_only_view_takes_nothing(firm_browser: Client, mia: Actor, ada: Account) -> None:  # P5
    give_right(mia, "view as client")
    page = firm_browser.get(f"/as-client/{ada.pk}/0/documents/")
    assert page.status_code == 200
    assert firm_browser.post(f"/as-client/{ada.pk}/0/documents/").status_code == 405
    assert firm_browser.post(f"/as-client/{ada.pk}/0/files/").status_code == 404


# Forms


def test_a_form_brings_several_files(own_browser: Client, firm_browser: Client, ada: Account) -> None:
    from clearstage.files.models import File

    assert sent(own_browser, "/portal", ada, pdf(), pdf("photo.jpg", jpeg())).status_code == 302
    assert sent(firm_browser, "", ada, pdf("for you.pdf"), shared="on").status_code == 302
    assert sent(firm_browser, "", ada, pdf("for us.pdf")).status_code == 302
    found = {file.name: (file.from_client, file.shared) for file in File.objects.all()}
    assert found == {
        "return.pdf": (True, True),
        "photo.jpg": (True, True),
        "for you.pdf": (False, True),
        "for us.pdf": (False, False),
    }


def test_the_same_form_twice_makes_its_files_once(own_browser: Client, ada: Account) -> None:  # M12
    from clearstage.files.models import File

    for _again in range(2):
        assert sent(own_browser, "/portal", ada, pdf(), pdf("copy.pdf"), key="form").status_code == 302
    assert sorted(file.name for file in File.objects.all()) == ["copy.pdf", "return.pdf"]


def test_what_is_wrong_with_one_file_is_said_and_the_others_are_kept(
    own_browser: Client, ada: Account
) -> None:
    from clearstage.files.models import File

    answer = sent(own_browser, "/portal", ada, pdf("a.pdf", b"<html>"), pdf("b.pdf"), pdf("c.pdf", b""))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "“a.pdf” is a web page" in text
    assert "“c.pdf” is empty" in text
    assert [file.name for file in File.objects.all()] == ["b.pdf"]


def test_a_request_that_is_too_large_is_refused_in_words(
    own_browser: Client, ada: Account, settings: Any
) -> None:
    settings.MAX_UPLOAD_MB = 1
    answer = sent(own_browser, "/portal", ada, pdf("a.pdf", PDF + bytes(3 * 1024 * 1024)))
    assert answer.status_code == 409
    assert "larger than 1 MB" in answer.content.decode()


@pytest.mark.parametrize("account", ["", "acc_0", "acc_999999", "fil_1", "\x00", "acc_" + "9" * 30])
def test_files_for_no_account_of_ones_own_are_not_taken(
    own_browser: Client, ada: Account, account: str
) -> None:
    answer = own_browser.post("/portal/files/", {"account": account, "file": pdf()})
    assert answer.status_code == 404


def test_without_a_file_it_is_said(own_browser: Client, ada: Account) -> None:
    answer = sent(own_browser, "/portal", ada)
    assert answer.status_code == 409
    assert "No file was chosen" in answer.content.decode()


# In pieces


@pytest.mark.parametrize("start", ["", "/portal"])
def test_an_upload_goes_on_where_it_stopped(
    firm_browser: Client, own_browser: Client, ada: Account, start: str
) -> None:
    from clearstage.files.models import File

    browser = own_browser if start else firm_browser
    begun = begin(browser, ada, start=start, key="one", shared="1")
    assert begun.status_code == 201
    address = begun.headers["Location"]
    assert address == begin(browser, ada, start=start, key="one", shared="1").headers["Location"]
    assert go_on(browser, address, 0, PDF[:30]).headers["Upload-Offset"] == "30"
    head = browser.head(address, headers=TUS)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("30", str(len(PDF)))
    last = go_on(browser, address, 30, PDF[30:])
    assert (last.status_code, last.headers["Tus-Resumable"]) == (204, "1.0.0")
    file = File.objects.get()
    assert last.headers["Clearstage-File"] == f"fil_{file.pk}"
    assert go_on(browser, address, len(PDF), b"").headers["Clearstage-File"] == f"fil_{file.pk}"
    assert file.shared
    assert bytes_of(file) == PDF


def test_what_is_wrong_with_an_upload_is_said_in_plain_words(own_browser: Client, ada: Account) -> None:
    answers = {
        415: own_browser.patch("/portal/files/uploads/x/", b"", content_type="text/plain", headers=TUS),
        404: go_on(own_browser, "/portal/files/uploads/x/", 0, b"a"),
        412: own_browser.post("/portal/files/uploads/"),
        400: own_browser.post("/portal/files/uploads/", headers={**TUS, "Upload-Metadata": "filename ***"}),
        405: own_browser.get("/portal/files/uploads/", headers=TUS),
        422: begin(own_browser, ada, name="a.exe"),
        409: go_on(own_browser, begin(own_browser, ada).headers["Location"], 7, b"a"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status, answer.content
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.content


@pytest.mark.parametrize("size", ["", "0", "-1", "1.5", "٣", str(2**70), str(300 * 1024**2)])
def test_sizes_that_cannot_be_are_refused(own_browser: Client, ada: Account, size: str) -> None:
    headers = {**TUS, "Upload-Length": size, "Upload-Metadata": metadata(ada)}
    assert own_browser.post("/portal/files/uploads/", headers=headers).status_code in (400, 422)


@pytest.mark.parametrize(
    "more", [{"key": "x" * 201}, {"key": "\x00"}, {"name": ""}, {"name": "\x00"}, {"name": "a\n.pdf"}]
)
def test_odd_metadata_breaks_nothing(own_browser: Client, ada: Account, more: dict[str, str]) -> None:
    assert begin(own_browser, ada, **more).status_code in (201, 422)


def test_an_upload_can_be_given_up(own_browser: Client, ada: Account) -> None:
    address = begin(own_browser, ada).headers["Location"]
    assert own_browser.delete(address, headers=TUS).status_code == 204
    assert own_browser.head(address, headers=TUS).status_code == 404


def test_somebody_elses_upload_does_not_exist(
    own_browser: Client, firm_browser: Client, ada: Account
) -> None:  # X4
    address = begin(own_browser, ada).headers["Location"]
    assert firm_browser.head(address.removeprefix("/portal"), headers=TUS).status_code == 404
    assert go_on(firm_browser, address.removeprefix("/portal"), 0, PDF).status_code == 404


def test_uploads_need_the_token_of_the_page(client: Actor, ada: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_browser(client).cookies
    assert begin(strict, ada).status_code == 403


def test_what_it_can_do_is_told(own_browser: Client) -> None:
    answer = own_browser.options("/portal/files/uploads/")
    assert answer.headers["Tus-Extension"] == "creation,expiration,termination"
    assert answer.headers["Tus-Max-Size"] == str(250 * 1024 * 1024)


# On pages


def test_the_client_sees_what_is_shared_and_what_he_sent(
    own_browser: Client, mia: Actor, client: Actor, ada: Account
) -> None:
    stored(mia, ada, "internal note.pdf")
    stored(mia, ada, "your return.pdf", shared=True)
    own = stored(client, ada, "photo.jpg", jpeg())
    text = own_browser.get("/portal/documents/").content.decode()
    assert "internal note" not in text
    assert "your return.pdf" in text
    assert f"/portal/files/fil_{own.pk}/bin/" in text


def test_a_client_removes_and_takes_back_on_his_page(
    own_browser: Client, client: Actor, ada: Account
) -> None:
    from clearstage.files.models import File

    own = stored(client, ada)
    own_browser.post(f"/portal/files/fil_{own.pk}/bin/")
    assert f"/portal/files/fil_{own.pk}/restore/" in own_browser.get("/portal/documents/").content.decode()
    own_browser.post(f"/portal/files/fil_{own.pk}/restore/")
    assert File.objects.get().binned_at is None


def test_files_of_a_form_of_ones_own(client: Actor, ada: Account, rf: Any, stranger: Actor) -> None:
    """What the upload widget brings to other forms: files that were sent before, and files sent along."""
    from clearstage.clients.models import Account as Accounts
    from clearstage.files.receiving import files_in_form
    from clearstage.kernel.errors import NotFound

    before = stored(client, ada)
    request = rf.post("/x/", {"papers": [f"fil_{before.pk}", pdf("two.pdf")]})
    received = files_in_form(request, client, ada.pk, "papers", shared=True)
    assert [file.name for file in received.files] == ["return.pdf", "two.pdf"]
    foreign: File = stored(stranger, Accounts.objects.exclude(pk=ada.pk).get())
    nothing = files_in_form(rf.post("/x/", {"papers": [""]}), client, ada.pk, "papers")
    assert nothing.files == []  # a choice that was left empty
    for odd in (f"fil_{foreign.pk}", "fil_1x", "fil_99999"):
        with pytest.raises(NotFound):
            files_in_form(rf.post("/x/", {"papers": [odd]}), client, ada.pk, "papers")
