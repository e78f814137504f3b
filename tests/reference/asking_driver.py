"""Random operations with items that ask clients: made, linked, answered from both sides, finished, reopened."""

from collections.abc import Callable
from typing import Any

from . import asking_firm, firm
from .asking import Asked, AskingModel
from .driver import Driver
from .model import ARCHIVED, OPEN, Answer, Item, Job

ANSWERS = {
    "abroad": ["yes", "no"],
    "country": ["France", "Spain"],
    "home": ["Rented", "Owned"],
    "sold": ["yes", "no"],
    "year": ["1912", "1999"],
}


class AskingDriver(Driver):
    new_model = AskingModel
    pipelines = firm.PIPELINES | asking_firm.PIPELINES
    often = Driver.often | {"Questions": 8, "Lists": 8, "Talks": 5}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        more: dict[Callable[[], bool], int] = {
            self.ask: 8, self.fill_in: 16, self.submit: 7, self.reopen: 5, self.put_away: 5, self.bring_back: 4,
            self.answer_entry: 22, self.judge_entry: 20, self.change_list: 4, self.tick: 18, self.converse: 5,
            self.close: 4, self.link_asked: 7, self.unlink_asked: 4,
        }  # fmt: skip
        self.weights |= more

    def set_up_templates(self) -> None:
        for (kind, name), body in asking_firm.TEMPLATES.items():
            self.model.templates[kind, name] = body
            self.product.add_template(kind, name, body)

    def invite(self) -> None:
        self.product.invite(list(self.account_ids.values()))

    # ---- what the sides know of asked items

    def items_of(self, job: Job) -> list[Any]:
        return super().items_of(job) + [it for it in self.model.asked(job.account) if job.id in it.on]

    def jobs_of(self, item: Any) -> list[int]:
        return sorted(item.on) if isinstance(item, Asked) else super().jobs_of(item)

    def do(self, name: str, touched: Any = (), sending: Any = None, /, **args: Any) -> Answer:
        """What clients see is compared, too, and all jobs that share what a move has finished or its undo opens."""
        made_before = len(self.model.jobs)
        shared = [self.model.items[item] for item in args.get("unfinished", ())]
        if name == "undo":
            shared += [item for item, *_how in self.model.settled.get(args["action"], ())]
        touched = [*touched, *(job for item in shared for job in self.jobs_of(item))]
        answer = super().do(name, touched, sending, **args)
        jobs = [*touched, *range(made_before, len(self.model.jobs))]
        accounts = {self.model.jobs[job].account for job in jobs}
        if "asked" in args:
            accounts.add(self.model.items[args["asked"]].account)
        for account in sorted(accounts):
            self.check_portal(account, deep=self.number % 10 == 0)
            self.check_tags(account)
        return answer

    def check_portal(self, account: str, deep: bool) -> None:
        self.check_slowly("portal", account, self.model.see_portal(account), self.see_portal, deep)

    def see_portal(self, account: str) -> Any:
        return self.product.see_portal(self.account_ids[account])

    def check_all(self, archived: bool = False) -> None:
        super().check_all(archived)
        for account, one in self.model.accounts.items():
            waiting = {self.item_ids[it.id] for it in self.model.asked(account) if self.model.waits(it)}
            for contact in [each["email"] for each in one.contacts if each["login"]]:
                missing = waiting - self.product.see_home(contact)
                self.compare(f"what {contact} is not asked", set(), missing)

    # ---- choosing

    def some_asked(self, *kinds: str, wanted: Callable[[Asked], bool] = lambda it: True) -> Any:
        """Mostly one that a job waits for."""
        known = [it for account in self.model.accounts for it in self.model.asked(account)]
        found = [it for it in known if it.kind in kinds and it.id in self.item_ids and wanted(it)]
        found = [it for it in found if it.phase != "gone"]
        if not self.maybe(0.2):
            found = [
                it for it in found if any(self.blocks(it, self.model.jobs[job]) for job in it.on)
            ] or found
        return self.random.choice(found[-60:]) if found else None

    def blocks(self, it: Asked, job: Job) -> bool:
        here = job.visit if job.status_visit is None else job.status_visit
        return it.state == OPEN and it.holds and it.on[job.id] == here and job.status != ARCHIVED

    def client_of(self, it: Asked) -> str | None:
        """A contact who acts for himself, or None: the firm does it for him."""
        contacts = [c["email"] for c in self.model.accounts[it.account].contacts if c["login"]]
        return self.random.choice(contacts) if contacts and self.maybe(0.6) else None

    def on(self, it: Asked, name: str, **args: Any) -> bool:
        self.do(name, sorted(it.on), asked=it.id, **args)
        return True

    # ---- the operations; each says whether it was possible

    def set_task(self, items: list[Any], state: str) -> bool:
        return super().set_task([item for item in items if isinstance(item, Item)], state)

    def ask(self) -> bool:
        job = self.any_job()
        if job is None:
            return False
        title, scope = f"Asked {self.number}", [{}, {"scope": "stage"}]
        scope += [{"scope": "status"}] if job.status_visit else []
        tasks = [f"{title}: {word}" for word in self.some(["call", "read", "sign"], 2)]
        entries = [{"title": f"{title}: {word}"} for word in ("one", "two", "three")]
        spec = self.random.choice([
            {"kind": "chat", "subject": title, "text": "Dear client, ...", "tasks": tasks},
            {"kind": "request", "title": title, "entries": entries, "review": self.maybe(0.5)},
            {"kind": "organizer", "template": "House"},
            {"kind": "request", "template": "Quick"},
        ])  # fmt: skip
        self.do("ask", [job.id], job=job.id, **spec, **self.random.choice(scope))
        return True

    def fill_in(self) -> bool:
        it = self.some_asked("organizer", wanted=lambda it: it.phase == OPEN)
        if it is None:
            return False
        shown = [question["key"] for question in self.model._shown(it, it.answers)]
        keys = shown if self.maybe(0.7) else self.some(shown) or shown
        answers = {key: self.random.choice(ANSWERS[key]) for key in keys}
        return self.on(it, "answer_organizer", answers=answers, by=self.client_of(it))

    def submit(self) -> bool:
        it = self.some_asked("organizer", wanted=lambda it: it.phase != "archived" or self.maybe(0.05))
        by = it and self.client_of(it)
        if it is None or (by and it.phase != OPEN):
            return False
        shown = [question["key"] for question in self.model._shown(it, it.answers)]
        answers = (
            {key: self.random.choice(ANSWERS[key]) for key in shown} if not by and self.maybe(0.6) else None
        )
        return self.on(it, "submit", answers=answers, by=by)

    def reopen(self) -> bool:
        it = self.some_asked("organizer", "chat", wanted=lambda it: it.phase != OPEN or self.maybe(0.1))
        return it is not None and self.on(it, "unsubmit" if it.kind == "organizer" else "reopen_chat")

    def put_away(self) -> bool:
        it = self.some_asked("organizer", "request")
        return it is not None and self.on(it, f"archive_{it.kind}")

    def bring_back(self) -> bool:
        it = self.some_asked("organizer", "request", wanted=lambda it: it.phase == "archived")
        return it is not None and self.on(it, "unsubmit" if it.kind == "organizer" else "restore_request")

    def answer_entry(self) -> bool:
        it = self.some_asked("request", wanted=lambda it: it.phase != "archived" or self.maybe(0.05))
        by = it and self.client_of(it)
        if it is None or (by and it.phase == "archived"):
            return False
        waiting = [n for n, entry in it.entries.items() if entry.state in ("requested", "returned")]
        n = self.random.choice(waiting if waiting and not self.maybe(0.1) else list(it.entries))
        word = "not_applicable" if self.maybe(0.3) else "text"
        said = {word: f"Said {self.number}"} if self.maybe(0.9) else it.entries[n].said or {"text": "Here"}
        return self.on(it, "submit_entry", n=n, said=said, by=by)

    def judge_entry(self) -> bool:
        it = self.some_asked("request", wanted=lambda it: it.phase != "archived" or self.maybe(0.05))
        if it is None:
            return False
        if self.maybe(0.15):
            return self.on(it, "accept_all")
        sent = [n for n, entry in it.entries.items() if entry.state == "submitted"]
        n = self.random.choice(sent if sent and not self.maybe(0.15) else list(it.entries))
        if self.maybe(0.7):
            return self.on(it, "accept_entry", n=n)
        return self.on(
            it, "return_entry", n=n, reason=self.random.choice(["Blurred", f"Wrong {self.number}"])
        )

    def change_list(self) -> bool:
        it = self.some_asked("request")
        if it is None:
            return False
        if self.maybe(0.4):
            return self.on(it, "withdraw_entry", n=self.random.choice(list(it.entries)))
        required = self.maybe(0.7)
        new = {"title": f"More {self.number}", "required": required, "critical": required and self.maybe(0.3)}
        return self.on(it, "add_entry", **new)

    def tick(self) -> bool:
        it = self.some_asked("chat", wanted=lambda it: bool(it.ticks))
        by = it and self.client_of(it)
        if it is None or (by and it.phase == "closed"):
            return False
        done = self.maybe(0.8)
        places = [n for n, ticked in enumerate(it.ticks.values(), 1) if ticked != done]
        if not places and by:
            return False  # his page has no such button
        n = self.random.choice(places or range(1, len(it.ticks) + 1))
        return self.on(it, "tick_task", n=n, done=done, by=by)

    def converse(self) -> bool:
        it = self.some_asked("chat")
        by = it and self.client_of(it)
        if it is None:
            return False
        if self.maybe(0.3):
            return self.on(it, "add_client_task", title=f"To do {self.number}")
        internal = {"internal": True} if not by and self.maybe(0.3) else {}
        return self.on(it, "write", text=f"Words {self.number}", by=by, **internal)

    def close(self) -> bool:
        it = self.some_asked("chat")
        return it is not None and self.on(it, "close_chat")

    def link_asked(self) -> bool:
        it = self.some_asked(*asking_firm.BY_API, wanted=lambda it: it.phase == OPEN)
        job = it and self.any_job(lambda job: job.account == it.account and job.id not in it.on)
        if not job:
            return False
        self.do("link_asked", [job.id], job=job.id, asked=it.id)
        return True

    def unlink_asked(self) -> bool:
        it = self.some_asked(*asking_firm.BY_API)
        jobs = [job for job in it.on if self.model.jobs[job].status != ARCHIVED] if it else []
        if not jobs:
            return False
        job = self.random.choice(jobs)
        self.do("unlink_asked", [job], job=job, asked=it.id)
        return True
