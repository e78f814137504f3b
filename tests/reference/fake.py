"""A stand-in product: the API of `api.md` over a model, for trying out the driver without the real one.

It exists so that `test_driver.py` can show two things: the driver finds nothing where nothing is wrong, and it finds
each of a list of deliberate mistakes.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx

from .model import ARCHIVED, OK, OPEN, Answer, Model

ORIGIN = "http://fake.test"


class Fake(httpx.BaseTransport):
    """Give it a model (perhaps one with a mistake in it) and hand it to `Product(ORIGIN, "", transport)`."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.emails: list[str] = ["owner@example.test"]
        self.answers: dict[str, httpx.Response] = {}  # by Idempotency-Key
        self.versions: dict[int, tuple[int, Any]] = {}
        self.gone: set[str] = set()
        self.routes: list[tuple[str, str, Callable[..., Any]]] = [
            (
                "GET",
                "/members",
                lambda q, b: page([{"id": f"m{n}", "email": e} for n, e in enumerate(self.emails)]),
            ),
            ("POST", "/members", lambda q, b: self.emails.append(b["email"]) or {}),
            ("POST", "/tags", lambda q, b: {}),
            ("GET", "/client-statuses", self.client_statuses),
            ("POST", "/client-statuses", lambda q, b: self.model.add_client_status(**b)),
            (
                "PATCH",
                "/client-statuses/(.+)",
                lambda q, b, name: self.model.describe_client_status(name, **b),
            ),
            (
                "DELETE",
                "/client-statuses/(.+)",
                lambda q, b, name: self.model.delete_client_status(name, **q),
            ),
            ("PUT", "/pipelines", lambda q, b: self.model.put_pipeline(b)),
            ("POST", "/accounts", lambda q, b: self.model.add_account(**b) or {"id": b["name"]}),
            ("PATCH", "/accounts/(.+)", lambda q, b, name: self.model.set_tags(name, **b)),
            ("GET", "/accounts/(.+)/portal", self.portal),
            ("GET", "/accounts/(.+)", lambda q, b, name: {"tags": sorted(self.model.accounts[name].tags)}),
            ("GET", "/jobs", self.list_jobs),
            ("POST", "/jobs", self.add),
            (
                "GET",
                "/deliveries",
                lambda q, b: page([{"to": a, "state": "held"} for _, a in self.job(q["job"]).mails]),
            ),
            (
                "GET",
                "/jobs/j(\\d+)/events",
                lambda q, b, n: page([{"kind": "automation_failed"}] * self.job(n).failures),
            ),
            ("GET", "/jobs/j(\\d+)", lambda q, b, n: self.read_job(int(n))),
            ("PATCH", "/jobs/j(\\d+)", self.change),
            ("POST", "/jobs/(move|status)", self.command),
            ("POST", "/jobs/j(\\d+)/(move|status)", lambda q, b, n, verb: self.command(q, b, verb, int(n))),
            (
                "POST",
                "/jobs/j(\\d+)/items",
                lambda q, b, n: self.model.add_item(int(n), b["title"], b.get("scope")),
            ),
            ("POST", "/jobs/j(\\d+)/links", lambda q, b, n: self.model.link(int(n), number(b["item"]))),
            ("DELETE", "/jobs/j(\\d+)/links/i(\\d+)", lambda q, b, n, i: self.model.unlink(int(n), int(i))),
            ("POST", "/tasks/i(\\d+)/(complete|cancel|reopen)", self.task),
            ("POST", "/actions/x(\\d+)/undo", lambda q, b, n: self.model.undo(int(n))),
        ]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        key = request.headers.get("Idempotency-Key")
        if key not in self.answers:
            response = self.respond(request)
            if key is None:
                return response
            self.answers[key] = response
        return httpx.Response(self.answers[key].status_code, content=self.answers[key].content)

    def respond(self, request: httpx.Request) -> httpx.Response:
        body, query = json.loads(request.content or b"null"), dict(request.url.params)
        self.if_match = request.headers.get("If-Match", "").strip('"')
        for method, pattern, handle in self.routes:
            match = re.fullmatch("/api/v1" + pattern, request.url.path)
            if match and method == request.method:
                result = handle(query, body, *match.groups())
                if result is None or isinstance(result, dict):
                    return httpx.Response(200, json=result)
                return httpx.Response(result.status, json=self.words(result))  # the model's Answer
        return httpx.Response(404, json={"title": "no such thing"})

    @staticmethod
    def words(answer: Answer) -> dict[str, Any]:
        action = None if answer.action is None else f"x{answer.action}"
        refused = [{"account": r} if isinstance(r, str) else {"job": f"j{r}"} for r in sorted(answer.refused)]
        return {"action": action, "jobs": [{"id": f"j{n}"} for n in answer.jobs], "refused": refused}

    def job(self, text: str) -> Any:
        return self.model.jobs[number(text)]

    def client_statuses(self, query: Any, body: Any) -> dict[str, Any]:
        return page([{"id": name, "name": name} for name in self.model.client_statuses])

    def portal(self, query: Any, body: Any, account: str) -> dict[str, Any]:
        return {"work_in_progress": [dict(entry) for entry in self.model.see_portal(account)], "todo": []}

    def list_jobs(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        archived, account = query.get("archived") == "true", query.get("account")
        found = [
            j for j in self.model.jobs if (j.status == ARCHIVED) is archived and account in (None, j.account)
        ]
        start, limit = int(query.get("cursor", 0)), int(query["limit"])
        more = str(start + limit) if len(found) > start + limit else None
        return page([self.read_job(job.id) for job in found[start : start + limit]]) | {"next": more}

    def add(self, query: Any, body: dict[str, Any]) -> Answer:
        asked = body.pop("apply_client_status_automation", True)
        return self.model.add(ask=asked, **body | {"assignees": frozenset(body["assignees"])})

    def command(self, query: dict[str, str], body: dict[str, Any], verb: str, n: int | None = None) -> Any:
        if "preview" in query:
            return {"plan": {"digest": "as shown"}, "refused": []}
        body.pop("expect", None)
        bulk, jobs = n is None, [number(j) for j in body.pop("jobs", [])] if n is None else [n]
        if "unfinished" in body:
            body["unfinished"] = {number(item): choice for item, choice in body["unfinished"].items()}
        answer = getattr(self.model, verb)(jobs, bulk=bulk, **body)
        return answer if bulk or answer.status != OK else self.words(answer) | {"job": self.read_job(jobs[0])}

    def change(self, query: Any, body: dict[str, Any], n: str) -> Any:
        if self.if_match and self.if_match != str(self.read_job(int(n))["version"]):
            return Answer(412)
        assignees = {"assignees": frozenset(body["assignees"])} if "assignees" in body else {}
        self.model.change(int(n), **body | assignees)
        return self.read_job(int(n))

    def task(self, query: Any, body: Any, n: str, verb: str) -> Any:
        return self.model.task(int(n), {"complete": "completed", "cancel": "cancelled", "reopen": OPEN}[verb])

    def read_job(self, n: int) -> dict[str, Any]:
        seen, job = self.model.see_job(n), self.model.jobs[n]
        version, before = self.versions.get(n, (0, None))
        if before != seen:
            self.versions[n] = (version + 1, seen)
        items = [self.model.items[i] for i in job.items]
        listed = [
            {"id": f"i{i.id}", "kind": "task", "title": i.title, "state": i.state, "open": i.state == OPEN}
            for i in items
        ]
        return {
            **{key: seen[key] for key in ("name", "account", "priority", "assignees")},
            **{
                key: {"id": f"{key} {seen[key]}", "name": seen[key]}
                for key in ("pipeline", "stage", "status")
            },
            "id": f"j{n}",
            "version": self.versions[n][0],
            "client_status": seen["client"],
            "items": listed,
            "blockers": [{"kind": "task", "title": title} for title in seen["blockers"] or ()],
        }


def page(results: list[Any]) -> dict[str, Any]:
    return {"results": results, "next": None}


def number(text: str) -> int:
    return int(text.lstrip("jix"))
