"""Runs every measurement and prints the table. Medians; milliseconds unless the name says otherwise."""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import sys
from pathlib import Path

LABELS = {
    "bulk_move_over_floor": "bulk move of {jobs} jobs × 5 automations, times the floor",
    "moves_per_second": "jobs moved per second, in bulk",
    "floor_moves_per_second": "the same rows by hand-made SQL, jobs per second",
    "single_moves_per_second": "single moves per second, each in its own transaction",
    "board_ms_200": "board with 200 jobs, ms",
    "board_ms_2000": "board with 2,000 jobs, ms",
    "board_ms_20000": "board with 20,000 jobs, ms",
    "board_20000_over_200": "board with 20,000 jobs, times the one with 200",
    "portal_home_ms": "portal home with 40 jobs, ms",
    "api_move_ms": "one move through the API, ms",
    "peak_mb": "peak memory of the measuring process, MB",
}


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--json")
    args = parser.parse_args(words)
    figures = measure(args.jobs)
    for name, value in figures.items():
        print(f"{value:>12,.2f}  {LABELS[name].format(jobs=args.jobs)}")
    if args.json:
        Path(args.json).write_text(json.dumps({"figures": figures}, indent=1) + "\n")
    return 0


def measure(jobs: int) -> dict[str, float]:
    """All figures, by the names that `--json` writes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clearstage.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from . import firm, moves, screens

    scene = firm.build(jobs)
    gc.collect()
    gc.freeze()
    figures = moves.measure(scene) | screens.measure(scene)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures["peak_mb"] = peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return {name: round(figures[name], 3) for name in LABELS}


if __name__ == "__main__":
    sys.exit(main())
