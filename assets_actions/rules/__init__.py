"""What must hold for assets: one small function per rule, in the module of its group. Pure."""

from . import document, reference, spec, unique
from .registry import Rule, registered

GROUPS = (document, reference, spec, unique)


def rules() -> list[Rule]:
    """All rules, by group and id."""
    return registered()
