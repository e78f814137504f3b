"""The model and the product side by side: one operation on both, what differs, and what to choose from."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

from . import firm
from .model import ARCHIVED, OK, REFUSED, Answer, Job, Model
from .product import Product, Seen

ANY_REFUSAL = (400, 404, 409, 422)


class Divergence(AssertionError):
    """The product and the rule book disagree."""


class Sides:
    new_model: Callable[[], Any] = Model
    pipelines = firm.PIPELINES
    often = {"Tax return": 8, "Bookkeeping": 6, "Payroll": 4, "Follow-up": 1, "Endless": 1}

    def __init__(
        self, product: Product, seed: int, model: Model | None = None, check_all_every: int = 50
    ) -> None:
        self.model, self.product, self.seed = model or self.new_model(), product, seed
        self.random, self.number, self.check_all_every = Random(seed), 0, check_all_every
        self.history: deque[str] = deque(maxlen=15)
        self.account_ids: dict[str, str] = {}
        self.job_ids: dict[int, str] = {}
        self.item_ids: dict[int, str] = {}
        self.known: set[str] = set()  # the product's ids among job_ids and item_ids
        self.action_ids: dict[int, str] = {}
        self.done_in: dict[int, int] = {}  # the operation that an action was made by
        self.undoable: list[tuple[int, int]] = []  # action, number of the operation
        self.seen: dict[Any, Any] = {}  # what was last compared: tags, e-mails, failures
        self.spares: list[str] = []  # client-facing statuses made to be deleted
        self.counts: dict[str, int] = {}
        self.added = 0  # automations

    def do(
        self, name: str, touched: Iterable[int] = (), sending: dict[str, Any] | None = None, /, **args: Any
    ) -> Answer:
        """One operation on both sides; then the answers and the touched jobs must agree."""
        self.history.append(f"{self.number:>6} {name} {self.in_words(args | (sending or {}))}")
        made_before = len(self.model.jobs)
        wanted = getattr(self.model, name)(**args) or Answer()
        self.product.told = None
        got = getattr(self.product, name)(**self.translated(args), **(sending or {}))
        self.history[-1] += f" -> {wanted.status}"
        allowed = ANY_REFUSAL if wanted.status == REFUSED else (wanted.status,)
        if got.status not in allowed:
            self.differ([f"answer: the rule book says {wanted.status}, the product says {got.status}"])
        ids = self.account_ids if name == "add" else self.job_ids
        if wanted.status == OK and {ids[r] for r in wanted.refused} != set(got.refused):
            self.differ(
                [f"refused: the rule book says {wanted.refused}, the product says {got.refused}, of {ids}"]
            )
        if wanted.action is not None:
            if got.action is None:
                self.differ(["action: the product names none"])
            self.action_ids[wanted.action] = got.action
            self.undoable.append((wanted.action, self.number))
            self.done_in[wanted.action] = self.number
        self.learn_jobs(range(made_before, len(self.model.jobs)), got.jobs)
        told = self.product.told
        for job in dict.fromkeys([*touched, *range(made_before, len(self.model.jobs))]):
            got = self.product.seen(told) if told and told["id"] == self.job_ids[job] else None
            if got is None or self.number % 4 == 0:  # what was answered is also what was kept
                got = self.product.see_job(self.job_ids[job])
            self.check_job(job, got, deep=self.number % 20 == 0)
        return wanted

    def translated(self, args: dict[str, Any]) -> dict[str, Any]:
        ids: dict[str, Callable[[Any], Any]] = {
            "account": self.account_ids.get,
            "accounts": lambda names: [self.account_ids[n] for n in names],
            "job": self.job_ids.get,
            "jobs": lambda numbers: [self.job_ids[n] for n in numbers],
            "item": self.item_ids.get,
            "asked": self.item_ids.get,
            "unfinished": lambda choices: {self.item_ids[i]: choice for i, choice in choices.items()},
            "action": self.action_ids.get,
            "skip": sorted,
            "assignees": sorted,
        }
        return {key: ids[key](value) if key in ids else value for key, value in args.items()}

    def in_words(self, args: dict[str, Any]) -> str:
        def job(number: int) -> str:
            one = self.model.jobs[number]
            at = f"{one.account}, {one.pipeline}: {one.stage}, {one.status}"
            return f"job {number} ({at}) {self.job_ids.get(number)}"

        def item(number: int) -> str:
            on = [*map(job, self.jobs_of(self.model.items[number]))] or "no job"
            return f"{self.model.items[number].title!r} of {on} {self.item_ids.get(number)}"

        words = {"job": job, "item": item, "asked": item, "jobs": lambda many: [job(one) for one in many]}
        words["unfinished"] = lambda choices: {item(one): choice for one, choice in choices.items()}
        words["action"] = lambda action: (
            f"of operation {self.done_in[action]}: {[*map(job, self.moved_by(action))]}"
        )
        words["document"] = lambda document: document["pipeline"]
        return ", ".join(
            f"{key}={words[key](value) if key in words else value!r}" for key, value in args.items()
        )

    def jobs_of(self, item: Any) -> list[int]:
        return [] if item.job is None else [item.job]

    # ---- comparing

    def differ(self, what: list[str]) -> None:
        raise Divergence(
            f"\nseed {self.seed}, operation {self.number} (repeat with CLEARSTAGE_RANDOM_SEED={self.seed})"
            "\nthe last operations, this one at the end (with the state before each):\n"
            + "\n".join(self.history)
            + "\nwhat differs:\n  "
            + "\n  ".join(what)
        )

    def compare(self, of: str, wanted: Any, got: Any) -> None:
        if wanted != got:
            self.differ(list(self.differences(of, wanted, got)))

    def differences(self, of: str, wanted: Any, got: Any) -> Iterator[str]:
        if isinstance(wanted, dict) and isinstance(got, dict):
            for key in sorted(wanted.keys() | got.keys()):
                yield from self.differences(f"{of}, {key}", wanted.get(key), got.get(key))
        elif wanted != got:
            yield from (of, f"    the rule book says {wanted}", f"    the product says   {got}")

    def learn_jobs(self, numbers: Iterable[int], ids: Iterable[str]) -> None:
        """Which product job is which: by account, those made by `add` first, then those that automations made."""
        new = [self.model.jobs[n] for n in numbers]
        for known in (list(ids), None):
            for job in [job for job in new if job.id not in self.job_ids]:
                account = self.account_ids[job.account]
                found = known if known is not None else sorted(self.product.see_ids(account=account))
                for candidate in [c for c in found if c not in self.known]:
                    seen, _ = self.product.see_job(candidate)
                    if (seen["account"], seen["name"]) == (account, job.name):
                        self.job_ids[job.id] = candidate
                        self.known.add(candidate)
                        break
        missing = [f"{j.name} of {j.account} was not made" for j in new if j.id not in self.job_ids]
        if missing:
            self.differ(missing)

    def check_job(self, number: int, seen: Seen | None = None, deep: bool = False) -> None:
        """`seen`: what the product shows of it, where that was read already."""
        job = self.model.jobs[number]
        wanted = self.model.see_job(number) | {"account": self.account_ids[job.account]}
        got, tasks = seen or self.product.see_job(self.job_ids[number])
        if wanted["blockers"] is None:
            got["blockers"] = None
        self.compare(f"job {number} {self.job_ids[number]}", wanted, got)
        new = {task["title"]: task["id"] for task in tasks if task["id"] not in self.known}
        for item in [item for item in self.items_of(job) if item.id not in self.item_ids]:
            if item.title not in new:
                self.differ(
                    [f"job {number} shows {item.title!r} under an id that was another item's: {tasks}"]
                )
            self.item_ids[item.id] = new.pop(item.title)
            self.known.add(self.item_ids[item.id])
        if new:
            self.differ([f"job {number} has new items for old ones: {new}"])
        self.check_tags(job.account)
        self.check_slowly(
            "e-mails", number, sorted(address for _, address in job.mails), self.see_mails, deep
        )
        self.check_slowly("automation_failed events", number, job.failures, self.see_failures, deep)

    def items_of(self, job: Job) -> list[Any]:
        return [self.model.items[i] for i in job.items]

    def check_slowly(self, what: str, of: Any, wanted: Any, see: Callable[[Any], Any], deep: bool) -> None:
        """Reading all of this after each operation would be slow; where nothing should change, it is sampled."""
        if deep or self.seen.get((what, of), 0) != wanted:
            self.compare(f"{what} of {of}", wanted, see(of))
            self.seen[what, of] = wanted

    def check_tags(self, account: str, deep: bool = False) -> None:
        self.check_slowly("tags", account, sorted(self.model.accounts[account].tags), self.see_tags, deep)

    def see_tags(self, account: str) -> list[str]:
        return self.product.see_tags(self.account_ids[account])

    def see_mails(self, number: int) -> list[str]:
        contacts = self.model.accounts[self.model.jobs[number].account].contacts
        return self.product.see_mails(self.job_ids[number], {contact["email"] for contact in contacts})

    def see_failures(self, number: int) -> int:
        return self.product.see_failures(self.job_ids[number])

    def check_all(self, archived: bool = False) -> None:
        self.history.append(f"{self.number:>6} looking at everything")
        seen = self.product.see_jobs() | self.product.see_jobs(archived="true")
        self.compare("all jobs", sorted(self.job_ids.values()), sorted(seen))
        for job in self.model.jobs:
            deep = archived or job.id % 20 == self.number // 50 % 20
            self.check_job(
                job.id, seen[self.job_ids[job.id]], deep=deep and (archived or job.status != ARCHIVED)
            )
        for name, account in self.model.accounts.items():
            self.check_tags(name, deep=True)
            contact = self.random.choice([None, *(c["email"] for c in account.contacts if c["login"])])
            portal = self.product.see_portal(self.account_ids[name], contact)
            self.compare(f"portal of {name} as {contact or 'a whole'}", self.model.see_portal(name), portal)

    # ---- choosing

    def maybe(self, probability: float) -> bool:
        return self.random.random() < probability

    def some(self, things: Iterable[Any], most: int = 9) -> list[Any]:
        things = sorted(things)
        return self.random.sample(things, self.random.randint(0, min(most, len(things))))

    def jobs(self, wanted: Callable[[Job], bool] = lambda job: True, archived: bool = False) -> list[Job]:
        return [job for job in self.model.jobs if (job.status == ARCHIVED) == archived and wanted(job)]

    def any_job(self, wanted: Callable[[Job], bool] = lambda job: True, archived: bool = False) -> Job | None:
        found = self.jobs(wanted, archived)
        pipelines = sorted({job.pipeline for job in found})
        if not found:
            return None
        pipeline = self.random.choices(pipelines, [self.often[name] for name in pipelines])[0]
        return self.random.choice([job for job in found if job.pipeline == pipeline])

    def place(self, pipeline: str, name: str) -> dict[str, Any]:
        document = self.model.pipelines[pipeline]
        places = document["stages"] + document.get("statuses", [])
        return next(place for place in places if name in (place.get("stage"), place.get("status")))

    def customs(self, pipeline: str) -> list[str]:
        return [status["status"] for status in self.model.pipelines[pipeline].get("statuses", [])]

    def choices(self, place: dict[str, Any], block_status: str | None) -> dict[str, Any]:
        """What a person may choose in the dialog: untick some automations, say something else to the client."""
        how: dict[str, Any] = {}
        if self.maybe(0.2):
            how["skip"] = self.some(automation["key"] for automation in place["on_entry"])
        if self.maybe(0.15):
            shown = {a["client_status"].get("show") for a in place["on_entry"] if "client_status" in a}
            how["client_status"] = self.client_choice({block_status, *shown})
        return how

    def client_choice(self, but: Iterable[str | None]) -> dict[str, Any]:
        if self.maybe(0.3):
            return {"shown": False}
        names = sorted({s["name"] for s in firm.CLIENT_STATUSES} | set(self.spares))
        choice = {"shown": True, "status": self.random.choice([name for name in names if name not in but])}
        return choice | ({"description": f"Said by hand {self.number}"} if self.maybe(0.3) else {})

    def ways(self, name: str, jobs: list[int], **args: Any) -> dict[str, Any]:
        """Sometimes the plan is asked for first and then confirmed (F1, M4), sometimes a request comes twice (M12)."""
        if self.maybe(0.05):
            return {"again": True}
        if len(jobs) == 1 and self.maybe(0.08):
            digest = self.product.preview(name, **self.translated({"jobs": jobs, **args}))
            self.history.append(f"{self.number:>6} preview of {name} {self.in_words({'jobs': jobs, **args})}")
            self.check_job(jobs[0])
            return {"expect": digest} if digest else {}
        return {}
