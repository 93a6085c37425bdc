"""Why an image did not come about, told apart by what engines say."""

import pytest

from assets_actions.building.faults import Failure, Fault, of_push, of_request, of_step

EXIT = "The command '/bin/sh -c x' returned a non-zero code: "


@pytest.mark.parametrize(
    ("message", "instruction", "said", "fault", "told"),
    [
        (f"{EXIT}3", "RUN x", ["a", "oops", ""], Fault.INSTRUCTION, "RUN failed with exit code 3: oops"),
        (f"{EXIT}3", "RUN x", [], Fault.INSTRUCTION, "RUN failed with exit code 3"),
        (f"{EXIT}1", "RUN x", ["OSError: [Errno 28] No space left on device", "x"], Fault.DISK, "OSError: [Errno 28]"),
        ("write /x: no space left on device", "COPY a b", [], Fault.DISK, "no space is left on the engine's disk"),
        ("COPY failed: file not found in build context", "COPY a b", [], Fault.INSTRUCTION, "COPY failed: COPY failed"),
        ("manifest for h/x:1 not found: manifest unknown: manifest unknown", "FROM --platform=a h/x:1", [], Fault.BASE, "there is no base image `h/x:1` to be had"),
        ("pull access denied for x, repository does not exist or may require 'docker login'", "FROM x", [], Fault.BASE, "there is no base image `x` to be had"),
        ("invalid reference format", "FROM X", [], Fault.BASE, "the base image `X` cannot be pulled"),
        *(
            (message, "FROM x", [], Fault.REGISTRY, f"the base image `x` cannot be pulled: {message}")
            for message in (
                'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
                'Get "https://h/v2/": net/http: TLS handshake timeout',
                'Get "https://h/v2/": x509: certificate signed by unknown authority',
                'Head "https://h/v2/x/manifests/1": EOF',
                "toomanyrequests: You have reached your pull rate limit.",
                "received unexpected HTTP status: 503 Service Unavailable",
            )
        ),
        ("the --mount option requires BuildKit. Refer to …", "RUN --mount=type=cache x", [], Fault.INSTRUCTION, "RUN failed: the --mount option"),
    ],
)  # fmt: skip
def test_a_step_that_fails_is_told_apart(
    message: str, instruction: str, said: list[str], fault: Fault, told: str
) -> None:
    failure = of_step(message, 2, instruction, said)
    assert (failure.fault, failure.step) == (fault, 2)
    assert told in failure.message


def test_a_step_that_was_killed_says_what_may_help() -> None:
    assert "--jobs" in str(of_step(f"{EXIT}137", 1, "RUN x", []).fix)


@pytest.mark.parametrize(
    ("message", "failure"),
    [
        ("dockerfile parse error line 2: unknown instruction: RUNN", (Fault.SYNTAX, 2, "unknown instruction: RUNN")),
        ("dockerfile parse error on line 12: unknown instruction: X", (Fault.SYNTAX, 12, "unknown instruction: X")),
        ("the Dockerfile (Dockerfile) cannot be empty", (Fault.SYNTAX, 1, "cannot be empty")),
        ('"nonsense": unknown operating system or architecture', (Fault.CONTEXT, 1, "the engine refuses the build")),
        ("Error processing tar file: no space left on device", (Fault.DISK, 0, "no space is left")),
    ],
)
def test_a_build_that_does_not_begin_is_told_apart(message: str, failure: tuple[Fault, int, str]) -> None:
    found = of_request(message)
    assert (found.fault, found.line) == failure[:2]
    assert failure[2] in found.message


@pytest.mark.parametrize("message", ["unauthorized: authentication required", "requested access to the resource is denied", "no basic auth credentials"])  # fmt: skip
def test_a_push_that_wants_a_login_says_how(message: str) -> None:
    assert of_push(message, "h:1") == Failure(
        Fault.REGISTRY,
        f"h:1 does not take the image: {message}",
        "log in with `docker login h:1`, with an account that may push there",
    )


def test_a_registry_that_is_not_there_wants_no_login() -> None:
    assert of_push("connection refused", "h:1").fix is None
    assert of_push("blob: no space left on device", "h:1").fault is Fault.DISK
