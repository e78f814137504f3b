"""What the buttons of the questionnaire editor do to a draft: add, move and take away; nothing is saved by them."""

from __future__ import annotations

from collections.abc import Callable

from .organizer_draft import Draft, QuestionDraft, RuleDraft, SectionDraft


def press(draft: Draft, button: str) -> None:
    """`add-question:0`, `up-question:0.2`, `drop-rule:0.2.1`, …; a button that is not there does nothing."""
    what, _colon, where = button.partition(":")
    places = [int(each) for each in where.split(".") if each.isascii() and each.isdigit() and len(each) < 6]
    action = _ACTIONS.get(what)
    if action is not None:
        try:
            action(draft, *places)
        except (IndexError, TypeError):
            return
    draft.number()


def _add_section(draft: Draft) -> None:
    draft.sections.append(SectionDraft(questions=[QuestionDraft(new=True)]))


def _add_question(draft: Draft, section: int) -> None:
    draft.sections[section].questions.append(QuestionDraft(new=True))


def _add_rule(draft: Draft, section: int, question: int) -> None:
    draft.sections[section].questions[question].rules.append(RuleDraft())


def _drop_section(draft: Draft, section: int) -> None:
    for each in draft.sections.pop(section).questions:
        _forget(draft, each)


def _drop_question(draft: Draft, section: int, question: int) -> None:
    _forget(draft, draft.sections[section].questions.pop(question))


def _drop_rule(draft: Draft, section: int, question: int, rule: int) -> None:
    draft.sections[section].questions[question].rules.pop(rule)


def _forget(draft: Draft, gone: QuestionDraft) -> None:
    """What was shown on a condition of a question that is gone is shown always."""
    for each in draft.questions():
        if each.condition is gone:
            each.condition = None


def _move_section(draft: Draft, section: int, by: int) -> None:
    if 0 <= section + by < len(draft.sections):
        draft.sections.insert(section + by, draft.sections.pop(section))


def _move_question(draft: Draft, section: int, question: int, by: int) -> None:
    """Past the edge of a section it goes on into the next one."""
    questions = draft.sections[section].questions
    if 0 <= question + by < len(questions):
        questions.insert(question + by, questions.pop(question))
    elif 0 <= section + by < len(draft.sections):
        other = draft.sections[section + by].questions
        other.insert(0 if by > 0 else len(other), questions.pop(question))


_ACTIONS: dict[str, Callable[..., None]] = {
    "add-section": _add_section,
    "add-question": _add_question,
    "add-rule": _add_rule,
    "drop-section": _drop_section,
    "drop-question": _drop_question,
    "drop-rule": _drop_rule,
    "up-section": lambda draft, section: _move_section(draft, section, -1),
    "down-section": lambda draft, section: _move_section(draft, section, 1),
    "up-question": lambda draft, section, question: _move_question(draft, section, question, -1),
    "down-question": lambda draft, section, question: _move_question(draft, section, question, 1),
}
