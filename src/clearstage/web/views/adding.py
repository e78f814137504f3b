"""Adding jobs (M10, C7): for one account or many, with the plan of the stage they enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clearstage.clients.models import Account
from clearstage.firm.queries import members_list
from clearstage.jobs.models import Automation, ClientStatus, Job, Pipeline, Stage, Template
from clearstage.jobs.operations.adding import Added, NewJobs, add_jobs, preview_adding
from clearstage.jobs.operations.command import Expected
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound, PlanChanged, Refused

from ..access import MemberRequest, member_page, render_dialog
from .asking import asked, day, finished, fresh_key, number, numbers, once, words
from .moving import came_from
from .plans import Decided, Shown, decided, shown

FOUND_AT_ONCE = 8


@dataclass
class Adding:
    """The form as it stands: what is chosen, and what there is to choose from."""

    ask: QueryDict
    accounts: list[Account]
    pipelines: list[Pipeline]
    pipeline: Pipeline | None
    stages: list[Stage]
    stage: Stage | None
    templates: list[Template]
    template: Template | None
    choice: Decided

    @property
    def request(self) -> NewJobs | None:
        """What to add, or None while too little is chosen."""
        if not self.accounts or self.pipeline is None:
            return None
        return NewJobs(
            [account.pk for account in self.accounts],
            self.pipeline.pk,
            self.stage.pk if self.stage else None,
            self.template.name if self.template else None,
            typed_values(self.ask),
            self.choice.choices,
            {"stage": True, "template": False}.get(self.ask.get("client_from", "")),
        )

    @property
    def target(self) -> Stage | None:
        """The stage they will enter: chosen, the template's, or the first."""
        named = (self.template.body.get("stage") or "") if self.template else ""
        wanted = next((each for each in self.stages if each.name.casefold() == named.casefold()), None)
        return self.stage or wanted or (self.stages[0] if self.stages else None)

    @property
    def asks_client_from(self) -> bool:
        """C7: both the template and the stage say what the client is told, so the person is asked which counts."""
        if self.template is None or not self.template.body.get("client_status") or self.target is None:
            return False
        return Automation.objects.filter(stage=self.target, kind="client_status", enabled=True).exists()

    @property
    def usual_name(self) -> str:
        """What the jobs are called where nothing is typed."""
        named = str(self.template.body.get("name") or "") if self.template else ""
        return named or (self.pipeline.name if self.pipeline else "")

    @property
    def client_from(self) -> str:
        return "template" if self.ask.get("client_from") == "template" else "stage"

    @property
    def values(self) -> dict[str, str]:
        return {name: self.ask.get(name, "") for name in ("name", "priority", "due", "start")}


def typed_values(ask: QueryDict) -> dict[str, Any]:
    """What was typed over what the template and the pipeline give; left empty, theirs counts (M10)."""
    values: dict[str, Any] = {}
    if name := words(ask, "name"):
        values["name"] = name
    if priority := ask.get("priority"):
        if priority not in dict(Job.PRIORITIES):
            raise Invalid([("priority", _("There is no such priority."))])
        values["priority"] = priority
    values |= {name: moment for name in ("start", "due") if (moment := day(ask, name)) is not None}
    if members := numbers(ask, "member"):
        values["assignees"] = list(
            members_list(inactive=False).filter(pk__in=members).values_list("pk", flat=True)
        )
    return values


def read(actor: Actor, ask: QueryDict) -> Adding:
    picked = [each for each in numbers(ask, "account") if each != number(ask.get("drop"))]
    picked += [each for each in numbers(ask, "pick") if each not in picked]
    order = {pk: position for position, pk in enumerate(picked)}
    accounts = sorted(
        Account.objects.visible_to(actor).filter(pk__in=picked), key=lambda account: order[account.pk]
    )
    pipelines = list(Pipeline.objects.visible_to(actor))
    wanted = number(ask.get("pipeline")) or (pipelines[0].pk if len(pipelines) == 1 else None)
    pipeline = next((each for each in pipelines if each.pk == wanted), None)
    if wanted and pipeline is None:
        raise NotFound
    stages = list(pipeline.stages.all()) if pipeline else []
    of_kind = Template.objects.filter(kind="job")
    templates = [
        each
        for each in of_kind
        if pipeline and each.body.get("pipeline", pipeline.name).casefold() == pipeline.name.casefold()
    ]
    return Adding(
        ask,
        accounts,
        pipelines,
        pipeline,
        stages,
        next((each for each in stages if each.pk == number(ask.get("stage"))), None),
        templates,
        next((each for each in templates if each.pk == number(ask.get("template"))), None),
        decided(ask),
    )


