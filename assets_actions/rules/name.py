"""What assets are called.

Source of all rules here: the naming conventions of the system in public use, as its own validation checks them.
"""

import posixpath
import re
from collections.abc import Iterator

from assets_actions.assets.asset import Asset
from assets_actions.assets.config import AssetType

from .policy import Policy
from .registry import Problem, Severity, rule
from .wording import a

ENVIRONMENTS = (AssetType.ENVIRONMENT,)
LONGEST = 255
_CHARACTERS = {
    AssetType.MODEL: (re.compile(r"[A-Za-z][A-Za-z0-9_.-]*"), "letters, digits, `_`, `.` and `-`, a letter first"),
    AssetType.ENVIRONMENT: (
        re.compile(r"[a-z][a-z0-9.-]*"),
        "lower-case letters, digits, `.` and `-`, a letter first",
    ),
}
_OTHERS = (re.compile(r"[a-z][a-z0-9_.-]*"), "lower-case letters, digits, `_`, `.` and `-`, a letter first")

FRAMEWORKS = ("pytorch", "sklearn", "tensorflow")
GPU_DRIVERS = ("cuda", "nccl")
_VERSION = r"[0-9]+(?:\.[0-9]+)?(?=-|$)"
_FRAMEWORK = rf"(?:{'|'.join(FRAMEWORKS)})-{_VERSION}"
_SYSTEM = rf"(?:centos|debian|win){_VERSION}"
_PYTHON = r"py3(?:8|9|1[0-9]+)"
_DRIVER = rf"(?:{'|'.join(GPU_DRIVERS)}){_VERSION}"
_NAMES_SYSTEM = re.compile(r"centos|debian|\bwin\b")
_IN_ORDER = (
    _FRAMEWORK,
    rf"(?<![a-z]){_SYSTEM}",
    rf"(?<![a-z]){_PYTHON}",
    rf"(?<![a-z])(?:{_DRIVER}|gpu\b)",
)
"""The parts of an environment's name. Names may hold more than these, anywhere between."""


def _at_name(asset: Asset, message: str, fix: str | None = None) -> Problem:
    document, keys = asset.place_of("name")
    return Problem(document, keys, message, fix)


def _is_excepted(asset: Asset, policy: Policy) -> bool:
    if not policy.names.exceptions:
        return False
    import re2

    whole = f"{asset.id}/{asset.version}"
    return any(re2.fullmatch(pattern, whole) for pattern in policy.names.exceptions)


def _environment_name(asset: Asset, policy: Policy) -> str | None:
    """The name of an environment, where no setting excepts it."""
    return None if _is_excepted(asset, policy) else asset.name


