"""Measure looking up 300 template tags over 55 images, in a registry that takes 100 ms to answer.

`python -m benchmarks.look_ups`. The registry is the real one that the tests use, behind a proxy that waits, both in a
process of their own. In turn: one tag after another, one name after another, all at once as pin-versions does, and the
slowest name alone.
"""

import datetime
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path

from assets_actions.registries.http import Http
from assets_actions.registries.look_up import Age, LookUp
from assets_actions.rules.policy import Images, Packages
from assets_actions.templates.tags import ImageTag
from tests.registries.proxy import Proxy
from tests.registries.registry import running

NAMES, TAGS, LATENCY, ROUNDS = 55, 300, 0.1, 2
IMAGES = [f"team/image{number}" for number in range(NAMES)]


def serve(line: Connection) -> None:
    """Serve the images; tell the host, then, each time it is asked, how many requests came since."""
    with tempfile.TemporaryDirectory() as place, running(Path(place)) as registry:
        for name in IMAGES:
            registry.push(name, "latest", "20260101.v1", content=name)
            registry.push(name, *(f"2025{number:04}.v1" for number in range(10)), content=f"{name} before")
        with Proxy(registry.host, latency=LATENCY) as proxy:
            line.send(proxy.host)
            while line.recv():
                line.send(len(proxy.requests))
                proxy.requests.clear()


def look_up(host: str, wanted: Iterable[ImageTag]) -> float:
    """Seconds that one run of look-ups takes."""
    age = Age(datetime.datetime.now(tz=datetime.UTC))
    start = time.perf_counter()
    found = LookUp(Http(), Images(hosts=[host]), Packages(), age).resolve(list(wanted))
    if found.failures:
        raise RuntimeError(str(found.failures))
    return time.perf_counter() - start


def main() -> None:
    """Measure, and print a table in Markdown."""
    line, other = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(other,))
    server.start()
    host = line.recv()
    tags = [ImageTag(f"{host}/{IMAGES[number % NAMES]}", None) for number in range(TAGS)]
    names = tags[:NAMES]
    ways: dict[str, Callable[[], float]] = {
        "one tag after another": lambda: sum(look_up(host, [tag]) for tag in tags),
        "one name after another": lambda: sum(look_up(host, [tag]) for tag in names),
        "all at once, as pin-versions does": lambda: look_up(host, tags),
        "the slowest name alone": lambda: max(look_up(host, [tag]) for tag in names),
    }
    figures: dict[str, list[float]] = {way: [] for way in ways}
    requests: dict[str, int] = {}
    for _ in range(ROUNDS):
        for way, run in ways.items():
            figures[way].append(run())
            line.send(True)
            requests[way] = line.recv()
    line.send(False)
    server.join()
    ours = statistics.median(figures["all at once, as pin-versions does"])
    print("| look-ups | median | requests | / all at once |\n|---|---|---|---|")
    for way, seconds in figures.items():
        median = statistics.median(seconds)
        print(f"| {way} | {median:.2f} s | {requests[way]} | {median / ours:.1f} |")


if __name__ == "__main__":
    main()
