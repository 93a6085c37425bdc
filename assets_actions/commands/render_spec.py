"""Print the spec to publish of a released asset, with every template tag resolved.

`{{asset.repo.url}}`, `{{asset.repo.commit_hash}}` and `{{asset.repo.build_context.path}}` become the URL of the remote,
without login, the release commit and the build context's folder in it. The release commit is that of the version's
release tag; where the version in the release branch has none, the commit that released it. Writes nothing but what it
fetches. Exits with 1 where a tag cannot be resolved, and with 2 where a release tag leads to another version. In a step
of a workflow, give --format text.

examples:
  assets-actions render-spec environment/my-env --format text > spec.yaml
  assets-actions render-spec environment/my-env@4 --format text --output spec.yaml
  assets-actions render-spec component/train --format json
"""

from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, Field

from assets_actions import git, terminal
from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.model import suggestion
from assets_actions.errors import ExitCode, UserError
from assets_actions.release.published import in_description, published_spec, published_url
from assets_actions.release.released import LATEST, Label, Released, find_released, read_labels, released_ids
from assets_actions.report.findings import FindingsReport
from assets_actions.report.spec import SpecReport
from assets_actions.rules import rules
from assets_actions.rules.policy import Policy
from assets_actions.rules.registry import Facts, Finding, check

from .base import Outcome, Repository, open_repository
from .inputs import FETCH, ReleaseInputs
from .release import release_branch

UNKNOWN_TAG = "unknown-spec-tag"


class Inputs(ReleaseInputs):
    """What render-spec reads: which asset, and where it was released."""

    id: str = Field(
        description="The asset, type/name, and after an @ its version. Default: the version in the release branch.",
        examples=["ID[@VERSION]"],
        json_schema_extra={"positional": True},
    )
    fetch: bool = FETCH


class Outputs(BaseModel):
    """What render-spec found."""

    spec: str = Field("", description="The spec to publish.")
    version: str = Field("", description="The version it is of.")
    release_commit: str = Field("", description="Id of the release commit that holds it.")


class Found(NamedTuple):
    """A released asset, what it says of itself, the commit that holds it, and its release tag, where it has one."""

    released: Released
    label: Label
    commit: str
    tag: str | None = None


def run(inputs: Inputs) -> Outcome:
    """Find the release commit, and render the spec that it holds."""
    repository = open_repository(inputs)
    id_, _, version = inputs.id.partition("@")
    with terminal.working(f"Asking {inputs.remote} for what is released"):
        found = _find(repository, inputs, id_, version)
    tree, label = found.released.tree, found.label
    where = f"{label.config_path}, in commit {found.commit[:12]}"
    if label.config_path not in tree.entries:
        raise UserError("the released asset has no asset config", where, "release it again")
    asset = Asset(tree, label.config_path)
    if findings := _findings(asset):
        return Outcome(FindingsReport(1, findings), Outputs(), ExitCode.FOUND)
    if not asset.is_loaded or label.version is None:
        raise UserError("the released asset cannot be read", where, "release it again")
    url = published_url(git.remote_url(repository.root, inputs.remote))
    spec = published_spec(asset, label.version, url, found.commit)
    report = SpecReport(id_, label.version, found.commit, url, found.tag, spec)
    return Outcome(report, Outputs(spec=spec, version=label.version, release_commit=found.commit))


def _find(repository: Repository, inputs: Inputs, id_: str, version: str) -> Found:
    """The version that is asked for. Raises UserError where it was not released, or its tag leads to something else."""
    root, remote = repository.root, inputs.remote
    here = git.commit_tree_of(root, git.commit_of(root, "HEAD"))
    branch = inputs.release_branch or repository.settings(here).release_branch
    tip, tags = release_branch.refs(root, remote, branch, fetch=inputs.fetch)
    current = _found(root, tip, id_)
    if current is None and not version:
        no_asset = f"`{branch}` has no asset `{id_}`{_nearest(root, tip, id_)}"
        message = no_asset if tip else f"there is no branch `{branch}`: nothing was released yet"
        raise UserError(message, fix="name a released asset as type/name, or one of its versions as type/name@version")
    asked = version or (current.label.version if current else None) or ""
    tag = f"{id_}/{asked}"
    if tag in tags:
        held = _tagged(root, remote, id_, tag, tags[tag])
        if current and not version and current.released.entries != held.released.entries:
            message = f"`{branch}` holds other files than the release tag `{tag}`, under one version"
            raise UserError(message, fix=f"to render what the tag holds: {id_}@{asked}")
        return held
    if current is None or version not in ("", current.label.version):
        known = [name.removeprefix(f"{id_}/") for name in tags if name.startswith(f"{id_}/")]
        nearest = suggestion(version, known) if known else _nearest(root, tip, id_)
        raise UserError(f"there is no release tag `{tag}`{nearest}", fix="name a version that was released and tagged")
    directory = current.released.root
    commit = release_branch.last_change(root, remote, branch, current.commit, directory, fetch=inputs.fetch)
    return current._replace(commit=commit)


def _tagged(root: Path, remote: str, id_: str, tag: str, commit: str) -> Found:
    """The asset that a release tag leads to. Raises UserError where that is not the version that the tag names."""
    if git.missing_commits(root, [commit]):
        git.fetch(root, remote, f"{git.TAGS}{tag}")
    held = _found(root, commit, id_)
    if held is None or f"{id_}/{held.label.version}" != tag:
        holds = f"holds version {held.label.version} of it" if held else "does not hold it"
        raise UserError(f"the release tag `{tag}` leads to commit {commit[:12]}, which {holds}", fix="correct the tag")
    return held._replace(tag=tag)


def _found(root: Path, commit: str | None, id_: str) -> Found | None:
    """The asset in a commit of the release branch; None where it does not hold it."""
    tree = git.commit_tree_of(root, commit, f"{LATEST}/{id_}")
    assets = find_released(tree)
    if commit is None or id_ not in assets:
        return None
    return Found(assets[id_], read_labels(tree, assets)[id_], commit)


def _nearest(root: Path, commit: str | None, id_: str) -> str:
    return suggestion(id_, sorted(released_ids(git.commit_tree_of(root, commit, LATEST))))


def _findings(asset: Asset) -> list[Finding]:
    """What keeps the asset from being read, or a tag of its spec from being resolved."""
    chosen = [rule for rule in rules() if rule.id == UNKNOWN_TAG or (rule.essential and not asset.is_loaded)]
    found = check(Catalog(asset.tree, [asset], [asset.directory]), chosen, Facts([Policy()])).findings
    return [finding for finding in found if not in_description(asset, finding.place)]
