"""Rules of scripted robots as the management API shows and takes them."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from stagedoor.admin.pages import PRINTABLE

TenantWord = Annotated[str, Field(min_length=1, max_length=256, pattern=PRINTABLE)]
Condition = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=128, pattern=PRINTABLE)], Any],
    Field(min_length=1, max_length=1),
]


class RobotScriptItem(BaseModel):
    """A rule: jobs of processes that ``process`` fits, and whose input fits ``when``, follow ``script``."""

    id: str
    process: str = Field(description="A process's name, with `*` for anything, in lower case.")
    when: dict[str, Any] | None = Field(description="The one argument that the job's input has to have, if any.")
    script: dict[str, Any]


class RobotScriptOrder(BaseModel):
    """A rule to be made, in place of one for the same processes and the same argument."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    tenant: TenantWord
    process: Annotated[str, Field(min_length=1, max_length=128, pattern=PRINTABLE)]
    when: Condition | None = None
    script: Annotated[dict[str, Any], Field(max_length=64)] = {}
