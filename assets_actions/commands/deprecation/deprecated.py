"""What is known of deprecated assets, in the source, on the release branch and in its history; and their removal."""

from collections.abc import Collection, Mapping

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import fetch
from assets_actions.commands.base import Repository
from assets_actions.commands.release import release_branch, release_history
from assets_actions.commands.release.sources import Source
from assets_actions.deprecation.lifecycle import Facts, Standing, standings
from assets_actions.deprecation.marker import Topic
from assets_actions.deprecation.notice import is_deprecated
from assets_actions.deprecation.proposal import Proposal
from assets_actions.deprecation.removal import files_to_remove
from assets_actions.release import by_hand
from assets_actions.release.differences import labels_of
from assets_actions.release.released import Release
from assets_actions.report.pull_request import removal_text

from .proposal_branch import Base
from .proposals import ProposalInputs


class Known:
    """What was read to tell how deprecated assets stand."""

    def __init__(self, repository: Repository, inputs: ProposalInputs, base: Base, source: Source) -> None:
        root, remote = repository.root, inputs.remote
        self.base, self.source, self._today = base, source, inputs.today
        self.release = release_branch.read(root, remote, source.release_branch, [], fetch=inputs.pr)
        commit = self.release.commit
        self._released = _released(self.release, source)
        self._gone = release_history.removed_deprecated(root, remote, commit, fetch=inputs.pr) if commit else []

    def standings(self, archived: Collection[str] = ()) -> list[Standing]:
        """How they stand; `archived`: those that somebody has ticked off."""
        settings = self.source.settings
        return standings(
            Facts(
                self.source.catalog,
                self._released,
                self._gone,
                self._today,
                settings.remove_on_date,
                settings.release_removals,
                archived,
            )
        )

    def removal(self, one: Standing) -> Proposal:
        """The proposal to remove an asset from where it is to go next."""
        assert one.step
        topic, title = Topic(one.step, one.id), f"Remove {one.id}"
        if one.step == "remove":
            asset = next(asset for asset in self.source.catalog.assets if asset.id == one.id)
            files = files_to_remove(self.source.catalog, asset)
            text = removal_text(one.id, one.version, one.delete_on, files, self.base.branch)
            return Proposal(topic, self.base.branch, self.base.commit, dict.fromkeys(files), {}, title, text)
        plan, branch = by_hand.remove(self.release, one.id), self.source.release_branch
        assert plan.release
        records = plan.records.trailers()
        text = removal_text(one.id, one.version, one.delete_on, sorted(plan.edits), branch, records)
        return Proposal(topic, branch, plan.release, plan.edits, {}, title, text, records)


def _released(release: Release, source: Source) -> Mapping[str, tuple[Asset, str, bool]]:
    """See `Facts.released`."""
    labels = labels_of(release, release.assets)
    assets = {
        id_: Asset(one.tree, labels[id_].config_path)
        for id_, one in release.assets.items()
        if labels[id_].config_path in one.tree.entries
    }
    fetch(list(assets.values()))
    tagged = {*release.tags.types, *(source.settings.release_tags or ())}
    return {
        id_: (asset, version, asset.type not in tagged or f"{id_}/{version}" in release.tags)
        for id_, asset in assets.items()
        if is_deprecated(asset) and (version := labels[id_].version)
    }
