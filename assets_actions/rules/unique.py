"""What no two assets may share.

Source of all rules here: the checks of the system in public use.
"""

from collections import defaultdict
from collections.abc import Iterator

from assets_actions.assets.asset import Asset
from assets_actions.assets.catalog import Catalog
from assets_actions.assets.config import AssetType

from .policy import Policy
from .registry import Problem, rule


@rule(Catalog, needs=Policy, essential=True, everywhere=True)
def duplicate_asset(catalog: Catalog, policy: Policy) -> Iterator[Problem]:
    """No two assets have the same type and name. Models that the settings except may, each with another version.

    Why: a release has one place for each, `latest/<type>/<name>`.
    Fix: rename or remove one of them; setting: `models.duplicate_names`.
    """
    same: dict[str, list[Asset]] = defaultdict(list)
    for asset in catalog.assets:
        if asset.id:
            same[asset.id].append(asset)
    for id_, (first, *others) in same.items():
        excepted = first.type is AssetType.MODEL and first.name in policy.models.duplicate_names
        versions = {first.version: first.path}
        for asset in others:
            if not excepted:
                message = f"{id_} is already defined in {first.path}"
                yield Problem(asset.config.document, ("name",), message, asset=asset.id)
            elif (path := versions.setdefault(asset.version, asset.path)) != asset.path:
                document, keys = asset.place_of("version")
                yield Problem(document, keys, f"{id_} {asset.version} is already defined in {path}", asset=asset.id)
