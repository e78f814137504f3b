"""The product behind the same operations as the model: a thin client of the HTTP API.

Method names, arguments and answers are the model's; only ids differ (accounts, jobs, items and actions are the
product's own). Nothing here knows a rule. Where `api.md` leaves the shape of something open, the reading is kept
in the few helpers at the top, so that one line changes when the product reads it differently.
"""

from typing import Any
from uuid import uuid4

import httpx

from .model import OK, Answer

CLIENT_KEYS = {"job_name", "status", "description", "turn", "since"}  # S13, C9: all that a client may see
STATES = {"done": "completed", "completed": "completed", "canceled": "cancelled", "cancelled": "cancelled"}
TASK_CALLS = {"completed": "complete", "cancelled": "cancel", "open": "reopen"}


def id_of(thing: Any) -> Any:
    return thing.get("id") if isinstance(thing, dict) else thing


def name_of(thing: Any) -> str:
    return (thing.get("name") if isinstance(thing, dict) else thing) or ""


def given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


Seen = tuple[dict[str, Any], list[dict[str, Any]]]
"""What `Model.see_job` shows (with the account's id), and the job's items as `{id, title}`."""


class Product:
    def __init__(self, base_url: str, token: str, transport: httpx.BaseTransport | None = None) -> None:
        self.http = httpx.Client(
            base_url=base_url.rstrip("/") + "/api/v1",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=60,
            transport=transport,
        )
        self.emails: dict[str, str] = {}  # of members, by everything an answer may call them
        self.client_status_ids: dict[str, str] = {}
        self.versions: dict[str, list[Any]] = {}  # of each job, as read
        self.told: dict[str, Any] | None = None  # the job that the last answer tells of, where it tells all
        self.requests = 0

    # ---- sending and reading

    def send(
        self, method: str, path: str, body: Any = None, *, again: bool = False, **how: Any
    ) -> httpx.Response:
        """`again`: send it twice under one Idempotency-Key (M12); the second must answer like the first."""
        if again:
            how["headers"] = how.get("headers", {}) | {"Idempotency-Key": uuid4().hex}
        answers = []
        for _ in range(2 if again else 1):
            self.requests += 1
            answers.append(self.http.request(method, path, json=body, **how))
            if answers[-1].status_code in (401, 403, 405, 415, 429) or answers[-1].status_code >= 500:
                raise AssertionError(
                    f"{method} {path} {body} -> {answers[-1].status_code} {answers[-1].text[:2000]}"
                )
        if again and answers[0].status_code != answers[1].status_code:
            raise AssertionError(f"{method} {path} {body}, sent twice under one key: {answers}")
        return answers[0]

    def read(self, path: str, **params: Any) -> Any:
        response = self.send("GET", path, params=params)
        if response.status_code != OK:
            raise AssertionError(f"GET {path} {params} -> {response.status_code}: {response.text[:2000]}")
        return response.json()

    def pages(self, path: str, **params: Any) -> list[dict[str, Any]]:
        found, params = [], {"limit": 200, **params}
        while True:
            page = self.read(path, **params)
            found += page["results"]
            if not page.get("next"):
                return found
            params["cursor"] = page["next"]

    def made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = self.send("POST", path, body)
        if not response.is_success:
            raise AssertionError(f"POST {path} {body} -> {response.status_code}: {response.text[:2000]}")
        return response.json()

    def answer(self, response: httpx.Response) -> Answer:
        if not response.is_success:
            return Answer(response.status_code)
        body = response.json() if response.content else {}
        body = body if isinstance(body, dict) else {}
        self.told = next((each for each in (body, body.get("job")) if each and "blockers" in each), None)
        refused = {id_of(r.get("job") or r.get("account")) for r in body.get("refused") or ()}
        jobs = tuple(id_of(job) for job in body.get("jobs") or ())
        return Answer(OK, id_of(body.get("action")), jobs, frozenset(refused))

    # ---- what the firm sets up

    def add_member(self, email: str, name: str, role: str) -> None:
        self.made("/members", {"email": email, "name": name, "role": role})

    def learn_members(self) -> None:
        for member in self.pages("/members"):
            for key in ("id", "name", "email"):
                if member.get(key):
                    self.emails[member[key]] = member["email"]

    def add_tag(self, name: str) -> None:
        self.made("/tags", {"name": name})

    def add_account(self, name: str, kind: str, tags: Any, contacts: Any, roles: Any) -> str:
        body = {"name": name, "kind": kind, "tags": sorted(tags), "contacts": contacts, "roles": roles}
        return id_of(self.made("/accounts", body))

    def set_tags(self, account: str, tags: Any) -> Answer:
        return self.answer(self.send("PATCH", f"/accounts/{account}", {"tags": sorted(tags)}))

    def add_client_status(self, name: str, description: str, turn: str) -> Answer:
        return self.answer(
            self.send("POST", "/client-statuses", {"name": name, "description": description, "turn": turn})
        )

    def client_status_id(self, name: str) -> str:
        if name not in self.client_status_ids:
            self.client_status_ids = {s["name"]: s["id"] for s in self.pages("/client-statuses")}
        return self.client_status_ids[name]

    def describe_client_status(self, name: str, description: str) -> Answer:
        path = f"/client-statuses/{self.client_status_id(name)}"
        return self.answer(self.send("PATCH", path, {"description": description}))

    def delete_client_status(self, name: str, replace_by: str | None = None) -> Answer:
        path = f"/client-statuses/{self.client_status_id(name)}"
        return self.answer(self.send("DELETE", path, params=given(replace_by=replace_by)))

    def put_pipeline(self, document: dict[str, Any]) -> Answer:
        response = self.send("PUT", "/pipelines", document)
        if not response.is_success:
            print(f"PUT /pipelines {document['pipeline']} -> {response.status_code}: {response.text[:2000]}")
        return Answer(OK if response.is_success else response.status_code)

    # ---- jobs

    def add(self, accounts: list[str], ask: bool | None = None, again: bool = False, **how: Any) -> Answer:
        """A refusal of all accounts may be a 409 or an answer that lists each; both come out alike."""
        body = how | {"accounts": accounts} | given(apply_client_status_automation=ask)
        answer = self.answer(self.send("POST", "/jobs", body, again=again))
        return Answer(409, refused=frozenset(accounts)) if answer.status == OK and not answer.jobs else answer

    def move(self, jobs: list[str], stage: str, bulk: bool = False, **how: Any) -> Answer:
        return self.answer(self.command("move", jobs, bulk, {"stage": stage}, **how))

    def status(self, jobs: list[str], status: str, bulk: bool = False, **how: Any) -> Answer:
        return self.answer(self.command("status", jobs, bulk, {"status": status}, **how))

    def command(
        self, verb: str, jobs: list[str], bulk: bool, body: dict[str, Any], **how: Any
    ) -> httpx.Response:
        sending = {key: how.pop(key) for key in ("again", "params") if key in how}
        body = body | how | ({"jobs": jobs} if bulk else {})
        return self.send("POST", f"/jobs/{verb}" if bulk else f"/jobs/{jobs[0]}/{verb}", body, **sending)

    def preview(self, verb: str, jobs: list[str], bulk: bool = False, **how: Any) -> str | None:
        """The digest of the plan, or None when the plan says that something is refused."""
        response = self.command(verb, jobs, bulk, {}, params={"preview": "true"}, **how)
        body = response.json() if response.is_success else {"refused": [...]}
        return None if body.get("refused") or body["plan"].get("refused") else body["plan"]["digest"]

    def change(self, job: str, version: Any = None, **fields: Any) -> Answer:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return self.answer(self.send("PATCH", f"/jobs/{job}", fields, headers=headers))

    def undo(self, action: str) -> Answer:
        return self.answer(self.send("POST", f"/actions/{action}/undo", {}))

    # ---- items

    def add_item(self, job: str, title: str, scope: str | None = None) -> Answer:
        body = {"kind": "task", "title": title} | given(scope=scope)
        return self.answer(self.send("POST", f"/jobs/{job}/items", body))

    def link(self, job: str, item: str) -> Answer:
        return self.answer(self.send("POST", f"/jobs/{job}/links", {"item": item}))

    def unlink(self, job: str, item: str) -> Answer:
        return self.answer(self.send("DELETE", f"/jobs/{job}/links/{item}"))

    def task(self, item: str, state: str) -> Answer:
        return self.answer(self.send("POST", f"/tasks/{item}/{TASK_CALLS[state]}", {}))

    # ---- what can be seen, in the model's shape

    def see_job(self, job: str) -> Seen:
        return self.seen(self.read(f"/jobs/{job}"))

    def see_jobs(self, **params: Any) -> dict[str, Seen]:
        return {each["id"]: self.seen(each) for each in self.pages("/jobs", **params)}

    def seen(self, it: dict[str, Any]) -> Seen:
        seen_versions = self.versions.setdefault(it["id"], [])
        if not seen_versions or seen_versions[-1] != it["version"]:
            seen_versions.append(it["version"])
        told = it["client_status"] or {}
        seen = {
            "account": id_of(it["account"]),
            "name": it["name"],
            "pipeline": name_of(it["pipeline"]),
            "stage": name_of(it["stage"]),
            "status": name_of(it["status"]),
            "priority": it["priority"],
            "client": {
                "shown": bool(told.get("shown")),
                "status": name_of(told.get("status")),
                "turn": told.get("turn") or "",
                "description": told.get("description") or "",
                "job_name": told.get("job_name") or it["name"],
            },
            "assignees": sorted(self.email_of(member) for member in it["assignees"]),
            "items": sorted((item["title"], self.state_of(item)) for item in it["items"]),
            "blockers": sorted(item["title"] for item in it["blockers"]),
        }
        return seen, it["items"]

    @staticmethod
    def state_of(item: dict[str, Any]) -> str:
        state = str(item["state"]).lower()
        return "open" if item["open"] else STATES.get(state, state)

    def email_of(self, member: Any) -> str:
        names = [member.get(key) for key in ("email", "id", "name")] if isinstance(member, dict) else [member]
        return next((self.emails[name] for name in names if name in self.emails), str(member))

    def see_portal(self, account: str, contact: str | None = None) -> Any:
        portal = self.read(f"/accounts/{account}/portal", **given(contact=contact))
        if portal["todo"]:
            raise AssertionError(f"nothing was sent to the client, and yet he has to do {portal['todo']}")
        return self.work_in_progress(portal)

    @staticmethod
    def work_in_progress(portal: dict[str, Any]) -> list[tuple[tuple[str, Any], ...]]:
        shown = []
        for entry in portal["work_in_progress"]:
            if not set(entry) <= CLIENT_KEYS:
                raise AssertionError(f"the client sees more than C9 allows: {entry}")
            told = {key: entry.get(key) or "" for key in ("job_name", "description", "turn")}
            shown.append(tuple(sorted((told | {"status": name_of(entry["status"])}).items())))
        return sorted(shown)

    def see_tags(self, account: str) -> list[str]:
        return sorted(name_of(tag) for tag in self.read(f"/accounts/{account}")["tags"])

    def see_mails(self, job: str, addresses: set[str]) -> list[str]:
        """To whom e-mails of this job went or will go, once for each; members' notifications are left out."""
        to = []
        for delivery in self.pages("/deliveries", job=job):
            if delivery["state"] != "undone":
                listed = delivery["to"] if isinstance(delivery["to"], list) else [delivery["to"]]
                to += [entry.get("email", "") if isinstance(entry, dict) else entry for entry in listed]
        return sorted(address for address in to if address in addresses)

    def see_failures(self, job: str) -> int:
        return sum(event["kind"] == "automation_failed" for event in self.pages(f"/jobs/{job}/events"))

    def see_ids(self, **params: Any) -> set[str]:
        return {job["id"] for job in self.pages("/jobs", **params)}
