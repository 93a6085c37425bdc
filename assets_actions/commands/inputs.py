"""What commands read: models of inputs."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Format = Literal["text", "json", "github", "sarif", "junit"]


class Inputs(BaseModel):
    """What every command reads. Field names become flags (`--assets-dir`) and action inputs (`assets-dir`)."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    format: Format | None = Field(
        None,
        description="How to show the result; sarif and junit hold the findings alone. "
        "Default: github in a workflow run, else text.",
    )
    output: Path | None = Field(
        None,
        description="Write the result to this file, not to the terminal; with --format github, as JSON beside the log.",
        examples=["FILE"],
    )


class RepositoryInputs(Inputs):
    """What a command that works on a repository reads."""

    repo: Path = Field(Path("."), description="Directory of the repository, or one inside it.", examples=["DIR"])
    assets_dir: list[str] = Field(
        [],
        description="Directory in the repository that holds assets; may be given several times. "
        "Default: as the settings say, else assets.",
        examples=["DIR"],
    )
    settings: Path | None = Field(
        None,
        description="The repository's settings. Default: .github/assets-actions.yml, where there is one.",
        examples=["FILE"],
    )


class ReleaseInputs(RepositoryInputs):
    """What a command reads that looks at what was released."""

    release_branch: str | None = Field(
        None,
        description="The branch that holds what was released. Default: as the settings say, else release.",
        examples=["BRANCH"],
    )
    remote: str = Field(
        "origin", description="The remote that has the release branch and tags. Default: origin.", examples=["NAME"]
    )


FETCH: bool = Field(
    True, description="Ask the remote for the release branch and tags; without, take them as they were fetched last."
)

AUTHOR_NAME: str | None = Field(
    None,
    description="Who commits. Default: as git is configured, else in a workflow run github-actions[bot].",
    examples=["NAME"],
)
AUTHOR_EMAIL: str | None = Field(
    None, description="The e-mail address of who commits. Default: likewise.", examples=["ADDRESS"]
)
