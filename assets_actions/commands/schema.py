"""Print the JSON schema of a file: of asset.yaml, environment.yaml or the settings. Editors complete and check by it.

Save it, and put the line that it begins with its `$comment` on top of the YAML file.

examples:
  assets-actions schema asset > asset.schema.json
  assets-actions schema settings --output .github/assets-actions.schema.json
"""

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, Field

from assets_actions.report.text import Segments
from assets_actions.rules.registry import Finding

from . import inputs
from .base import Outcome

Name = Literal["asset", "environment", "settings"]


class Inputs(inputs.Inputs):
    """Which schema."""

    name: Name = Field(
        description="Of which file.", examples=["{asset,environment,settings}"], json_schema_extra={"positional": True}
    )


class Outputs(BaseModel):
    """Nothing but the schema itself."""


@dataclass(frozen=True)
class SchemaReport:
    """A JSON schema, which is its own text."""

    schema: dict[str, Any]
    findings: tuple[Finding, ...] = ()

    def text(self) -> Segments:
        """The schema as JSON."""
        return [(json.dumps(self.schema, indent=2) + "\n", "")]

    def data(self) -> dict[str, Any]:
        """The schema."""
        return self.schema

    def markdown(self) -> str:
        """The schema as a block of code."""
        return f"```json\n{json.dumps(self.schema, indent=2)}\n```\n"


def run(inputs: Inputs) -> Outcome:
    """Show a schema that the package carries."""
    file = resources.files("assets_actions") / "schemas" / f"{inputs.name}.schema.json"
    return Outcome(SchemaReport(json.loads(file.read_bytes())), Outputs())
