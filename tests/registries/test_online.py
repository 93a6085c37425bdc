"""What the public package index answers, to the day of two real releases."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets_actions.registries.http import Http, LookUpError
from assets_actions.registries.indexes import PackageIndexes
from assets_actions.registries.look_up import Age, LookUp
from assets_actions.rules.policy import Images, Packages
from assets_actions.templates.pins import Pins


@pytest.mark.online
@pytest.mark.parametrize("at", ["2025-10-16T16:13:00+00:00", "2025-11-05T18:33:00+00:00"])
def test_as_of_a_release_all_packages_resolve_to_what_was_released(corpus: Path, at: str) -> None:
    pins = Pins.model_validate_json((corpus / at[:10] / "pins.json").read_text())
    try:
        PackageIndexes([], Http(backoff=0.01)).page(pins.packages[0].package)
    except LookUpError as error:
        if error.is_outside:
            pytest.skip(f"the public index cannot be asked: {error}")
        raise
    age = Age(datetime.now(UTC), datetime.fromisoformat(at))
    found = LookUp(Http(), Images(), Packages(), age).resolve([pin.wanted for pin in pins.packages])
    assert found.failures == {}
    assert len(pins.packages) > 50
    assert {str(pin.wanted): pin.version for pin in found.pins.packages} == {
        str(pin.wanted): pin.version for pin in pins.packages
    }
