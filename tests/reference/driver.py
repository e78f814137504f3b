"""Random operations on the model and on the product at once, compared after each.

The same seed gives the same operations. A difference ends the run with the seed, the operation's number, the last
operations and what differs; nothing is shrunk, because the history printed is what a person needs to see it.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from . import firm
from .model import ACTIVE, ARCHIVED, COMPLETED, OPEN, Item, Job, Model
from .product import Product
from .sides import Divergence, Sides

MOST_LIVE_JOBS = 60
UNDO_WITHIN = 100  # operations: well inside the grace period, also that of e-mails

__all__ = ["Divergence", "Driver"]


class Driver(Sides):
    def __init__(
        self, product: Product, seed: int, model: Model | None = None, check_all_every: int = 50
    ) -> None:
        super().__init__(product, seed, model, check_all_every)
        self.weights: dict[Callable[[], bool], int] = {
            self.add: 6, self.move: 22, self.move_to_pipeline: 4, self.bulk_move: 4,
            self.give_custom: 14, self.activate: 8, self.complete_job: 3, self.archive: 2, self.restore: 3,
            self.bulk_status: 3, self.finish_task: 34, self.reopen_task: 4, self.add_task: 8, self.unlink: 4,
            self.link: 3, self.patch_client_status: 6, self.patch_fields: 4, self.patch_stale: 1,
            self.retag: 8, self.undo: 12, self.describe: 3, self.spare: 2, self.edit_pipeline: 3, self.nonsense: 1,
        }  # fmt: skip

    # ---- running

    def run(self, operations: int) -> None:
        self.set_up()
        choices, weights = list(self.weights), list(self.weights.values())
        while self.number < operations:
            operation = self.random.choices(choices, weights)[0]
            self.number += 1
            if operation():
                self.counts[operation.__name__] = self.counts.get(operation.__name__, 0) + 1
            else:
                self.number -= 1  # not possible now
            if self.number % self.check_all_every == 0:
                self.check_all()
        self.check_all(archived=True)

    def set_up(self) -> None:
        for email, name in firm.MEMBERS.items():
            self.product.add_member(email, name, "admin")
        self.product.learn_members()
        for tag in firm.TAGS:
            self.product.add_tag(tag)
        for status in firm.CLIENT_STATUSES:
            self.do("add_client_status", **status)
        self.set_up_templates()
        for document in self.pipelines.values():
            self.do("put_pipeline", document=document)
        for name, account in firm.ACCOUNTS.items():
            self.model.add_account(name, **account)
            self.account_ids[name] = self.product.add_account(name, **account)
        self.invite()
        for _ in range(10):
            self.add()
        self.check_all()

    def set_up_templates(self) -> None:
        """Nothing of this model's comes from templates."""

    def invite(self) -> None:
        """Nothing of this model's is done by clients."""

    # ---- the operations; each says whether it was possible

    def add(self) -> bool:
        if len(self.jobs()) >= MOST_LIVE_JOBS:
            return self.archive()
        accounts = self.random.sample(sorted(self.model.accounts), 2 if self.maybe(0.1) else 1)
        pipeline = self.random.choices(list(self.often), list(self.often.values()))[0]
        stages = [stage["stage"] for stage in self.model.pipelines[pipeline]["stages"]]
        stage = stages[0] if self.maybe(0.75) else self.random.choice(stages)
        how = self.choices(self.place(pipeline, stage), None)
        if "client_status" not in how and self.maybe(0.3):
            how["ask"] = self.maybe(0.3)
        how["priority"] = self.random.choice(firm.PRIORITIES)
        how["assignees"] = frozenset(self.some(firm.MEMBERS, 2))
        name = f"Job {len(self.model.jobs)}"
        sending = {"again": True} if self.maybe(0.05) else {}
        self.do("add", (), sending, accounts=accounts, pipeline=pipeline, stage=stage, name=name, **how)
        return True

    def move(self) -> bool:
        job = self.any_job(archived=self.maybe(0.02))
        if job is None:
            return False
        stages = [stage["stage"] for stage in self.model.pipelines[job.pipeline]["stages"]]
        stage = self.random.choice(stages)
        if stage == job.stage and (job.status == ARCHIVED or self.maybe(0.7)):
            return False
        how = self.choices(self.place(job.pipeline, stage), job.block.status) if stage != job.stage else {}
        waiting = [item.id for item in self.model.linked(job, job.visit) if item.state == OPEN]
        if waiting and stage != job.stage and self.maybe(0.3):
            how["unfinished"] = {i: self.random.choice(["keep", "finish", "unlink"]) for i in waiting}
        how["stage"] = stage
        self.do("move", [job.id], self.ways("move", [job.id], **how), jobs=[job.id], **how)
        return True

    def move_to_pipeline(self) -> bool:
        job = self.any_job()
        if job is None:
            return False
        others = [name for name in self.model.pipelines if name not in (job.pipeline, "Endless")]
        pipeline = self.random.choices(others, [self.often[name] for name in others])[0]
        stage = self.random.choice(self.model.pipelines[pipeline]["stages"])["stage"]
        how = self.choices(self.place(pipeline, stage), job.block.status) | {
            "pipeline": pipeline,
            "stage": stage,
        }
        self.do("move", [job.id], self.ways("move", [job.id], **how), jobs=[job.id], **how)
        return True

    def some_jobs(self, wanted: Callable[[Job], bool]) -> list[int]:
        """Up to six jobs, each of another account, because the order within one bulk action is nobody's promise."""
        found = self.jobs(wanted) + (self.jobs(wanted, archived=True)[-3:] if self.maybe(0.2) else [])
        self.random.shuffle(found)
        return list({job.account: job.id for job in found}.values())[: self.random.randint(2, 6)]

    def bulk_move(self) -> bool:
        pipeline = self.random.choices(list(self.often), list(self.often.values()))[0]
        stage = self.random.choice(self.model.pipelines[pipeline]["stages"])["stage"]
        mixed = self.maybe(0.05)
        jobs = self.some_jobs(lambda job: mixed or (job.pipeline == pipeline and job.stage != stage))
        if not jobs:
            return False
        how = self.choices(self.place(pipeline, stage), None)
        if any(self.model.jobs[j].block.status == how.get("client_status", {}).get("status") for j in jobs):
            how.pop("client_status", None)  # whether that is "another status" differs from job to job
        self.do("move", jobs, self.ways("move", jobs), jobs=jobs, stage=stage, bulk=True, **how)
        return True

    def give_custom(self) -> bool:
        job = self.any_job(lambda job: bool(self.customs(job.pipeline)))
        if job is None:
            return False
        status = self.random.choice(self.customs(job.pipeline))
        how = self.choices(self.place(job.pipeline, status), job.block.status) if status != job.status else {}
        before = job.kept[0].status if job.kept else None  # which would come back first
        if before is not None and before == how.get("client_status", {}).get("status"):
            del how["client_status"]
        return self.give(job, status, **how)

    def give(self, job: Job | None, status: str, **how: Any) -> bool:
        if job is None:
            return False
        sending = self.ways("status", [job.id], status=status, **how)
        self.do("status", [job.id], sending, jobs=[job.id], status=status, **how)
        return True

    def activate(self) -> bool:
        return self.give(self.any_job(lambda job: job.status != ACTIVE or self.maybe(0.01)), ACTIVE)

    def complete_job(self) -> bool:
        return self.give(self.any_job(), COMPLETED)

    def archive(self) -> bool:
        return self.give(self.any_job(), ARCHIVED)

    def restore(self) -> bool:
        if len(self.jobs()) >= MOST_LIVE_JOBS:
            return False
        return self.give(self.any_job(archived=True), ACTIVE if self.maybe(0.9) else COMPLETED)

    def bulk_status(self) -> bool:
        pipeline = self.random.choices(list(self.often), list(self.often.values()))[0]
        status = self.random.choice([ACTIVE, ACTIVE, COMPLETED, ARCHIVED, *self.customs(pipeline)])
        jobs = self.some_jobs(lambda job: job.pipeline == pipeline or status in (ACTIVE, ARCHIVED))
        if not jobs or len(self.jobs()) + len(jobs) > MOST_LIVE_JOBS + 6:
            return False
        self.do("status", jobs, self.ways("status", jobs), jobs=jobs, status=status, bulk=True)
        return True

    def finish_task(self) -> bool:
        custom = self.maybe(0.4)  # so that jobs come back from custom statuses as often as they get into them
        job = self.any_job(lambda job: bool(self.model.blockers(job)) and bool(job.status_visit) is custom)
        items = self.model.blockers(job) if job else []
        if self.maybe(0.2):
            jobs = self.jobs(archived=self.maybe(0.1))
            items = [
                self.model.items[i] for job in jobs for i in job.items if self.model.items[i].state == OPEN
            ]
        return self.set_task(items, "completed" if self.maybe(0.85) else "cancelled")

    def reopen_task(self) -> bool:
        linked = [self.model.items[i] for job in self.jobs() for i in job.items]
        return self.set_task([item for item in linked if item.state != OPEN], OPEN)

    def set_task(self, items: list[Item], state: str) -> bool:
        if not items:
            return False
        item = self.random.choice(items)
        self.do("task", [item.job], item=item.id, state=state)
        return True

    def add_task(self) -> bool:
        job = self.any_job()
        if job is None:
            return False
        scopes = (
            [{}, {"scope": "stage"}, {"scope": "status"}] if job.status_visit else [{}, {"scope": "stage"}]
        )
        self.do(
            "add_item", [job.id], job=job.id, title=f"By hand {self.number}", **self.random.choice(scopes)
        )
        return True

    def unlink(self) -> bool:
        job = self.any_job(lambda job: bool(job.items))
        if job is None:
            return False
        self.do("unlink", [job.id], job=job.id, item=self.random.choice(job.items))
        return True

    def link(self) -> bool:
        recent = self.model.items[-2000:]
        free = [item for item in recent if item.job is None and item.state == OPEN and item.touched]
        item = self.random.choice(free) if free else None
        job = item and self.any_job(lambda job: job.account == item.account)
        if not job:
            return False
        self.do("link", [job.id], job=job.id, item=item.id)
        return True

    def patch_client_status(self) -> bool:
        job = self.any_job()
        if job is None:
            return False
        choices = [self.client_choice({job.block.status})]
        if job.block.status:  # what is said can be shown, hidden and worded, once there is something to say
            choices += [{"shown": not job.block.shown}, {"description": f"Worded by hand {self.number}"}]
        self.do("change", [job.id], job=job.id, client_status=self.random.choice(choices))
        return True

    def patch_fields(self) -> bool:
        job = self.any_job()
        if job is None:
            return False
        if self.maybe(0.5):
            self.do("change", [job.id], job=job.id, priority=self.random.choice(firm.PRIORITIES))
        else:
            self.do("change", [job.id], job=job.id, assignees=frozenset(self.some(firm.MEMBERS, 2)))
        return True

    def patch_stale(self) -> bool:  # M13
        job = self.any_job(lambda job: len(self.product.versions[self.job_ids[job.id]]) > 1)
        if job is None:
            return False
        version = self.product.versions[self.job_ids[job.id]][-2]
        self.history.append(
            f"{self.number:>6} change with old version {version}: {self.in_words({'job': job.id})}"
        )
        answer = self.product.change(
            self.job_ids[job.id], version, priority=self.random.choice(firm.PRIORITIES)
        )
        self.compare("answer to an old version", 412, answer.status)
        self.check_job(job.id)
        return True

    def retag(self) -> bool:
        account = self.random.choice(sorted(self.model.accounts))
        self.do("set_tags", account=account, tags=self.some(firm.TAGS, 3))
        self.check_tags(account, deep=True)
        return True

    def undo(self) -> bool:
        self.undoable = [(action, at) for action, at in self.undoable if at > self.number - UNDO_WITHIN]
        clear = {action: self.clear_to_undo(action) for action, _ in self.undoable}
        wanted = not self.maybe(0.15)
        actions = [action for action in clear if clear[action] is wanted]
        if not actions:
            return False
        action = self.random.choice(actions[-12:])
        jobs = sorted(self.moved_by(action))
        self.do("undo", jobs, action=action)
        if wanted:  # whether what lies before it can be undone then, the book does not say
            self.undoable = [(a, at) for a, at in self.undoable if not {*jobs} & self.moved_by(a)]
        return True

    def moved_by(self, action: int) -> set[int]:
        return {step[0].id for step in self.model.actions[action].steps}

    def clear_to_undo(self, number: int) -> bool | None:
        """True: it must be undone; False: it must be refused; None: the book does not say, so nobody asks."""
        action = self.model.actions[number]
        latest = {step[0].action == number for step in action.steps}
        return None if action.made_jobs or len(latest) > 1 else latest.pop()

    def describe(self) -> bool:
        name = self.random.choice([status["name"] for status in firm.CLIENT_STATUSES] + self.spares)
        told = [job.id for job in self.jobs(lambda job: job.block.status == name)]
        self.do(
            "describe_client_status", told[:5], name=name, description=f"Described in operation {self.number}"
        )
        return True

    def spare(self) -> bool:
        """Client-facing statuses that no pipeline names come and go."""
        if len(self.spares) < 2 or (len(self.spares) < 5 and self.maybe(0.5)):
            name = f"Spare {self.number}"
            self.do("add_client_status", name=name, turn="firm", description=f"What {name} means.")
            self.spares.append(name)
            return True
        name = self.random.choice(self.spares)
        used = [job.id for job in self.jobs(lambda job: job.block.status == name)]
        anywhere = [
            job for job in self.model.jobs if name in {b.status for b in (job.block, *(job.kept or ()))}
        ]
        if anywhere and not used:
            return False  # only an archived job or a block kept for later has it: is that "in use"? The book is silent
        if used and self.maybe(0.3):
            self.do("delete_client_status", used[:5], name=name)  # C11: must be refused
            return True
        other = self.random.choice([status["name"] for status in firm.CLIENT_STATUSES])
        self.do("delete_client_status", used[:5], name=name, **({"replace_by": other} if used else {}))
        self.spares.remove(name)
        self.undoable.clear()
        return True

    def edit_pipeline(self) -> bool:
        """The pipeline as it was at first, with one to three automations changed; nothing may happen to any job."""
        name = self.random.choice([name for name in self.pipelines if name != "Endless"])
        document = deepcopy(self.pipelines[name])
        for _ in range(self.random.randint(0, 3)):
            self.edit(self.random.choice(document["stages"] + document.get("statuses", []))["on_entry"])
        jobs = self.jobs(lambda job: job.pipeline == name)
        self.do(
            "put_pipeline", [job.id for job in self.random.sample(jobs, min(3, len(jobs)))], document=document
        )
        return True

    def edit(self, automations: list[dict[str, Any]]) -> None:
        tasks = [automation for automation in automations if "task" in automation]
        shows = [automation for automation in automations if "show" in automation.get("client_status", {})]
        if self.maybe(0.4) or not automations:
            self.added += 1
            one = {"key": f"added{self.added}", "task": {"title": f"Added {self.added}"}}
            automations.insert(self.random.randint(0, len(automations)), one)
        elif tasks and self.maybe(0.3):
            self.random.choice(tasks)["task"]["title"] += f", as of operation {self.number}"
        elif shows and self.maybe(0.5):
            spec = self.random.choice(shows)["client_status"]
            spec |= {
                "show": self.random.choice(firm.CLIENT_STATUSES)["name"],
                "description": f"Edited {self.number}",
            }
        elif self.maybe(0.5):
            self.random.choice(automations)["enabled"] = self.maybe(0.2)
        else:
            automations.remove(self.random.choice(automations))

    def nonsense(self) -> bool:
        job = self.any_job()
        if job is None:
            return False
        if self.maybe(0.3):
            self.history.append(f"{self.number:>6} a job that does not exist")
            self.compare("answer", 404, self.product.move(["nonsense"], job.stage).status)
        elif self.maybe(0.5):
            self.do("move", [job.id], jobs=[job.id], stage="Nowhere")
        else:
            self.do("status", [job.id], jobs=[job.id], status="Nothing")
        return True
