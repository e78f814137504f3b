"""What `up` says before it is ready: the demo's sign-ins, or how a new installation is set up."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from clearstage.kernel.errors import Refused

SIGN_INS = "demo-signins.json"
COLUMNS = ("role", "email", "password", "url")


def welcome(demo: bool) -> list[str]:
    """Lines to print. Loads the demo firm into an empty database where that was asked for."""
    from django.conf import settings

    from clearstage.firm.queries import the_firm_row
    from clearstage.firm.setup_link import forget, make_setup_link

    firm = the_firm_row()
    if firm is None and not demo:
        return [
            "Nothing is set up yet. To begin, open this link; it works once:",
            f"  {make_setup_link()}",
            "",
        ]
    forget()
    kept = Path(settings.DATA) / SIGN_INS
    if firm is None:
        print("Loading the demo firm …", flush=True)
        sign_ins = import_module("clearstage.demo.load").load_demo(Path(settings.DATA), settings.BASE_URL)
    elif kept.exists():
        sign_ins = at_this_address(kept, settings.BASE_URL)
    elif demo:
        return [f"This data folder holds the firm “{firm.name}” already, so no demo firm was loaded.", ""]
    else:
        return []
    return ["Sign-ins of the demo firm:", *table(sign_ins), ""]


def at_this_address(kept: Path, base_url: str) -> list[dict[str, Any]]:
    """The sign-ins as they were kept, with the address of this start, in the file as well."""
    try:
        text = kept.read_text()
        sign_ins: list[dict[str, Any]] = json.loads(text)
        base = urlsplit(base_url)
        for each in sign_ins:
            each["url"] = urlunsplit(urlsplit(each["url"])._replace(scheme=base.scheme, netloc=base.netloc))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refused(
            [f"The file {kept} cannot be read as sign-ins; move it away to start without them."]
        ) from None
    fresh = json.dumps(sign_ins, indent=2, ensure_ascii=False)
    if json.loads(text) != sign_ins:
        partial = kept.with_name(f".{kept.name}.{os.getpid()}")
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(fresh + "\n")
        partial.replace(kept)
    return sign_ins


def table(sign_ins: Sequence[dict[str, Any]]) -> list[str]:
    """Aligned columns; the key for an authenticator stands there where one is needed."""
    columns = [*COLUMNS, *(["totp_secret"] if any(each.get("totp_secret") for each in sign_ins) else [])]
    rows = [[str(each.get(column) or "") for column in columns] for each in sign_ins]
    head = ["role", "e-mail", "password", "address", "authenticator key"][: len(columns)]
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(columns))]
    return [
        "  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    ]
