"""Killed at random, with -9: nothing that was acknowledged is lost, nothing happens twice.

CLEARSTAGE_KILLS  how many processes are killed (3)
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.running import clearstage, end, free_port, kill, start, wait_until_it_answers

from .firm import Installation, fill, installation

pytestmark = pytest.mark.chaos
JOBS, CLIENTS, PATIENCE = 12, 3, 90


class Client(threading.Thread):
    """Moves its jobs to and fro, each move under a key of its own, repeated until it is acknowledged."""

    def __init__(self, of: Installation, url: str, jobs: list[str]) -> None:
        super().__init__(daemon=True)
        self.of, self.url, self.jobs = of, url, jobs
        self.acknowledged: Counter[str] = Counter()
        self.entered: Counter[str] = Counter()
        self.stands: dict[str, str] = dict.fromkeys(jobs, "Documents")
        self.repeated = 0
        self.stop = threading.Event()
        self.trouble = ""

    def run(self) -> None:
        while not self.stop.is_set():
            for job in self.jobs:
                stage = "Documents" if self.stands[job] == "Preparation" else "Preparation"
                if not self.move(job, stage):
                    return
                if self.stop.is_set():
                    return

    def move(self, job: str, stage: str) -> bool:
        key = uuid4().hex
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with self.of.client(self.url) as client:
                    answer = client.post(
                        f"/jobs/{job}/move", json={"stage": stage}, headers={"Idempotency-Key": key}
                    )
            except httpx.TransportError:
                self.repeated += 1
                time.sleep(0.05)
                continue
            if answer.status_code != 200:
                self.trouble = f"{answer.status_code} {answer.text}"
                return False
            self.acknowledged[job] += 1
            self.entered[job] += stage == "Preparation"
            self.stands[job] = stage
            return True
        self.trouble = f"no answer for {PATIENCE} s"
        return False


def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kills = int(os.environ.get("CLEARSTAGE_KILLS", "3"))
    chance = random.Random(kills)
    log = tmp_path / "servers.log"
    with installation(tmp_path) as of:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        words = {"web": ("web", "--host", "127.0.0.1", "--port", str(port)), "worker": ("worker",)}
        running = {name: start(*each, env=of.env, log=log) for name, each in words.items()}
        try:
            wait_until_it_answers(running["web"], url, of.token, log)
            with of.client(url) as client:
                fill(of, client, JOBS)
            clients = [Client(of, url, of.jobs[number::CLIENTS]) for number in range(CLIENTS)]
            for each in clients:
                each.start()
            for _ in range(kills):
                time.sleep(chance.uniform(0.1, 0.8))
                name = chance.choice(["web", "web", "worker"])
                kill(running[name])
                running[name] = start(*words[name], env=of.env, log=log)
                if name == "web":
                    wait_until_it_answers(running["web"], url, of.token, log)
            for each in clients:
                each.stop.set()
            for each in clients:
                each.join(PATIENCE)
            assert [each.trouble for each in clients if each.trouble] == []
            check(of, url, clients)
        finally:
            for process in running.values():
                end(process)
        clearstage("verify", env=of.env)  # which ends with an error where the chain does not hold
        with capsys.disabled():
            repeated = sum(each.repeated for each in clients)
            moves = sum(sum(each.acknowledged.values()) for each in clients)
            print(f"\n{kills} kills, {moves} acknowledged moves, {repeated} repeated requests")


def check(of: Installation, url: str, clients: list[Client]) -> None:
    """What stands in the database is what was acknowledged, once each."""
    with of.client(url) as client:
        entered = 0
        for each in clients:
            for job in each.jobs:
                found = client.get(f"/jobs/{job}").json()
                assert found["stage"]["name"] == each.stands[job]
                moved = [
                    event for event in pages(client, f"/jobs/{job}/events") if event["kind"] == "job_moved"
                ]
                assert len(moved) == each.acknowledged[job]
                assert len(pages(client, "/items", job=job)) == each.entered[job]
                entered += each.entered[job]
        deliveries = all_sent(client, entered)
    assert len({each["key"] for each in deliveries}) == len(deliveries) == entered
    assert sorted(of.mails()) == sorted(each["key"] for each in deliveries)


def pages(client: httpx.Client, path: str, **params: str) -> list[dict]:
    found: list[dict] = []
    cursor: str | None = ""
    while cursor is not None:
        more = {"cursor": cursor} if cursor else {}
        page = client.get(path, params={"limit": 200, **params, **more}).json()
        found += page["results"]
        cursor = page["next"]
    return found


def all_sent(client: httpx.Client, wanted: int) -> list[dict]:
    """Every message, once the worker has caught up; a killed worker's lease must run out first."""
    until = time.monotonic() + 240
    while True:
        found = pages(client, "/deliveries")
        if len(found) >= wanted and all(each["state"] == "sent" for each in found):
            return found
        assert time.monotonic() < until, Counter(each["state"] for each in found)
        time.sleep(0.5)
