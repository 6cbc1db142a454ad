"""Lists of all users in which some come first, as the vendor shows who belongs to a role or a unit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, not_

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.entity import EdmType, Expression, Property
from stagedoor.orchestrator.odata.bound import Field, Kind
from stagedoor.orchestrator.odata.options import SortKey
from stagedoor.orchestrator.odata.read import options_of, read_set
from stagedoor.orchestrator.users.entities import USERS


def read_first(call: Call, comes_first: Callable[[Any], ColumnElement[bool]]) -> Answer:
    """Answer the users of the tenant, those who meet a condition first unless the call names an order."""
    options = options_of(call, USERS)
    if not options.orderby:

        def comes_later(user: Any) -> ColumnElement[bool]:
            return not_(comes_first(user))

        rank = Property("comesLater", EdmType.BOOLEAN, Expression(comes_later), nullable=False)
        # Upwards, so that within both parts the users come by number.
        options = replace(options, orderby=(SortKey(Field(0, (), rank, Kind.BOOLEAN), descending=False),))
    return read_set(call, USERS, options=options)
