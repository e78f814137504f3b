"""What holds for every route: who is let in, what is read, how it is refused."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from clearstage.clients.models import Tag
from clearstage.firm.operations.members import edit_member
from clearstage.firm.operations.tokens import revoke_token

from .caller import PREFIX, Answer, Caller

# Who calls


def test_without_a_token_the_door_says_what_it_wants(nobody: Caller) -> None:
    answer = nobody.get("/tags")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="clearstage"'


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer cst_nonsense", "Basic Zm9vOmJhcg==", "Bearer ", "x"]
)
def test_a_token_that_does_not_work_is_refused(nobody: Caller, header: str) -> None:
    answer = nobody.send("GET", "/tags", Authorization=header)
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_the_scheme_is_read_in_any_case(api: Caller) -> None:
    assert api.send("GET", "/tags", Authorization=f"bearer {api.token}").status == 200


def test_a_deactivated_members_token_works_no_more(as_member: Any, employee: Any, owner_actor: Any) -> None:
    caller = as_member(employee)
    assert caller.get("/tags").status == 200
    edit_member(owner_actor, employee.pk, {"is_active": False})
    assert caller.get("/tags").status == 401


def test_a_revoked_token_works_no_more(api: Caller, owner_actor: Any, owner: Any) -> None:
    revoke_token(owner_actor, owner.tokens.get().pk)
    assert api.get("/tags").status == 401


def test_a_reading_token_reads_and_does_not_write(as_member: Any, owner: Any) -> None:
    caller = as_member(owner, "read")
    assert caller.get("/tags").status == 200
    answer = caller.post("/tags", {"name": "vip"})
    assert (answer.status, answer["detail"]) == (403, "This token may only read.")
    assert not Tag.objects.exists()


def test_a_session_of_the_pages_is_no_token(nobody: Caller, owner: Any) -> None:
    nobody.http.force_login(owner)
    assert nobody.get("/tags").status == 401


# What is asked for


@pytest.mark.parametrize("path", ["/nonsense", "/webhooks", "/jobs/job_1/nonsense", "/tags/", "/docs", ""])
def test_an_address_that_is_none_is_a_problem_too(api: Caller, path: str) -> None:
    assert api.get(path).status == 404


@pytest.mark.parametrize("path", ["/api/", "/api/v2/jobs", "/api/nonsense"])
def test_so_it_is_outside_of_the_version(api: Caller, path: str) -> None:
    answer = Answer(api.http.get(path))
    assert (answer.status, answer.type) == (404, "application/problem+json")


def test_a_wrong_method_is_told_the_right_ones(api: Caller) -> None:
    answer = api.delete("/jobs")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_openapi_document_is_only_read(api: Caller, method: str) -> None:
    assert api.send(method, "/openapi.json").status == 405


def test_head_answers_like_get_without_a_body(api: Caller) -> None:
    got, head = (
        api.get("/tags"),
        api.http.head(f"{PREFIX}/tags", headers={"Authorization": f"Bearer {api.token}"}),
    )
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(got.content))


def test_a_parameter_nobody_knows_is_refused(api: Caller) -> None:
    answer = api.get("/jobs", colour="red")
    assert (answer.status, answer.errors) == (422, {"colour": "there is no such parameter"})


def test_a_parameter_that_stands_there_twice_is_refused(api: Caller) -> None:
    assert api.send("GET", "/jobs?limit=1&limit=2").errors == {"limit": "stands there twice"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "many"),
        ("limit", "9" * 400),
        ("overdue", "yes"),
        ("due_before", "soon"),
        ("due_before", "0001-01-01"),
        ("due_before", "2026-02-30"),
        ("q", "a\x00b"),
        ("cursor", "x" * 600),
        ("q", "x" * 300),
        ("status", "a\x00b"),
        ("account", "acc_\x00"),
    ],
)
def test_a_parameter_without_sense_is_refused_with_its_name(api: Caller, name: str, value: str) -> None:
    answer = api.get("/jobs", **{name: value})
    assert (answer.status, list(answer.errors)) == (422, [name])


def test_very_many_parameters_are_refused(api: Caller) -> None:
    assert api.send("GET", "/jobs?" + "&".join(f"a{n}=1" for n in range(6000))).status == 400


# Bodies


def tag(api: Caller, raw: bytes, content_type: str = "application/json") -> Answer:
    answer = api.send("POST", "/tags", raw=raw, content_type=content_type)
    assert answer.status >= 400
    assert not Tag.objects.exists()
    return answer


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[1,]",
        b"nonsense",
        b'{"name": "a", "name": "b"}',
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": -Infinity}',
        b"{'name': 'a'}",
        b'{"name": "a"} {}',
        b'\xff\xfe{"name": "a"}',
        b'{"name": "\xff"}',
        b'\xef\xbb\xbf{"name": "a"}',
        b'{"name": "a\nb"}',
        b'{"color": {"a": 1, "a": 2}}',
        b"{" * 100_000,
    ],
)
def test_what_is_no_json_is_400(api: Caller, raw: bytes) -> None:
    assert tag(api, raw).status == 400


def test_the_place_of_a_mistake_in_the_json_is_told(api: Caller) -> None:
    assert "line 2, column 3" in tag(api, b'{\n  name: "a"}')["detail"]


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b'{"name": "a\\u0000b"}', "name"),
        (b'{"name": "\\ud800"}', "name"),
        (b'{"name": "a", "color": 1180591620717411303424}', "color"),
        (b'{"name": "a", "color": 1' + b"0" * 5000 + b"}", "color"),
        (b'{"name": "a", "color": 1e400}', ""),
        (b'{"name": ' + b"[" * 61 + b"]" * 61 + b"}", ""),
        (b"[" * 100_000 + b"]" * 100_000, ""),
        (b'{"\\u0000": 1}', ""),
        (b"[]", ""),
        (b"null", ""),
        (b"5", ""),
        (b'"name"', ""),
        (b"", ""),
        (b"{}", "name"),
        (b'{"name": null}', "name"),
        (b'{"name": 5}', "name"),
        (b'{"name": ["a"]}', "name"),
        (b'{"name": ""}', "name"),
        (b'{"name": "   "}', "name"),
        (b'{"name": "' + b"x" * 61 + b'"}', "name"),
        (b'{"name": "a", "color": "octarine"}', "color"),
        (b'{"name": "a", "colour": "red"}', "colour"),
    ],
)
def test_what_cannot_be_kept_or_understood_is_422_with_its_place(api: Caller, raw: bytes, where: str) -> None:
    answer = tag(api, raw)
    assert answer.status == 422, answer
    assert where in answer.errors, answer


def test_sixty_levels_are_read(api: Caller) -> None:
    deep: Any = "a"
    for _level in range(58):
        deep = [deep]
    answer = api.post("/templates", {"kind": "task", "name": "Deep", "body": {"title": deep}})
    assert "is nested" not in answer["detail"]
    assert answer.status == 422


def test_five_megabytes_are_too_much(api: Caller) -> None:
    assert tag(api, json.dumps({"name": "x" * 5_000_000}).encode()).status == 413


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/yaml", "",
     "application/json; charset=latin-1", "text/json"],
)  # fmt: skip
def test_another_media_type_is_415(api: Caller, content_type: str) -> None:
    assert tag(api, b'{"name": "a"}', content_type).status == 415


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON; charset=UTF-8"]
)
def test_json_by_any_of_its_names_is_read(api: Caller, content_type: str) -> None:
    assert api.send("POST", "/tags", raw='{"name": "Grün"}'.encode(), content_type=content_type).status == 201


def test_letters_beyond_the_first_65536_are_letters(api: Caller) -> None:
    assert api.send("POST", "/tags", raw=b'{"name": "\\ud83d\\ude00"}')["name"] == "😀"


# What goes wrong


def test_an_unforeseen_error_says_and_logs_nothing_of_the_request(
    api: Caller, monkeypatch: Any, caplog: Any
) -> None:
    def breaks(*_arguments: Any, **_more: Any) -> None:
        raise RuntimeError("secret of the client")

    monkeypatch.setattr("clearstage.api.tags.create_tag", breaks)
    with caplog.at_level(logging.DEBUG):
        answer = api.post("/tags", {"name": "another secret"})
    assert answer.status == 500
    assert "secret" not in answer.content.decode() + caplog.text
    assert "RuntimeError" in caplog.text


def test_answers_are_kept_by_nobody_on_the_way(api: Caller) -> None:
    assert api.get("/tags").headers["Cache-Control"] == "no-store"


def test_refusals_come_in_the_readers_language_or_in_english(api: Caller) -> None:
    assert api.send("GET", "/jobs/nonsense", Accept_Language="xx").json["detail"] == (
        "There is no such thing, or it is not open to you."
    )
