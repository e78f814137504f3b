"""The product behind the operations of `AskingModel`: the firm's side over the API, the client's through the portal."""

from collections.abc import Callable
from typing import Any

import httpx

from .asking_firm import BY_API
from .model import Answer
from .product import Product, given

Letters = Callable[[list[str]], dict[str, str]]
OPEN_PHASES = ("open", "sent", "started")


class AskingProduct(Product):
    """`letters` waits for the invitations of these addresses and answers the link in each; `browse` follows it."""

    def __init__(
        self,
        base_url: str,
        token: str,
        transport: httpx.BaseTransport | None = None,
        *,
        letters: Letters,
        browse: Callable[[str], Any],
    ) -> None:
        super().__init__(base_url, token, transport)
        self.letters, self.browse = letters, browse
        self.portals: dict[str, Any] = {}  # by the contact's e-mail

    def add_template(self, kind: str, name: str, body: dict[str, Any]) -> None:
        self.made("/templates", {"kind": BY_API[kind], "name": name, "body": body})

    def invite(self, accounts: list[str]) -> None:
        """All contacts who may sign in do so."""
        contacts = [each for account in accounts for each in self.read(f"/accounts/{account}")["contacts"]]
        invited = [each for each in contacts if each["login"]]
        for contact in invited:
            self.made(f"/contacts/{contact['id']}/invite", {})
        links = self.letters([contact["email"] for contact in invited])
        self.portals = {email: self.browse(link) for email, link in links.items()}

    def call(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Answer:
        return self.answer(self.send(method, path, body or {}))

    # ---- asking and linking

    def ask(self, job: str, kind: str, **spec: Any) -> Answer:
        return self.call(f"/jobs/{job}/items", {"kind": kind, **given(**spec)})

    def link_asked(self, job: str, asked: str) -> Answer:
        return self.link(job, asked)

    def unlink_asked(self, job: str, asked: str) -> Answer:
        return self.unlink(job, asked)

    # ---- organizers

    def answer_organizer(self, asked: str, answers: dict[str, str], by: str | None = None) -> Answer:
        if by:
            return self.portals[by].answer(asked, answers)
        return self.call(f"/organizers/{asked}/answers", {"answers": answers}, "PATCH")

    def submit(self, asked: str, answers: dict[str, str] | None = None, by: str | None = None) -> Answer:
        if by:
            return self.portals[by].submit(asked)
        return self.call(f"/organizers/{asked}/submit", {"answers": answers or {}})

    def unsubmit(self, asked: str) -> Answer:
        return self.call(f"/organizers/{asked}/unsubmit")

    def archive_organizer(self, asked: str) -> Answer:
        return self.call(f"/organizers/{asked}/archive")

    # ---- requests

    def submit_entry(self, asked: str, n: int, said: dict[str, str], by: str | None = None) -> Answer:
        if by:
            return self.portals[by].submit_entry(asked, n, said)
        return self.call(f"/requests/{asked}/entries/{n}/submit", said)

    def accept_entry(self, asked: str, n: int) -> Answer:
        return self.call(f"/requests/{asked}/entries/{n}/accept")

    def return_entry(self, asked: str, n: int, reason: str) -> Answer:
        return self.call(f"/requests/{asked}/entries/{n}/return", {"reason": reason})

    def accept_all(self, asked: str) -> Answer:
        return self.call(f"/requests/{asked}/accept-all")

    def add_entry(self, asked: str, **fields: Any) -> Answer:
        return self.call(f"/requests/{asked}/entries", fields)

    def withdraw_entry(self, asked: str, n: int) -> Answer:
        return self.answer(self.send("DELETE", f"/requests/{asked}/entries/{n}"))

    def archive_request(self, asked: str) -> Answer:
        return self.call(f"/requests/{asked}/archive")

    def restore_request(self, asked: str) -> Answer:
        return self.call(f"/requests/{asked}/restore")

    # ---- chats

    def tick_task(self, asked: str, n: int, done: bool, by: str | None = None) -> Answer:
        if by:
            return self.portals[by].tick_task(asked, n, done)
        return self.call(f"/chats/{asked}/tasks/{n}/{'tick' if done else 'untick'}")

    def write(self, asked: str, text: str, internal: bool = False, by: str | None = None) -> Answer:
        if by:
            return self.portals[by].write(asked, text)
        return self.call(f"/chats/{asked}/messages", {"text": text, "internal": internal})

    def add_client_task(self, asked: str, title: str) -> Answer:
        return self.call(f"/chats/{asked}/tasks", {"title": title})

    def close_chat(self, asked: str) -> Answer:
        return self.call(f"/chats/{asked}/close")

    def reopen_chat(self, asked: str) -> Answer:
        return self.call(f"/chats/{asked}/reopen")

    # ---- what can be seen

    @staticmethod
    def state_of(item: dict[str, Any]) -> str:
        if item["kind"] == "task":
            return Product.state_of(item)
        phase = "open" if item["state"] in OPEN_PHASES else item["state"]
        parts: dict[Any, Any] = {}
        if item["kind"] == "organizer":
            words = {True: "yes", False: "no"}
            parts = {k: words.get(v, v) if isinstance(v, bool) else v for k, v in item["answers"].items()}
        elif item["kind"] == "request":
            parts = {entry["n"]: (entry["title"], entry["state"]) for entry in item["entries"]}
        else:
            parts = {task["title"]: task["ticked"] for task in item["tasks"]}
        return f"{item['kind']} {phase}: {dict(sorted(parts.items()))}"

    def see_portal(self, account: str, contact: str | None = None) -> Any:
        portal = self.read(f"/accounts/{account}/portal", **given(contact=contact))
        todo = sorted((line["kind"], line["title"], line["job_name"]) for line in portal["todo"])
        return self.work_in_progress(portal), todo

    def see_home(self, contact: str) -> set[str]:
        return self.portals[contact].home()
