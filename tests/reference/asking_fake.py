"""The stand-in product with items that ask clients: its API, and clients who act on the model itself."""

from typing import Any

from .asking import Asked
from .fake import Fake
from .model import Answer

JOB, ASKED = "/jobs/j(\\d+)", "i(\\d+)"


class AskingFake(Fake):
    def __init__(self, model: Any) -> None:
        super().__init__(model)
        m = model
        entry = f"/requests/{ASKED}/entries/(\\d+)"
        self.routes = [
            ("POST", "/templates", self.add_template),
            ("POST", "/contacts/(.+)/invite", lambda q, b, c: {}),
            ("GET", "/accounts/([^/]+)", self.read_account),
            ("POST", JOB + "/items", self.ask),
            ("POST", JOB + "/links", self.link),
            ("DELETE", f"{JOB}/links/{ASKED}", self.unlink),
            ("PATCH", f"/organizers/{ASKED}/answers", lambda q, b, i: m.answer_organizer(int(i), **b)),
            ("POST", f"/organizers/{ASKED}/submit", lambda q, b, i: m.submit(int(i), **b)),
            ("POST", f"/organizers/{ASKED}/unsubmit", lambda q, b, i: m.unsubmit(int(i))),
            ("POST", f"/(organizer|request)s/{ASKED}/archive", self.archive),
            ("POST", f"/requests/{ASKED}/restore", lambda q, b, i: m.restore_request(int(i))),
            ("POST", f"/requests/{ASKED}/accept-all", lambda q, b, i: m.accept_all(int(i))),
            ("POST", f"/requests/{ASKED}/entries", lambda q, b, i: m.add_entry(int(i), **b)),
            ("DELETE", entry, lambda q, b, i, n: m.withdraw_entry(int(i), int(n))),
            ("POST", entry + "/submit", lambda q, b, i, n: m.submit_entry(int(i), int(n), b)),
            ("POST", entry + "/accept", lambda q, b, i, n: m.accept_entry(int(i), int(n))),
            ("POST", entry + "/return", lambda q, b, i, n: m.return_entry(int(i), int(n), **b)),
            ("POST", f"/chats/{ASKED}/tasks/(\\d+)/(tick|untick)", self.tick),
            ("POST", f"/chats/{ASKED}/messages", lambda q, b, i: m.write(int(i), **b)),
            ("POST", f"/chats/{ASKED}/tasks", lambda q, b, i: m.add_client_task(int(i), **b)),
            ("POST", f"/chats/{ASKED}/close", lambda q, b, i: m.close_chat(int(i))),
            ("POST", f"/chats/{ASKED}/reopen", lambda q, b, i: m.reopen_chat(int(i))),
            *self.routes,
        ]

    def add_template(self, query: Any, body: dict[str, Any]) -> dict[str, Any]:
        kind = "chat" if body["kind"] == "message" else body["kind"]
        self.model.templates[kind, body["name"]] = body["body"]
        return {}

    def read_account(self, query: Any, body: Any, name: str) -> dict[str, Any]:
        account = self.model.accounts[name]
        contacts = [{"id": c["email"], "email": c["email"], "login": c["login"]} for c in account.contacts]
        return {"tags": sorted(account.tags), "contacts": contacts}

    def ask(self, query: Any, body: dict[str, Any], n: str) -> Any:
        if body["kind"] == "task":
            return self.model.add_item(int(n), body["title"], body.get("scope"))
        return self.model.ask(int(n), **body)

    def link(self, query: Any, body: dict[str, Any], n: str) -> Any:
        item = int(body["item"].lstrip("i"))
        asked = isinstance(self.model.items[item], Asked)
        return (self.model.link_asked if asked else self.model.link)(int(n), item)

    def unlink(self, query: Any, body: Any, n: str, item: str) -> Any:
        asked = isinstance(self.model.items[int(item)], Asked)
        return (self.model.unlink_asked if asked else self.model.unlink)(int(n), int(item))

    def archive(self, query: Any, body: Any, kind: str, item: str) -> Any:
        return getattr(self.model, f"archive_{kind}")(int(item))

    def tick(self, query: Any, body: Any, item: str, n: str, verb: str) -> Any:
        return self.model.tick_task(int(item), int(n), verb == "tick")

    def portal(self, query: Any, body: Any, account: str) -> dict[str, Any]:
        work, todo = self.model.see_portal(account)
        lines = [{"kind": kind, "title": title, "job_name": job} for kind, title, job in todo]
        return {"work_in_progress": [dict(entry) for entry in work], "todo": lines}

    def read_job(self, n: int) -> dict[str, Any]:
        job = self.model.jobs[n]
        mine = [it for it in self.model.asked(job.account) if n in it.on]
        read = super().read_job(n)
        read["items"] += [self.document(it) for it in mine]
        return read

    @staticmethod
    def document(it: Any) -> dict[str, Any]:
        return {
            "id": f"i{it.id}",
            "kind": it.kind,
            "title": it.title,
            "state": it.phase,
            "answers": {key: value for key, value in it.answers.items() if value},
            "entries": [{"n": n, "title": e.title, "state": e.state} for n, e in it.entries.items()],
            "tasks": [{"title": title, "ticked": ticked} for title, ticked in it.ticks.items()],
        }


class FakePortal:
    """A client of the stand-in."""

    def __init__(self, fake: AskingFake, email: str) -> None:
        self.model, self.email, self.requests = fake.model, email, 0

    def home(self) -> set[str]:
        known = [it for account in self.model.accounts for it in self.model.asked(account)]
        return {f"i{it.id}" for it in known if self.model.waits(it)}

    def __getattr__(self, name: str) -> Any:
        called = {"answer": "answer_organizer"}.get(name, name)

        def act(asked: str, *args: Any) -> Answer:
            how = {"submit": (None,)}.get(name, ())
            return getattr(self.model, called)(int(asked.lstrip("i")), *args, *how) or Answer()

        return act
