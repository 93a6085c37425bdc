"""A plan as the message of the commit that carries it out."""

from collections.abc import Mapping

from assets_actions.release.plan import Plan, PlannedAsset, Status
from assets_actions.release.released import SOURCE_TRAILER

from .text import counted, visible

NAMED_IN_SUBJECT = 3


def commit_message(plan: Plan, trailers: Mapping[str, str]) -> str:
    """Subject, a line for each asset with its reasons, trailers; among these the source commit."""
    lines = [_line(asset) for asset in plan.having(Status.NEW, Status.UPDATED, Status.REMOVED)]
    last = [f"{key}: {visible(value)}" for key, value in {SOURCE_TRAILER: plan.source, **trailers}.items()]
    return "\n".join([_subject(plan), "", *lines, "", *last]) + "\n"


def _subject(plan: Plan) -> str:
    assets = plan.released or plan.having(Status.REMOVED)
    verb = "Release" if plan.released else "Remove"
    named = [f"{asset.id} {asset.version or ''}".rstrip() for asset in assets[:NAMED_IN_SUBJECT]]
    more = ", …" if len(assets) > NAMED_IN_SUBJECT else ""
    return f"{verb} {counted(len(assets), 'asset')}: {', '.join(named)}{more}"


def _line(asset: PlannedAsset) -> str:
    version = f" {asset.version}" if asset.version else ""
    before = f" (was {asset.previous_version})" if asset.previous_version and asset.version else ""
    reasons = [f"{visible(r.path)} {r.change}{f' ({visible(r.detail)})' if r.detail else ''}" for r in asset.reasons]
    return f"{asset.status} {asset.id}{version}{before}{': ' + ', '.join(reasons) if reasons else ''}"
