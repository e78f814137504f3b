"""The reference model: what Clearstage must do, written from the rule book alone (rule numbers in comments).

In memory, without HTTP or product code; pipelines are the documents of `PUT /pipelines`. Operations return an
Answer (None: done); REFUSED (400) is any refusal of bad input. Decisions where the book is silent:

D1  Automove never counts unlinked items; `pass_through` leaves when nothing is open, also after an unlink.
D2  L7 by the letter: finishing or unlinking any item of the job judges its status, then its stage. Creating,
    linking, reopening, undo and restoring from the archive judge nothing.
D3  A11 holds per entry: a job that reached B and cannot pass on to C stays in B with `automation_failed`.
D4  An automation showing a status without description drops an override, even for the same status; so does a
    person choosing another status. Hiding changes only `shown`.
D5  A person's `client_status` on add, move or status lies over what the chosen place's automations set (and
    counts as set by the custom status); stages passed on to in the same run speak for themselves.
D6  To another pipeline the block stays even where the custom status restores (M8). From Archived only Active.
D7  `restore_client_status` is read when the status is given (A9); "unchanged" compares values, not history.
D8  A deleted client-facing status is replaced in all jobs not archived (hidden ones and blocks kept for
    restoring too; overrides stay). An archived job keeps it and its text. Automations are not looked at.
D9  Undo: priority comes back too. Tags and assignees are taken back one by one; changes by hand survive.
    Block and priority come back only if as the action left them, items the move finished or unlinked only if
    untouched since. A move and the automoves it sets off are one action. A second undo is refused.
D10 create_job: same account, the pipeline's name, medium, nobody; cannot it enter, nor can its parent. 10 levels.
D11 One e-mail automation makes one delivery to each contact with `notify`. Bulk takes jobs in order.
D12 Blockers in a custom status are the status's; of Completed and Archived none are compared.
"""

from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from types import SimpleNamespace

ACTIVE, COMPLETED, ARCHIVED = "Active", "Completed", "Archived"
OPEN, LEVELS, OK, REFUSED, BROKEN_RULE = "open", 10, 200, 400, 409  # LEVELS: A13
TAGS = {"all": frozenset.issuperset, "any": frozenset.intersection, "none": frozenset.isdisjoint}


class No(Exception):
    """Refused, and nothing of it has happened; the argument is the answer's status."""


@dataclass(frozen=True)
class Block:  # C2: what the client is told
    shown: bool = False
    status: str | None = None
    override: str | None = None
    job_name: str | None = None

    def laid_over(self, given):  # by a person: what is not given stays (D4)
        block = replace(self, **{k: given[k] for k in ("shown", "job_name") if k in given})
        if given.get("status", block.status) != block.status:
            block = replace(block, status=given["status"], override=None)
        return replace(block, override=given["description"]) if "description" in given else block


@dataclass
class Item:
    id: int
    title: str
    account: str
    scope: int  # L1: the visit, of a stage or of a custom status, in which it was linked
    made_by: int
    job: int | None
    state: str = OPEN  # or completed, cancelled
    touched: int = 0  # how often somebody has changed it


@dataclass
class Job:  # every value is immutable: a copy of vars(job) is a snapshot
    id: int
    name: str
    account: str
    pipeline: str
    priority: str = "medium"
    assignees: frozenset[str] = frozenset()
    stage: str = ""
    visit: int = 0
    status: str = ACTIVE
    status_visit: int | None = None  # only in a custom status
    block: Block = Block()
    kept: tuple[Block, Block] | None = None  # S15: before and after a custom status that restores
    items: tuple[int, ...] = ()
    mails: tuple[tuple[int, str], ...] = ()  # action, address
    failures: int = 0  # events `automation_failed`
    action: int = -1  # the last one that moved it or changed its status


@dataclass
class Answer:
    status: int = OK
    action: object = None
    jobs: tuple = ()  # made by `add`
    refused: set = frozenset()


