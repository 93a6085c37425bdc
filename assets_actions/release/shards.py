"""Assets dealt out to the jobs of a workflow."""

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

MOST_JOBS = 256
"""GitHub makes no more jobs of one matrix."""
LONGEST_MATRIX = 100_000
"""In characters: what an output, and a variable of a step's environment, hold with ease."""

Shards = list[list[str]]


def deal(ids: Iterable[str], types: Sequence[str], jobs: int) -> Shards:
    """Ids in order, those of some types (of all, where none is named), in parts of which none is longer by two."""
    chosen = sorted(id_ for id_ in ids if not types or id_.partition("/")[0] in types)
    parts = min(jobs, len(chosen))
    edges = [len(chosen) * number // parts for number in range(parts + 1)] if parts else []
    return [chosen[start:end] for start, end in pairwise(edges)]


def matrix(shards: Shards) -> dict[str, Any]:
    """The matrix of a workflow: a job a shard, with its ids as a JSON list; where that is too long, without them."""
    jobs = [{"shard": number, "shards": len(shards), "assets": json.dumps(ids)} for number, ids in enumerate(shards, 1)]
    if len(json.dumps(jobs)) > LONGEST_MATRIX:
        jobs = [{"shard": job["shard"], "shards": job["shards"]} for job in jobs]
    return {"include": jobs}
