"""The assets' own tests.

Source of all rules here: the reference's `test.pytest`.
"""

from collections.abc import Iterator

from assets_actions.assets.asset import Asset

from .registry import Problem, rule


@rule(Asset)
def conflicting_test_requirements(asset: Asset) -> Iterator[Problem]:
    """Tests run in a conda environment or with pip requirements, not both.

    Why: each stands for a whole environment; of two, one would be left out in silence.
    Fix: remove one; a conda environment can hold pip requirements.
    """
    test = asset.config.model.test if asset.config.model else None
    pytest = test.pytest if test else None
    if pytest and pytest.conda_environment and pytest.pip_requirements:
        message = "`pip_requirements` and `conda_environment` exclude each other"
        yield Problem(asset.config.document, ("test", "pytest", "pip_requirements"), message, at_key=True)