class Model:
    def __init__(self):
        self.accounts, self.client_statuses, self.pipelines = {}, {}, {}  # by name
        self.jobs, self.items, self.actions = [], [], []  # by number
        self.tick = count(1).__next__  # numbers the visits

    def add_account(self, name, kind, tags, contacts, roles):
        self.accounts[name] = SimpleNamespace(kind=kind, tags=frozenset(tags), contacts=contacts, roles=roles)

    def set_tags(self, account, tags):
        self.accounts[account].tags = frozenset(tags)  # A6: moves nothing

    def add_client_status(self, name, description, turn):
        self.client_statuses.setdefault(name, {"name": name, "description": description, "turn": turn})

    def describe_client_status(self, name, description):
        self.client_statuses[name]["description"] = description  # C2: jobs without override follow

    def delete_client_status(self, name, replace_by=None):  # C11, D8
        live = [job for job in self.jobs if job.status != ARCHIVED]
        if replace_by is None and any(job.block.status == name for job in live):
            return Answer(BROKEN_RULE)
        for job in live:
            old = (job.block, *(job.kept or ()))
            job.block, *kept = [replace(b, status=replace_by) if b.status == name else b for b in old]
            job.kept = tuple(kept) or None

    def put_pipeline(self, document):
        for status in document.get("client_statuses", []):
            self.add_client_status(**status)
        self.pipelines[document["pipeline"]] = deepcopy(document)  # A9: fires nothing, counts from next entry

    def stages(self, pipeline):
        return {s["stage"]: s for s in self.pipelines[pipeline]["stages"]}

    # conditions (A4), and automations in list order, later ones seeing what earlier ones changed (A3)
    def holds(self, when, job):
        account = self.accounts[job.account]
        test = {
            "tags": lambda named: all(TAGS[how](account.tags, set(tags)) for how, tags in named.items()),
            "account_kind": lambda kind: account.kind == kind,
            "priority": lambda priority: job.priority == priority,
            "assigned": lambda wanted: bool(job.assignees) == wanted,
            "all": lambda parts: all(self.holds(part, job) for part in parts),
            "any": lambda parts: any(self.holds(part, job) for part in parts),
            "not": lambda part: not self.holds(part, job),
        }
        return all(test[key](wanted) for key, wanted in (when or {}).items())

    def _run(self, place, job, scope, action):
        for automation in place.get("on_entry", []):
            wanted = automation.get("enabled", True) and automation["key"] not in action.skip
            if wanted and self.holds(automation.get("when"), job):
                kind = next(k for k in automation if k not in ("key", "when", "enabled"))
                self._do(kind, automation[kind], job, scope, action)

    def _do(self, kind, spec, job, scope, action):
        account = self.accounts[job.account]
        if kind == "client_status":  # C3
            told = [True, spec.get("show"), spec.get("description"), spec.get("job_name", job.block.job_name)]
            job.block = replace(job.block, shown=False) if spec.get("hide") else Block(*told)
        elif kind == "task":
            self._make_item(spec["title"], job, scope, action)
        elif kind == "tags":
            tags = frozenset() if spec.get("clear") else account.tags
            account.tags = (tags - set(spec.get("remove", ()))) | set(spec.get("add", ()))
        elif kind == "assignees":
            who = {do: self._people(names, account.roles) for do, names in spec.items()}
            left = who.get("replace", job.assignees) - who.get("remove", set())
            job.assignees = left | who.get("add", set())
        elif kind == "update_job":
            job.priority = spec.get("priority", job.priority)
        elif kind == "email":
            to = [contact["email"] for contact in account.contacts if contact["notify"]]
            if not to:
                raise No(BROKEN_RULE)  # A11
            job.mails += tuple((action.id, address) for address in to)
        elif kind == "create_job":
            if action.level == LEVELS:
                raise No(BROKEN_RULE)
            skip, action.skip, action.made_jobs = action.skip, set(), True  # M2
            action.level += 1
            child = self._make_job(spec["pipeline"], job.account, spec["pipeline"])
            try:
                self._enter(child, spec.get("stage") or next(iter(self.stages(child.pipeline))), action)
                self._go_on(child, action)
            finally:
                action.level, action.skip = action.level - 1, skip
        elif kind != "notify":  # seen only inside the firm
            raise NotImplementedError(kind)

    def _people(self, names, roles):  # T3: a role is resolved when it runs
        return frozenset().union(*(roles.get(n[5:], ()) if n.startswith("role:") else (n,) for n in names))

    def _make_job(self, name, account, pipeline, **fields):
        self.jobs.append(Job(len(self.jobs), name, account, pipeline, **fields))
        return self.jobs[-1]

    def _make_item(self, title, job, scope, action):
        self.items.append(Item(len(self.items), title, job.account, scope, action.id, job.id))
        job.items += (self.items[-1].id,)

    def _enter(self, job, stage, action):  # A2, A7, A8
        if stage not in self.stages(job.pipeline):
            raise No(REFUSED)
        job.stage, job.visit, job.action = stage, self.tick(), action.id
        self._run(self.stages(job.pipeline)[stage], job, job.visit, action)

    def linked(self, job, scope):
        return [self.items[i] for i in job.items if self.items[i].scope == scope]

    def blockers(self, job):  # L2, S8
        return [item for item in self.linked(job, self._scope(job)) if item.state == OPEN]

    def _go_on(self, job, action):  # L4, L5
        through = self.pipelines[job.pipeline].get("options", {}).get("pass_through", False)
        stages = self.pipelines[job.pipeline]["stages"]
        while job.status == ACTIVE:
            at = next(n for n, s in enumerate(stages) if s["stage"] == job.stage)
            here = self.linked(job, job.visit)
            if not stages[at].get("automove") or self.blockers(job) or not (here or through):
                return
            there = next(s["stage"] for s in stages[at + 1 :] if self.holds(s.get("when"), job))  # A5
            try:
                with self._all_or_nothing(job.account, job):
                    self._enter(job, there, action)
            except No:
                job.failures += 1  # A11: it stays
                return

    def _leave_custom(self, job, restore):  # S15
        if restore and job.kept and job.block == job.kept[1]:
            job.block = job.kept[0]
        job.kept = job.status_visit = None

    def _judge(self, job):  # L7, S8, S9
        action = self._action()
        if job.status_visit and self.linked(job, job.status_visit) and not self.blockers(job):
            self._leave_custom(job, restore=True)
            job.status, job.action = ACTIVE, action.id
        self._go_on(job, action)

    @contextmanager
    def _all_or_nothing(self, account, *touched):
        jobs, items, tags = len(self.jobs), len(self.items), self.accounts[account].tags
        kept = [(one, deepcopy(vars(one))) for one in touched]
        try:
            yield
        except No:
            self.accounts[account].tags = tags
            for one, was in kept:
                vars(one).update(was)
            del self.jobs[jobs:], self.items[items:]
            raise

    def _snapshot(self, job):
        return vars(job) | {"tags": self.accounts[job.account].tags}

    def _action(self, skip=()):
        flags = {"skip": set(skip), "level": 0, "made_jobs": False, "undone": False}
        self.actions.append(SimpleNamespace(id=len(self.actions), **flags, steps=[], settled=[]))
        return self.actions[-1]

    def add(self, accounts, pipeline, stage, name, skip=(), client_status=None, ask=True, **fields):  # C7
        told = {a["key"] for a in self.stages(pipeline)[stage].get("on_entry", ()) if "client_status" in a}
        action, made = self._action({*skip, *(() if ask else told)}), {}
        for account in accounts:
            with suppress(No), self._all_or_nothing(account):
                job = self._make_job(name, account, pipeline, **fields)
                self._enter(job, stage, action)
                job.block = job.block.laid_over(client_status or {})
                self._go_on(job, action)
                made[account] = job.id
        return Answer(OK if made else BROKEN_RULE, None, tuple(made.values()), {*accounts} - made.keys())

    def move(self, jobs, stage, bulk=False, skip=(), **how):
        to = {how.get("pipeline") or self.jobs[j].pipeline for j in jobs}
        if len(to) > 1 or (bulk and stage not in self.stages(*to)):
            return Answer(REFUSED)  # M5
        move = partial(self._move, stage=stage, **how)
        return self._command(jobs, bulk, skip, move, how.get("unfinished", ()))

    def status(self, jobs, status, bulk=False, skip=(), **how):
        return self._command(jobs, bulk, skip, lambda job, action: self._status(job, action, status, **how))

    def _command(self, jobs, bulk, skip, step, items=()):
        """One action; `step` says whether it did anything. In bulk each job is refused alone (A12)."""
        action, refused = self._action(skip), {}
        for job in (self.jobs[j] for j in jobs):
            before = self._snapshot(job)
            try:
                with self._all_or_nothing(job.account, job, *(self.items[i] for i in items)):
                    if step(job, action):
                        action.steps.append((job, before, self._snapshot(job)))
            except No as no:
                refused[job.id] = no.args[0]
        if refused and not bulk:
            return Answer(refused[jobs[0]])
        return Answer(OK, action.id if action.steps else None, (), set(refused))

    def _move(self, job, action, stage, pipeline=None, client_status=None, unfinished=None):
        if job.status == ARCHIVED:
            raise No(BROKEN_RULE)
        if (pipeline or job.pipeline, stage) == (job.pipeline, job.stage):
            return False  # M7
        if pipeline not in (None, job.pipeline):  # M8
            self._leave_custom(job, restore=False)
            job.pipeline, job.status = pipeline, COMPLETED if job.status == COMPLETED else ACTIVE
        self._settle(job, unfinished or {}, action)  # with what it brings (L6)
        self._enter(job, stage, action)
        job.block = job.block.laid_over(client_status or {})  # C6
        self._go_on(job, action)
        return True

    def _settle(self, job, unfinished, action):  # M3
        for item in [self.items[i] for i in job.items if unfinished.get(i, "keep") != "keep"]:
            finish = unfinished[item.id] == "finish"
            self._set(item, state="completed") if finish else self._unlink(item)
            action.settled.append((item, item.touched))

    def _status(self, job, action, status, client_status=None):
        customs, was = self.pipelines[job.pipeline].get("statuses", []), job.status
        custom = next((custom for custom in customs if custom["status"] == status), None)
        if status == was:
            return False
        if not custom and status not in (ACTIVE, COMPLETED, ARCHIVED):
            raise No(REFUSED)  # S4
        if was == ARCHIVED and status != ACTIVE:
            raise No(BROKEN_RULE)  # D6
        self._leave_custom(job, restore=status != ARCHIVED)
        job.status, job.action, before = status, action.id, job.block
        if custom:  # S6
            job.status_visit = self.tick()
            self._run(custom, job, job.status_visit, action)
        job.block = job.block.laid_over(client_status or {})
        if custom and custom.get("restore_client_status"):
            job.kept = (before, job.block)
        if was != ARCHIVED:  # S3
            self._go_on(job, action)
        return True

    def change(self, job, client_status=None, **fields):  # PATCH
        vars(self.jobs[job]).update(fields, block=self.jobs[job].block.laid_over(client_status or {}))

    def add_item(self, job, title, scope=None):
        self._make_item(title, self.jobs[job], self._scope(self.jobs[job], scope), self._action())

    def link(self, job, item):
        self._set(self.items[item], job=job, scope=self._scope(self.jobs[job]))
        self.jobs[job].items += (item,)

    def _scope(self, job, scope=None):
        return job.visit if job.status_visit is None or scope == "stage" else job.status_visit

    def task(self, item, state):  # completed, cancelled, or open again
        self._set(self.items[item], state=state)
        if state != OPEN and self.items[item].job is not None:  # L8: reopening moves nothing
            self._judge(self.jobs[self.items[item].job])

    def unlink(self, job, item):
        self._unlink(self.items[item])  # L9
        self._judge(self.jobs[job])

    def _set(self, item, **values):
        vars(item).update(values, touched=item.touched + 1)

    def _unlink(self, item):
        self.jobs[item.job].items = tuple(i for i in self.jobs[item.job].items if i != item.id)
        self._set(item, job=None)

    def undo(self, action):  # M9, D9
        done = self.actions[action]
        if done.undone or not done.steps or any(step[0].action != action for step in done.steps):
            return Answer(BROKEN_RULE)
        done.undone = True
        for job, before, after in reversed(done.steps):
            for one, name in ((self.accounts[job.account], "tags"), (job, "assignees")):
                was, became = before[name], after[name]
                setattr(one, name, (getattr(one, name) - (became - was)) | (was - became))
            back = ["pipeline", "stage", "visit", "status", "status_visit", "kept", "action"]
            back += [name for name in ("block", "priority") if getattr(job, name) == after[name]]
            vars(job).update({name: before[name] for name in back})
            job.mails = tuple(mail for mail in job.mails if mail[0] != action)
            for item in (i for i in self.items if i.job == job.id and i.made_by == action and not i.touched):
                item.job = None
            for item, touched in done.settled:
                if item.touched == touched and item.id in before["items"]:
                    item.state, item.job = OPEN, job.id
            job.items = tuple(i.id for i in self.items if i.job == job.id)

    def see_job(self, job):
        one, block = self.jobs[job], self.jobs[job].block
        told = self.client_statuses.get(block.status, {"name": "", "description": "", "turn": ""})
        text = told["description"] if block.override is None else block.override
        seen = {k: getattr(one, k) for k in ("account", "name", "pipeline", "stage", "status", "priority")}
        client = {"shown": block.shown, "status": told["name"], "turn": told["turn"], "description": text}
        seen["client"] = client | {"job_name": block.job_name or one.name}
        seen["assignees"], rests = sorted(one.assignees), one.status in (COMPLETED, ARCHIVED)
        seen["items"] = sorted((self.items[i].title, self.items[i].state) for i in one.items)
        return seen | {"blockers": None if rests else sorted(i.title for i in self.blockers(one))}

    def see_portal(self, account):  # C9
        mine = [j.id for j in self.jobs if j.account == account and j.block.shown and j.status != ARCHIVED]
        told = [self.see_job(j)["client"] for j in mine]
        return sorted(tuple(sorted((k, v) for k, v in t.items() if k != "shown")) for t in told)
