"""How images are built, and what is asked of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assets_actions.rules.policy import Policy
from assets_actions.rules.registry import Finding, Rule

Tell = Callable[[str, str | None], None]


@dataclass(frozen=True)
class How:
    """How images are built, and what is asked of them; times in seconds."""

    test: Sequence[str]
    seconds: float
    test_seconds: float
    arguments: Mapping[str, str]
    platform: str | None
    cache: bool
    pull: bool
    scan: bool
    sbom: bool
    policy: Policy
    rules: Sequence[Rule]
    keeps: Callable[[Finding], bool]
    """Whether a finding counts here."""
    day: date