@rule(Asset, needs=Policy)
def invalid_name(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """A name has up to 255 characters of those that its asset type allows.

    Models: letters, digits, `_`, `.`, `-`, a letter first. Environments: lower case and no `_`. All others: lower case.

    Why: the name is part of an address, of folders and of image names; some of these know neither case nor `_`.
    Fix: rename the asset, or except it with the setting `names.exceptions`.
    """
    if not asset.type or not asset.name or _is_excepted(asset, policy):
        return
    characters, words = _CHARACTERS.get(asset.type, _OTHERS)
    if not characters.fullmatch(asset.name):
        yield _at_name(asset, f"`{asset.name}` holds other characters than the name of {a(asset.type)} may: {words}")
    elif len(asset.name) > LONGEST:
        yield _at_name(asset, f"the name has {len(asset.name)} characters; {LONGEST} are allowed")


@rule(Asset, needs=Policy)
def forbidden_word(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """A name holds no word that is forbidden, nor its own asset type.

    By default `azureml`, `azure`, `aml` and, but for models and evaluation results, `microsoft`; for environments
    `ubuntu` and `cpu` as well, which go without saying. Models that begin with `Azure-` may hold any.

    Why: a catalog lists the name beside its type and publisher; to repeat them there makes names long and alike.
    Fix: rename the asset; settings: `names.forbidden_words`, `names.free_prefixes`, `names.exceptions`.
    """
    if not asset.type or not asset.name or _is_excepted(asset, policy):
        return
    if any(asset.name.startswith(prefix) for prefix in policy.names.free_prefixes.get(asset.type, [])):
        return
    listed = (w for w in policy.names.forbidden_words if asset.type in w.types and asset.type not in w.not_types)
    words = dict.fromkeys([*(w.word.lower() for w in listed), asset.type])
    found = [word for word in words if word in asset.name.lower()]
    for word in found:
        if not any(word != other and word in other for other in found):
            yield _at_name(asset, f"`{asset.name}` holds `{word}`, which no name of {a(asset.type)} may")


@rule(Asset, Severity.WARNING, types=ENVIRONMENTS, needs=Policy)
def missing_framework(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """An environment's name begins with its framework: pytorch, sklearn or tensorflow.

    Why: people look for an environment by its framework.
    Fix: name it `<framework>-<version>-…`, where it is made for one.
    """
    name = _environment_name(asset, policy)
    if name and not any(framework in name for framework in FRAMEWORKS):
        yield _at_name(asset, f"`{name}` names no framework ({', '.join(FRAMEWORKS)})")


@rule(Asset, types=ENVIRONMENTS, needs=Policy)
def missing_framework_version(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """A framework in an environment's name has its version behind it: `pytorch-2.8`.

    Why: environments of several versions stand side by side.
    Fix: add the version, with `-` before it.
    """
    name = _environment_name(asset, policy)
    if name and any(framework in name for framework in FRAMEWORKS) and not re.search(_FRAMEWORK, name):
        yield _at_name(asset, f"`{name}` names a framework without its version", "write it as `pytorch-2.8`")


@rule(Asset, types=ENVIRONMENTS, needs=Policy)
def missing_os_version(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """An operating system in an environment's name (centos, debian, win) has its version: `debian12`.

    Why: as for frameworks.
    Fix: add the version right behind it; leave Ubuntu out, which is what all others have.
    """
    name = _environment_name(asset, policy)
    if name and _NAMES_SYSTEM.search(name) and not re.search(_SYSTEM, name):
        yield _at_name(asset, f"`{name}` names an operating system without its version", "write it as `debian12`")


@rule(Asset, Severity.WARNING, types=ENVIRONMENTS, needs=Policy)
def python_version_in_name(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """An environment's name has a Python version (`py311`) only where it cannot do without.

    Why: Python is updated in place; a name that holds its version must be given up for that.
    Fix: leave it out, and say it in the tag `Python`.
    """
    name = _environment_name(asset, policy)
    if name and (found := re.search(_PYTHON, name)):
        yield _at_name(asset, f"`{name}` holds a Python version, `{found[0]}`", "leave it out unless it is needed")


@rule(Asset, types=ENVIRONMENTS, needs=Policy)
def missing_gpu_driver_version(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """A GPU driver in an environment's name (cuda, nccl) has its version: `cuda12`.

    Why: images of several driver versions stand side by side, and a machine runs only some of them.
    Fix: add the version right behind it.
    """
    name = _environment_name(asset, policy)
    if name and any(driver in name for driver in GPU_DRIVERS) and not re.search(_DRIVER, name):
        yield _at_name(asset, f"`{name}` names a GPU driver without its version", "write it as `cuda12`")


@rule(Asset, types=ENVIRONMENTS, needs=Policy)
def gpu_and_driver(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """An environment's name holds `gpu` or a GPU driver, not both.

    Why: the driver says it already.
    Fix: leave out `gpu`.
    """
    name = _environment_name(asset, policy)
    if name and "gpu" in name and any(driver in name for driver in GPU_DRIVERS):
        yield _at_name(asset, f"`{name}` holds both `gpu` and a GPU driver", "leave out `gpu`")


@rule(Asset, types=ENVIRONMENTS, needs=Policy)
def name_order(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """The parts of an environment's name stand in order: framework, operating system, Python, GPU.

    Why: names that follow one order are found, and sorted, as people expect.
    Fix: reorder: `pytorch-2.8-debian12-py311-cuda12`.
    """
    name = _environment_name(asset, policy)
    starts = [found.start() for part in _IN_ORDER if (found := re.search(part, name or ""))]
    if starts != sorted(starts):
        order = "framework, operating system, Python, GPU"
        yield _at_name(asset, f"the parts of `{name}` are out of order", f"their order is {order}")


@rule(Asset, Severity.WARNING, types=ENVIRONMENTS, needs=Policy)
def folder_name(asset: Asset, policy: Policy) -> Iterator[Problem]:
    """The folder of an environment is called like the environment.

    Why: whoever looks for an environment in the repository looks for its name.
    Fix: rename the folder.
    """
    name = _environment_name(asset, policy)
    folder = posixpath.basename(asset.directory)
    if name and folder and folder != name:
        yield _at_name(asset, f"`{name}` stands in a folder that is called `{folder}`")