@member_page
def add(request: MemberRequest, actor: Actor) -> HttpResponse:
    """The form with its plan; done only where the form says which plan it has shown."""
    ask = asked(request)
    adding = read(actor, ask)
    if request.method != "POST" or "show" in ask or not ask.get("expect"):
        return adding_dialog(request, actor, adding)
    wanted = adding.request
    if wanted is None:
        raise Refused([_("Choose at least one client and a pipeline.")])
    try:
        answer = once(
            request, actor, lambda: _added(add_jobs(actor, wanted, Expected(digest=ask.get("expect"))))
        )
    except PlanChanged as changed:
        return adding_dialog(request, actor, adding, status=409, message=str(changed))
    undo = reverse("undo", args=[answer["action"]]) if answer["action"] else ""
    return finished(request, answer["text"], undo=undo)


def _added(added: Added) -> dict[str, Any]:
    n, left = len(added.plan.going), len(added.plan.refused) + len(added.missing)
    text = ngettext("%(n)s job added", "%(n)s jobs added", n) % {"n": n}
    if left:
        text += " · " + ngettext("%(n)s could not be added", "%(n)s could not be added", left) % {"n": left}
    return {"action": added.action, "text": text}


def adding_dialog(
    request: MemberRequest, actor: Actor, adding: Adding, *, status: int = 200, message: str = ""
) -> HttpResponse:
    plan, problems = planned(actor, adding)
    part = request.headers.get("HX-Target", "")
    context: dict[str, Any] = {
        "adding": adding, "plan": plan, "problems": problems, "message": message, "choice": adding.choice,
        "priorities": Job.PRIORITIES, "key": fresh_key(), "back": came_from(request), "part": part == "plan",
        "found": found_accounts(actor, adding), "searched": adding.ask.get("find", ""),
    }  # fmt: skip
    if part == "plan":
        return render_dialog(request, "web/board/add_part.html", context, status=status)
    context["members"] = members_list(inactive=False)
    context["chosen_members"] = set(numbers(adding.ask, "member"))
    return render_dialog(request, "web/board/add.html", context, status=status)


def planned(actor: Actor, adding: Adding) -> tuple[Shown | None, list[str]]:
    """The plan, or why there is none yet."""
    wanted = adding.request
    if wanted is None:
        return None, []
    try:
        outcome = preview_adding(actor, wanted)
    except Refused as refused:
        return None, refused.problems
    plan = shown(outcome, adding.choice, [], list(ClientStatus.objects.filter(deleted_at=None)))
    plan.expect = outcome.plan.digest
    return plan, []


def found_accounts(actor: Actor, adding: Adding) -> list[Account]:
    """Clients by any part of their name or by their number, without those that are chosen."""
    text = words(adding.ask, "find")
    accounts = Account.objects.visible_to(actor).exclude(pk__in=[account.pk for account in adding.accounts])
    if text:
        accounts = accounts.filter(Q(name__icontains=text) | Q(number__iexact=text))
    return list(accounts.order_by("name")[:FOUND_AT_ONCE])


@require_safe
@member_page
def accounts(request: MemberRequest, actor: Actor) -> HttpResponse:
    """The search for clients within the form, and the clients chosen so far."""
    adding = read(actor, request.GET)
    context = {
        "adding": adding,
        "found": found_accounts(actor, adding),
        "searched": request.GET.get("find", ""),
    }
    results = request.headers.get("HX-Target") == "found-accounts"
    return render_dialog(
        request, "web/board/add_found.html" if results else "web/board/add_accounts.html", context
    )
