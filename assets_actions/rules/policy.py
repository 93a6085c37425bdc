"""What a repository decides for itself about its assets: a part of its settings. The defaults reproduce the reference.

Sources: the reference (the environments page of the system in public use) for environments and their tags; that
system's own checks and tables for the rest.
"""

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)

from assets_actions.assets.config import AssetType, Text, Visibility
from assets_actions.assets.model import Section
from assets_actions.templates.choice import Order, regex_problem
from assets_actions.templates.tags import is_loopback

from .end_of_life import DISTRIBUTIONS, PYTHONS
from .skus import INFERENCE_SKUS


class Strict(Section):
    """A part of the settings in which every key must be known."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _regex(value: str) -> str:
    if problem := regex_problem(value):
        raise ValueError(problem)
    return value


Regex = Annotated[str, AfterValidator(_regex)]


def parse_age(value: object) -> timedelta:
    """An age as people write it: `12h`, `3d`, `2w`. Raises ValueError."""
    parts = re.fullmatch(r"(\d{1,5})([wdh])", value) if isinstance(value, str) else None
    if not parts:
        raise ValueError("is no age: write 12h, 3d or 2w")
    return int(parts[1]) * {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[parts[2]]


def parse_time(value: object) -> datetime:
    """A time as people write it: ISO 8601 with a time zone, or a day, which is all of it. Raises ValueError."""
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return datetime.fromisoformat(f"{value}T23:59:59Z")
        made = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        made = None
    if made is None or made.tzinfo is None:
        raise ValueError("is no time: write 2026-07-23T19:40:00Z, or 2026-07-23")
    return made


Age = Annotated[timedelta, PlainValidator(parse_age), WithJsonSchema({"type": "string", "pattern": r"^\d{1,5}[wdh]$"})]


def _index(value: str) -> str:
    url = urlsplit(value)
    if "@" in url.netloc:
        raise ValueError("holds a login: put it into the environment or a netrc file")
    if not url.hostname or (url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.netloc))):
        raise ValueError("is no address of an index: https://…")
    if url.query or url.fragment:
        raise ValueError("holds more than an address: leave out what follows `?` or `#`")
    return value


IndexUrl = Annotated[str, AfterValidator(_index)]


class ForbiddenWord(Strict):
    """A word that no name may contain: of all types, of `types` alone, or of all but `not_types`."""

    word: Text
    types: list[AssetType] = list(AssetType)
    not_types: list[AssetType] = []


def _as_word(value: object) -> object:
    return {"word": value} if isinstance(value, str) else value


MODEL_RELATED = [AssetType.MODEL, AssetType.EVALUATIONRESULT]


class Names(Strict):
    """`names`: what assets may be called."""

    forbidden_words: list[Annotated[ForbiddenWord, BeforeValidator(_as_word)]] = Field(
        [
            ForbiddenWord(word="azureml"),
            ForbiddenWord(word="azure"),
            ForbiddenWord(word="aml"),
            ForbiddenWord(word="microsoft", not_types=MODEL_RELATED),
            ForbiddenWord(word="ubuntu", types=[AssetType.ENVIRONMENT]),
            ForbiddenWord(word="cpu", types=[AssetType.ENVIRONMENT]),
        ],
        description="Words that no name may contain: a word, or `word` with `types` or `not_types`.",
    )
    free_prefixes: dict[AssetType, list[Text]] = Field(
        {AssetType.MODEL: ["Azure-"]}, description="Names that begin so may contain forbidden words, by asset type."
    )
    exceptions: list[Regex] = Field(
        [], description="Regular expressions (RE2); an asset whose whole `type/name/version` matches may have any name."
    )


class Images(Strict):
    """`images`: where images are published, and where others may come from."""

    prefix: Text = Field("azureml/curated/", description="What the name of a published image begins with.")
    visibility: Visibility = Field(Visibility.PUBLIC, description="Who should see a published image.")
    hosts: list[Text] = Field(
        ["mcr.microsoft.com"], description="Registry hosts that template tags may ask for image tags."
    )
    order: Order = Field(
        "lexicographical", description="Which of the tags that match is the newest; by `date`, the image made last."
    )
    pin: Literal["tag", "tag@digest"] = Field("tag", description="What an image is pinned to, where it has a tag.")
    platform: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$")] | None = Field(
        None, description="The platform that an image must have; digests are that platform's.", examples=["linux/amd64"]
    )
    minimum_age: Age | None = Field(None, description="Leave out images made later than so long ago: `3d`, `12h`.")
    minimum_age_exceptions: list[Text] = Field([], description="Images (shell patterns) that may be younger.")


class Packages(Strict):
    """`packages`: where versions of Python packages come from."""

    indexes: list[IndexUrl] = Field(
        [],
        description="Package indexes (Simple API); the first that has a package is asked for it. "
        "Default: the public index.",
    )
    python: Annotated[str, StringConstraints(pattern=r"^3\.\d+(\.\d+)?$")] | None = Field(
        None, description="Leave out versions that do not support this version of Python.", examples=["3.10"]
    )
    minimum_age: Age | None = Field(
        None, description="Leave out what was uploaded later than so long ago: `3d`, `12h`."
    )
    minimum_age_exceptions: list[Text] = Field([], description="Packages (shell patterns) that may be younger.")


def _over(defaults: dict[str, date]) -> BeforeValidator:
    """What is given in place of what it names, and the defaults for the rest."""
    return BeforeValidator(lambda value: {**defaults, **value} if isinstance(value, dict) else value)


class BuiltImages(Strict):
    """`built_images`: what holds for images that build-images has built."""

    python_end_of_life: Annotated[dict[str, date | None], _over(PYTHONS)] = Field(
        dict(PYTHONS), description="The days on which support of Pythons ends (`3.9: 2025-10-31`), beside the defaults."
    )
    distribution_end_of_life: Annotated[dict[str, date | None], _over(DISTRIBUTIONS)] = Field(
        dict(DISTRIBUTIONS),
        description="The days on which support of distributions ends, by ID and VERSION_ID of their os-release "
        "(`debian 11: 2026-08-31`), beside the defaults; empty: never.",
    )
    exclusive_packages: list[list[Text]] = Field(
        [["azureml-core", "azure-ai-ml"]], description="Packages of which an image may hold one of each list."
    )
    log_patterns: list[Regex] = Field(
        [", but you have .* which is incompatible", "does not provide the extra"],
        description="Regular expressions (RE2) that are searched for in the lines of a build's log.",
    )
    severities: list[Literal["critical", "high", "medium", "low", "unknown"]] = Field(
        ["critical", "high"], description="Severities of vulnerabilities that count, where an image is scanned."
    )


class TagPolicy(Strict):
    """What holds for one tag of a spec; `when` other tags have these values."""

    name: Text
    required: bool = False
    recommended: bool = False
    values: list[Text] | None = None
    multiple: bool = False
    when: dict[str, str] = {}


class TypeTags(Strict):
    """The tags of one asset type. `closed`: others are noted."""

    closed: bool = False
    tags: list[TagPolicy] = []


def _evaluation(type_: str, key: str, *values: str) -> TagPolicy:
    return TagPolicy(name=key, required=True, values=list(values), when={"evaluation_type": type_})


_EMBEDDING_TASKS = (
    "bitext_mining", "classification", "clustering", "pair_classification", "reranking", "retrieval", "summarization",
    "sts",
)  # fmt: skip
_GENERATION_TASKS = ("question-answering", "text-generation", "chat-completion", "text-to-image")
_EVALUATIONS = [
    _evaluation("text_generation", "task", *_GENERATION_TASKS),
    _evaluation("text_embeddings", "task", *_EMBEDDING_TASKS),
    _evaluation("vision", "task", "image-generation", "image-vqa"),
    _evaluation("text_quality", "index_metric_key", "index_metric"),
    _evaluation("text_performance", "index_metric_key", "throughput_gtps_token_count"),
    _evaluation("text_cost", "index_metric_key", "total_cost_per_1M_tokens"),
]
_EVALUATION_TYPES = [type_ for one in _EVALUATIONS for type_ in one.when.values()]
_PROMPT_TASKS = [
    "summarization", "content-creation", "text-classification", "sentiment-analysis", "entity-extraction",
    "data-parsing", "translation", "natural-language-to-code", "explain-code", "question-answering",
    "reasoning-and-insights", "recommendation", "chat-completions", "automatic-speech-recognition", "completions",
    "conversational", "embeddings", "fill-mask", "image-classification", "image-segmentation", "object-detection",
    "table-question-answering", "text2text-generation", "text-generation", "text-summarization", "text-to-image",
    "text-translation", "token-classification", "video-classification", "zero-shot-classification",
    "zero-shot-image-classification",
]  # fmt: skip
_INDUSTRIES = [
    "financial-services", "healthcare", "retail", "manufacturing", "sustainability", "nonprofit", "energy",
    "sovereignty", "education",
]  # fmt: skip
_ENVIRONMENT_TAGS = [
    "Cuda", "CuDnn", "DeepSpeed", "Deprecated", "DeleteOn", "GPU", "Inferencing", "Nccl", "OnnxRuntime", "OpenMpi",
    "Preview", "PyTorch", "ScikitLearn", "TensorFlow", "Training",
]  # fmt: skip
TAGS: dict[AssetType, TypeTags] = {
    AssetType.ENVIRONMENT: TypeTags(
        closed=True,
        tags=[
            TagPolicy(name="OS", recommended=True),
            TagPolicy(name="Python", recommended=True),
            *(TagPolicy(name=name) for name in _ENVIRONMENT_TAGS),
        ],
    ),
    AssetType.EVALUATIONRESULT: TypeTags(
        tags=[
            TagPolicy(name="evaluation_type", required=True, values=_EVALUATION_TYPES),
            *_EVALUATIONS,
        ]
    ),
    AssetType.PROMPT: TypeTags(
        tags=[
            TagPolicy(name="modality", required=True, values=["completion", "chat", "image", "video"]),
            TagPolicy(name="industry", values=_INDUSTRIES),
            TagPolicy(name="task", values=_PROMPT_TASKS, multiple=True),
        ]
    ),
}


def _over_defaults(value: Any) -> Any:
    return {**TAGS, **value} if isinstance(value, dict) else value


class Models(Strict):
    """`models`: what models may say."""

    inference_skus: list[Text] = Field(
        list(INFERENCE_SKUS), description="Virtual machine sizes that a model's inference computes may name."
    )
    duplicate_names: list[Text] = Field(
        [], description="Models that may stand in several folders, each with a version of its own."
    )


class Policy(Section):
    """The settings that rules look at."""

    names: Names = Field(Names(), description="What assets may be called.")
    images: Images = Field(Images(), description="Where images are published, and where others may come from.")
    packages: Packages = Field(Packages(), description="Where versions of Python packages come from.")
    tags: Annotated[dict[AssetType, TypeTags], BeforeValidator(_over_defaults)] = Field(
        TAGS, description="The tags of specs, by asset type; a type that is given replaces its defaults."
    )
    models: Models = Field(Models(), description="What models may say.")
    built_images: BuiltImages = Field(BuiltImages(), description="What holds for images that were built.")
