"""The suites that test-assets runs: of which assets, with the template tags of their requirements resolved."""

from typing import NamedTuple

from assets_actions.assets.asset import Asset
from assets_actions.commands import chosen
from assets_actions.commands.base import Repository
from assets_actions.commands.pins import resolving
from assets_actions.commands.pins.template_files import TemplateFile
from assets_actions.commands.release.sources import CannotPlanError
from assets_actions.report.findings import FindingsReport
from assets_actions.testing.suites import Suite, declared, group, is_tested

PYTEST, COVERAGE = "pytest", "pytest-cov"


class Found(NamedTuple):
    """The suites to run, and the assets that were named and have no tests to run."""

    suites: list[Suite]
    untested: list[Asset]


def find(repository: Repository, inputs: chosen.ChoiceInputs, *, coverage: bool) -> Found:
    """The suites of the chosen assets. What they need is read and pinned in memory; the checkout stays as it is.

    Raises UserError where an asset that is named is not there; CannotPlanError where assets cannot be read, where what
    one declares of its tests is not there, and where a template tag cannot be resolved.
    """
    catalog = chosen.read(repository)
    assets, known = chosen.choose(repository, inputs, catalog, is_tested)
    every = [declared(asset) for asset in assets if is_tested(asset)]
    if problems := [problem for one in every for problem in one.problems]:
        problems = sorted(set(problems), key=lambda problem: problem.place)
        raise CannotPlanError(FindingsReport(len(every), problems))
    files = {
        document.path: TemplateFile(document.path, document.path, document.text, one.asset.id)
        for one in reversed(every)
        for document in one.documents
    }
    every_file = list(files.values())
    pins = resolving.resolve(repository, inputs.pins, inputs.remote, every_file, catalog.tree, len(every), known)
    texts = {path: file.applied(pins).text for path, file in files.items()}
    ours = (PYTEST, COVERAGE) if coverage else (PYTEST,)
    every_suite = group(every, texts, ours, repository.root.as_uri())
    return Found(every_suite, [asset for asset in assets if not is_tested(asset)])
