"""Images that were built, as people see them."""

from assets_actions.assets.document import Document
from assets_actions.release.images import Image, Status
from assets_actions.report.images import ImageResult, ImagesReport
from assets_actions.report.text import plain
from assets_actions.rules.registry import Finding, Severity

CONTEXT = f"sha256:{'a' * 64}"
PLACE = Document("a/Dockerfile", "FROM x\nRUN y\n").place(7, 12)
PASSED = Image(
    asset="environment/a", context=CONTEXT, status=Status.PASSED, id=f"sha256:{'b' * 64}", seconds=61.25, log="l"
)
FAILED = Image(
    asset="environment/long-name",
    context=CONTEXT,
    status=Status.FAILED,
    reason="RUN failed\x1b[31m",
    seconds=1,
    log="l",
)
SKIPPED = Image(asset="environment/c", context=CONTEXT, status=Status.SKIPPED, reason="for windows")
FINDING = Finding("image-failed", "build", Severity.ERROR, "RUN failed", "environment/long-name", PLACE)
REPORT = ImagesReport(
    [ImageResult(PASSED, directory="/w/a", note="not pushed", files=["packages.json"]), ImageResult(FAILED, [FINDING], "/w/b"), ImageResult(SKIPPED)],
    [("environment/d", "nothing to build")],
    seconds=70.04,
    outcome="logs in /w",
)  # fmt: skip


def test_each_image_has_a_line_and_where_its_files_lie() -> None:
    assert plain(REPORT.text()).splitlines() == [
        "passed   environment/a            61.2 s   sha256:bbbbbbbbbbbb; not pushed",
        "         /w/a: context, build.log, packages.json",
        "failed   environment/long-name     1.0 s   RUN failed\\x1b[31m",
        "         /w/b: context, build.log",
        "skipped  environment/c                     for windows",
        "nothing  environment/d                     nothing to build",
        "a/Dockerfile",
        "    2:1    error    image-failed  RUN failed",
        "       2 | RUN y",
        "         | ^^^^^",
        "3 images · 1 passed · 1 failed · 1 skipped · 70.0 s · logs in /w",
    ]


def test_machines_get_the_same() -> None:
    data = REPORT.data()
    assert data["schema_version"] == 1
    assert data["summary"] == {"images": 3, "passed": 1, "failed": 1, "skipped": 1}
    assert [(one["asset"], one["status"], one["directory"]) for one in data["images"]] == [
        ("environment/a", "passed", "/w/a"),
        ("environment/long-name", "failed", "/w/b"),
        ("environment/c", "skipped", None),
    ]
    assert data["nothing_to_build"] == [{"asset": "environment/d", "reason": "nothing to build"}]
    assert [found["line"] for found in data["findings"]] == [2]
    assert [one.asset for one in REPORT.images.images] == ["environment/a", "environment/long-name", "environment/c"]


def test_a_summary_has_the_worst_first() -> None:
    rows = [line for line in REPORT.markdown().splitlines() if line.startswith("|")]
    assert [row.split(" | ")[0] for row in rows[2:6]] == ["| failed", "| passed", "| skipped", "| nothing"]


def test_what_is_only_planned_says_so() -> None:
    report = ImagesReport([ImageResult(SKIPPED.model_copy(update={"reason": "base 7"}))], planned=True, outcome="nothing built")  # fmt: skip
    assert plain(report.text()) == "to build environment/c             base 7\n1 image · nothing built\n"
    assert report.data()["images"][0]["status"] == "to build"
