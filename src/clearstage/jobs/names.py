"""Names of the firm's things inside of what jobs keep: pipelines and templates. They follow what is renamed."""

from __future__ import annotations

from clearstage.kernel.actor import Actor

from .operations.pipelines import rename_in_documents
from .operations.pipelines import used_in as used_in_documents
from .templates import rename_in_templates, templates_naming


def follow_rename(actor: Actor, noun: str, old: str, new: str) -> None:
    """Have pipelines (as a new revision, A9) and templates name `new` instead of `old`; part of what renames."""
    if old != new:
        rename_in_documents(noun, old, new, actor=actor)
        rename_in_templates(noun, old, new)


def places_naming(actor: Actor, noun: str, name: str) -> list[str]:
    """Where it is named, in words: “Tax return · Documents”, “job template “Tax return””.

    Places in pipelines that are not open to the actor are counted and not named (X4).
    """
    return [*used_in_documents(actor, noun, name), *templates_naming(noun, name)]
