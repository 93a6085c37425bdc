"""The results of builds, put together, and what a release may take."""

import pytest
from pydantic import ValidationError

from assets_actions.release.build_context import build_context
from assets_actions.release.images import Image, Images, Status
from tests.conftest import component, environment
from tests.release.test_build_context import content

A, B = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"


def image(asset: str = "environment/a", context: str = A, status: Status = Status.PASSED, reason: str = "") -> Image:
    return Image(asset=asset, context=context, status=status, reason=reason)


def test_results_of_several_jobs_are_put_together_in_order() -> None:
    one, other = Images(images=[image("environment/b")]), Images(images=[image("environment/a")])
    assert [found.asset for found in Images.merged([one, other]).images] == ["environment/a", "environment/b"]
    assert Images.merged([]).images == []


@pytest.mark.parametrize("turned", [False, True])
def test_of_one_image_a_failure_counts_before_a_pass_and_that_before_what_was_skipped(*, turned: bool) -> None:
    passed, failed, skipped = (image(status=status) for status in (Status.PASSED, Status.FAILED, Status.SKIPPED))

    def merged(*images: Image) -> list[Status]:
        parts = [Images(images=[one]) for one in (reversed(images) if turned else images)]
        return [one.status for one in Images.merged(parts).images]

    assert merged(passed, failed, skipped) == [Status.FAILED]
    assert merged(skipped, passed) == [Status.PASSED]
    assert merged(passed, image(context=B, status=Status.FAILED)) == [Status.PASSED, Status.FAILED]


def test_a_release_takes_what_was_built_and_passed_and_nothing_else() -> None:
    made = content(environment("a", "FROM scratch\n"))
    context = build_context(made)
    assert context

    def refusal(*images: Image) -> str | None:
        return Images(images=list(images)).refusal(made)

    same = context.digest
    assert refusal(image(context=same)) is None
    assert refusal(image(context=A, status=Status.FAILED), image(context=same)) is None
    assert refusal() == "its image was not built"
    assert refusal(image("environment/b", same)) == "its image was not built"
    assert refusal(image(context=A)) == "its image was built from other files, or other pins"
    assert refusal(image(context=same, status=Status.FAILED, reason="x")) == "its image failed: x"
    assert refusal(image(context=same, status=Status.SKIPPED, reason="y")) == "its image was not built: y"
    both = image(context=same), image(context=same, status=Status.FAILED, reason="x")
    assert refusal(*both) == "its image failed: x"


def test_what_has_no_image_needs_none() -> None:
    assert Images(images=[]).refusal(content(component())) is None
    bare = {**environment("a"), "assets/a/environment.yaml": "image:\n  name: a\n  os: linux\n"}
    assert Images(images=[]).refusal(content(bare)) is None


def test_a_file_may_hold_more_than_we_know_and_no_context_that_is_none() -> None:
    text = f'{{"version": 1, "images": [{{"asset": "a", "context": "{A}", "status": "passed", "more": 1}}]}}'
    assert Images.model_validate_json(text).images[0].status is Status.PASSED
    for wrong in (
        text.replace(A, "sha256:x"),
        text.replace("passed", "fine"),
        text.replace('"version": 1', '"version": 2'),
    ):
        with pytest.raises(ValidationError):
            Images.model_validate_json(wrong)
