"""The part of *Check* that looks up what a document names: people, tags, templates, statuses, shortcodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from django.utils.translation import gettext as _t

from clearstage.engine import shortcodes
from clearstage.engine.conditions import tag_key, tags_named

from .check import Checking
from .document import AutomationDocument
from .document_errors import near
from .kinds import Settings, later_kinds
from .reading import Path
from .templates import template_kinds

# What a template of a kind must say where the automation itself does not.
WORDS = {"email": ("subject", "text"), "message": ("subject", "text"), "task": ("title",)}


def check_names(checking: Checking) -> None:
    """Add what is named and not there, or there in another way."""
    for path, automation in checking.document.automations():
        settings = automation.typed
        if settings is None:
            _not_available(checking, path, automation)
            continue
        for place, noun, name in named(path, automation, settings):
            _CHECKS.get(noun.partition(":")[0], _nothing)(checking, place, noun, name)
        if checking.known.complete:
            _check_words(checking, path, automation)
    if checking.known.complete:
        _check_tags(checking)
        _check_members(checking)
        _check_differing_statuses(checking)


def named(path: Path, automation: AutomationDocument, settings: Settings) -> Iterator[tuple[Path, str, str]]:
    """(place, noun, name) of everything an automation names."""
    for place, noun, name in type(settings).named_in(settings.stored()):
        yield (*path, automation.kind, *place), noun, name


def _not_available(checking: Checking, path: Path, automation: AutomationDocument) -> None:
    assert automation.kind in later_kinds()
    checking.error(
        "kind-not-available",
        (*path, automation.kind),
        _t("“{kind}” is not available in this version; a job cannot come here while it is on.").format(
            kind=automation.kind
        ),
        _t("Take it away or set “enabled: false” until the version that brings it."),
    )


def meant(name: str, known: Iterable[str], otherwise: str) -> str:
    found = near(name, known)
    return _t("Did you mean “{name}”?").format(name=found) if found else otherwise


def _nothing(checking: Checking, place: Path, noun: str, name: str) -> None:
    pass


def _template(checking: Checking, place: Path, noun: str, name: str) -> None:
    kind = noun.partition(":")[2]
    if not checking.known.complete:
        return
    if (kind, name.casefold()) in checking.known.templates:
        _statuses_of_template(checking, place, kind, name)
        return
    names = [
        each for (of_kind, _folded), (each, _body) in checking.known.templates.items() if of_kind == kind
    ]
    checking.error(
        "unknown-template",
        place,
        _t("There is no {kind} template “{name}”.").format(kind=kind, name=name),
        meant(name, names, _t("Make the template, or name another.")),
    )


def _custom_status(checking: Checking, place: Path, noun: str, name: str) -> None:
    known = [each.status for each in checking.document.statuses]
    if name.strip().casefold() not in {each.casefold() for each in known}:
        checking.error(
            "unknown-status",
            place,
            _t("This pipeline has no custom status “{name}”.").format(name=name),
            meant(name, known, _t("Add the status below, or name another.")),
        )


def _statuses_of_template(checking: Checking, place: Path, kind: str, name: str) -> None:
    """A template is for many pipelines; the custom statuses it names have to be there in each that uses it."""
    _name, body = checking.known.templates[kind, name.casefold()]
    of_kind = template_kinds().get(kind)
    for _where, noun, named in of_kind.named_in(body) if of_kind else ():
        if noun == "custom_status":
            _custom_status(checking, place, noun, named)


def _person(checking: Checking, place: Path, noun: str, name: str) -> None:
    """Where one person is needed an unknown one is an error; in a list it only leads to nobody (T3)."""
    known, tell = checking.known, checking.warn if isinstance(place[-1], int) else checking.error
    if name.startswith("role:"):
        role = name[5:].strip()
        if known.complete and role.casefold() not in known.roles:
            remedy = meant(role, known.roles.values(), _t("Add the role to the firm's list."))
            tell("unknown-role", place, _t("There is no role “{name}”.").format(name=role), remedy)
    elif "@" not in name:
        message = _t("“{name}” is neither a member's e-mail address nor a role.").format(name=name)
        tell("unknown-member", place, message, _t("Write the address, or “role:{name}”.").format(name=name))
    elif known.complete and not known.members.get(name.casefold()):
        message = (
            _t("{email} is no active member.")
            if name.casefold() in known.members
            else _t("There is no member {email}.")
        )
        remedy = meant(name, known.members, _t("Invite the member, or name somebody else or a role."))
        tell("unknown-member", place, message.format(email=name), remedy)


def _client_status(checking: Checking, place: Path, noun: str, name: str) -> None:
    declared = {each.name.casefold(): each.name for each in checking.document.client_statuses}
    known = {folded: each.name for folded, each in checking.known.client_statuses.items()} | declared
    if name.casefold() in known or not checking.known.complete:
        return
    checking.error(
        "unknown-client-status",
        place,
        _t("There is no client-facing status “{name}”.").format(name=name),
        meant(name, known.values(), _t("Add it to client_statuses above, with whose turn it is.")),
    )


def _text(checking: Checking, place: Path, noun: str, text: str) -> None:
    for code in dict.fromkeys(shortcodes.unknown_in(text)):
        checking.warn(
            "unknown-shortcode",
            place,
            _t("[{code}] stands for nothing and is left as it is.").format(code=code),
            meant(code, shortcodes.NAMES, _t("See the list of shortcodes.")),
        )


_CHECKS: Mapping[str, Callable[[Checking, Path, str, str], None]] = {
    "template": _template,
    "person": _person,
    "client_status": _client_status,
    "custom_status": _custom_status,
    "text": _text,
}


def _check_words(checking: Checking, path: Path, automation: AutomationDocument) -> None:
    template = automation.settings.get("template")
    kept = checking.known.templates.get((automation.kind, str(template).casefold()))
    if template is None or kept is None:
        return
    name, body = kept
    missing = [
        each
        for each in WORDS.get(automation.kind, ())
        if not (automation.settings.get(each) or body.get(each))
    ]
    if missing:
        checking.error(
            f"{automation.kind}-without-words",
            (*path, automation.kind),
            _t("The template “{name}” has no {missing}.").format(name=name, missing=", ".join(missing)),
            _t("Complete the template, or write it here."),
        )


def _check_tags(checking: Checking) -> None:
    """Each tag once: it is made when the document is saved, and a slip of the pen would be too."""
    told: set[str] = set()
    for place, name in _tags_in(checking):
        if tag_key(name) in checking.known.tags or tag_key(name) in told:
            continue
        told.add(tag_key(name))
        checking.warn(
            "unknown-tag",
            place,
            _t("There is no tag “{name}” yet.").format(name=name),
            meant(name, checking.known.tags.values(), _t("It is made when this is saved.")),
        )


def _tags_in(checking: Checking) -> Iterator[tuple[Path, str]]:
    for path, when in checking.document.conditions():
        for name in sorted(tags_named(when)):
            yield path, name
    for path, automation in checking.document.automations():
        if settings := automation.typed:
            yield from (
                (place, name) for place, noun, name in named(path, automation, settings) if noun == "tag"
            )


def _check_members(checking: Checking) -> None:
    if not checking.document.for_everyone:
        for position, email in enumerate(checking.document.available_to):
            if email.casefold() not in checking.known.members:
                message = _t("There is no member {email}.").format(email=email)
                remedy = meant(email, checking.known.members, _t("Invite the member first."))
                checking.error("unknown-member", ("available_to", position), message, remedy)


def _check_differing_statuses(checking: Checking) -> None:
    for position, entry in enumerate(checking.document.client_statuses):
        present = checking.known.client_statuses.get(entry.name.casefold())
        mine = {**entry.model_dump(exclude={"name"}), "translations": entry.texts()}
        said = [name for name in mine if name in entry.model_fields_set]
        differing = [name for name in said if present and mine[name] != getattr(present, name)]
        if differing:
            checking.warn(
                "client-status-differs",
                ("client_statuses", position),
                _t("“{name}” is in the firm's list with another {differing}; that stays as it is.").format(
                    name=entry.name, differing=", ".join(differing)
                ),
                _t("Change it in the firm's list, or write it here as it is there."),
            )
