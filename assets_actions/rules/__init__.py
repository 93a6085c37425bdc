"""What must hold for assets: one small function per rule, in the module of its group. Pure."""

from . import (
    build_context,
    built_image,
    category,
    dependency,
    dockerfile,
    document,
    image,
    model,
    name,
    reference,
    spec,
    tag,
    template,
    test,
    tree,
    unique,
    version,
)
from .registry import Rule, registered

GROUPS = (
    build_context, built_image, category, dependency, dockerfile, document, image, model, name, reference, spec, tag,
    template, test, tree, unique, version,
)  # fmt: skip


def rules() -> list[Rule]:
    """All rules, by group and id."""
    return registered()
