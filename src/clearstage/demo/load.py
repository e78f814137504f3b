"""Loading the demo firm: all of it or nothing, once."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _t

from clearstage.events.chain import seal_events
from clearstage.firm.queries import the_firm_row, the_owner
from clearstage.kernel import clock
from clearstage.kernel.errors import Refused

from . import sign_ins
from .history import History
from .setting_up import set_up, told
from .stories import think_of_stories
from .working_time import WorkingTime

SEED = 1886
MAIL_FOLDER = "clearstage.outbox.mail_folder.MailFolder"
logger = logging.getLogger(__name__)


def load_demo(folder: Path, base_url: str) -> list[dict[str, Any]]:
    """Make the demo firm with its ninety days; answers the sign-ins, as they are kept in `demo-signins.json`.

    A second call changes nothing and answers what the first has kept. Raises `Refused` where there is another firm.
    """
    firm = the_firm_row()
    if firm is not None:
        kept = sign_ins.read(folder)
        if kept and any(each.get("email") == the_owner().email for each in kept):
            return kept
        raise Refused(
            [_t("There is the firm “{firm}” already, so no demo firm was loaded.").format(firm=firm.name)]
        )
    with _without_tidying(), _mail_into(folder / "mail"), translation.override("en"), transaction.atomic():
        people = _make(base_url)
        while seal_events(look_back=None):
            pass
        return sign_ins.write(folder, people)


def _make(base_url: str) -> list[sign_ins.SignIn]:
    rng = Random(SEED)
    time = WorkingTime(clock.now(), told("firm")["timezone"], rng)
    demo = set_up(time, base_url.rstrip("/"))
    history = History(demo, time, rng)
    history.live(think_of_stories(demo, time, rng))
    for problem in history.refused:
        logger.warning("the demo's past could not be lived as planned: %s", problem)
    return demo.sign_ins


@contextmanager
def _without_tidying() -> Iterator[None]:
    """Looking for garbage over and over while thousands of operations run takes a sixth of the time, for little."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _mail_into(folder: Path) -> Iterator[None]:
    """The past sends nothing to anybody: where a mail server is set, its e-mails are written into a folder instead."""
    if settings.EMAIL_BACKEND == MAIL_FOLDER:
        yield
        return
    kept = settings.EMAIL_BACKEND, getattr(settings, "EMAIL_FILE_PATH", None)
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = MAIL_FOLDER, str(folder)
    try:
        yield
    finally:
        settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = kept
