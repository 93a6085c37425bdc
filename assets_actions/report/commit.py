"""A plan as the message of the commit that carries it out."""

from collections.abc import Mapping

from assets_actions.release.plan import Plan, PlannedAsset, Status

from .text import counted, visible

NAMED_IN_SUBJECT = 3


def commit_message(plan: Plan, trailers: Mapping[str, str]) -> str:
    """Subject, a line for each asset with its reasons, trailers: what later runs need to know, and more."""
    lines = [_line(asset) for asset in plan.having(Status.NEW, Status.UPDATED, Status.REMOVED)]
    last = [f"{key}: {visible(value)}" for key, value in [*plan.records.trailers(), *trailers.items()]]
    parts = [[visible(plan.title) or _subject(plan)], lines, last]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _subject(plan: Plan) -> str:
    assets = plan.released or plan.having(Status.REMOVED)
    verb = "Release" if plan.released else "Remove"
    named = [f"{asset.id} {asset.version or ''}".rstrip() for asset in assets[:NAMED_IN_SUBJECT]]
    more = ", …" if len(assets) > NAMED_IN_SUBJECT else ""
    return f"{verb} {counted(len(assets), 'asset')}: {', '.join(named)}{more}"


def _line(asset: PlannedAsset) -> str:
    version = f" {asset.version}" if asset.version else ""
    before = f" (was {asset.previous_version})" if asset.previous_version and asset.version else ""
    reasons = [asset.note] if asset.note else []
    reasons += [f"{visible(r.path)} {r.change}{f' ({visible(r.detail)})' if r.detail else ''}" for r in asset.reasons]
    return f"{asset.status} {asset.id}{version}{before}{': ' + ', '.join(reasons) if reasons else ''}"
