"""Eight people at once, on whatever database: everybody is served, nobody meets a locked database."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.running import web

from .firm import Installation, fill, installation

pytestmark = pytest.mark.chaos
WRITERS, MOVES = 8, 30


def write(of: Installation, url: str, own: str, shared: str, answers: Counter[int]) -> None:
    stages = ("Preparation", "Documents")
    with of.client(url) as client:
        for number in range(MOVES):
            job = shared if number % 5 == 4 else own
            answer = client.post(f"/jobs/{job}/move", json={"stage": stages[number % 2]})
            answers[answer.status_code] += 1


def test_eight_writers_at_once_are_all_served(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    answers: Counter[int] = Counter()
    with installation(tmp_path) as of, web(of.env, log, of.token) as url:
        with of.client(url) as client:
            fill(of, client, WRITERS + 1)
        own, shared = of.jobs[:-1], of.jobs[-1]
        threads = [threading.Thread(target=write, args=(of, url, job, shared, answers)) for job in own]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == {200: WRITERS * MOVES}
    assert "locked" not in log.read_text()
