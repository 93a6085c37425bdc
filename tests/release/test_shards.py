"""Assets dealt out to jobs."""

import json

from hypothesis import given
from hypothesis import strategies as st

from assets_actions.release.shards import LONGEST_MATRIX, MOST_JOBS, deal, matrix

IDS = st.lists(st.integers(0, 5000).map("component/c{}".format), unique=True, max_size=700)


@given(IDS, st.integers(1, MOST_JOBS))
def test_every_asset_is_in_one_shard_and_no_shard_has_two_more_than_another(ids: list[str], jobs: int) -> None:
    shards = deal(ids, [], jobs)
    assert [id_ for shard in shards for id_ in shard] == sorted(ids)
    assert len(shards) == min(jobs, len(ids))
    sizes = {len(shard) for shard in shards}
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert 0 not in sizes
    assert deal(reversed(ids), [], jobs) == shards


def test_only_the_types_that_are_asked_for_are_dealt_out() -> None:
    assert deal(["model/b", "component/a", "data/c"], ["model", "data"], 9) == [["data/c"], ["model/b"]]


def test_a_matrix_names_the_assets_of_each_job_as_a_json_list() -> None:
    ids = ["component/a b", 'component/"', "component/c"]
    assert matrix(deal(ids, [], 2)) == {
        "include": [
            {"shard": 1, "shards": 2, "assets": '["component/\\""]'},
            {"shard": 2, "shards": 2, "assets": '["component/a b", "component/c"]'},
        ]
    }
    assert matrix([]) == {"include": []}


def test_a_matrix_that_would_be_too_long_names_the_shards_alone() -> None:
    shards = deal((f"component/a-rather-long-name-{number}" for number in range(20_000)), [], MOST_JOBS)
    made = matrix(shards)
    assert len(made["include"]) == MOST_JOBS
    assert made["include"][-1] == {"shard": 256, "shards": 256}
    assert len(json.dumps(made)) < LONGEST_MATRIX
