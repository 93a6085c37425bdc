"""What no two assets may share."""

from collections.abc import Iterator

from assets_actions.assets.catalog import Catalog

from .registry import Problem, rule


@rule(Catalog, essential=True)
def duplicate_asset(catalog: Catalog) -> Iterator[Problem]:
    """No two assets have the same type and name.

    Why: a release has one place for each, `latest/<type>/<name>`.
    Fix: rename or remove one of them.
    """
    first: dict[str, str] = {}
    for asset in catalog.assets:
        if asset.id and (path := first.setdefault(asset.id, asset.path)) != asset.path:
            yield Problem(asset.config.document, ("name",), f"{asset.id} is already defined in {path}", asset=asset.id)
