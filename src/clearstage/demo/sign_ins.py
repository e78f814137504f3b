"""The demo's sign-ins: passwords that can be typed from a screen, and the file that keeps them."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FILE = "demo-signins.json"
_WORDS = tuple(
    """
    acorn amber anchor apple april arbor aspen atlas autumn badger bamboo basil beacon berry birch bloom bonnet branch
    breeze bridge brook butter button cabin candle canoe canyon carrot castle cedar chalk cherry clover coast cobalt
    comet copper coral cotton cricket crystal daisy dapple desert dolphin drift eagle ember fable falcon feather fern
    fiddle field flint forest fossil garden garnet ginger glacier granite harbor hazel heron honey indigo island ivory
    jasmine juniper kettle lagoon lantern laurel lemon lilac linen lotus maple marble meadow melon mint mosaic nectar
    nutmeg oasis olive opal orchard otter oyster pebble pepper pine plum poppy prairie quartz quill raven reed ribbon
    river robin saddle saffron sage sandal silver sparrow spruce summit sunset teapot thistle timber topaz tulip velvet
    violet walnut willow winter zephyr
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class SignIn:
    role: str
    name: str
    email: str
    password: str
    url: str
    totp_secret: str | None = None


def new_password() -> str:
    """Three words and a number, by chance: long enough to be safe, short enough to be typed."""
    words = [secrets.choice(_WORDS) for _ in range(3)]
    return "-".join([*words, str(1000 + secrets.randbelow(9000))])


def write(folder: Path, sign_ins: list[SignIn]) -> list[dict[str, Any]]:
    """Keep them where nobody else can read them; answers what was written."""
    kept = [asdict(each) for each in sign_ins]
    partial = folder / f".{FILE}.{os.getpid()}"
    with os.fdopen(
        os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    partial.replace(folder / FILE)
    return kept


def read(folder: Path) -> list[dict[str, Any]] | None:
    """What an earlier load has kept, or None."""
    try:
        kept: list[dict[str, Any]] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept
