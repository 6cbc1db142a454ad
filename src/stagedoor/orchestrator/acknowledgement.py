"""The answer of an operation that has nothing to tell but that it is done."""

from stagedoor.orchestrator.call import Answer, Call


def done(call: Call) -> Answer:
    """Answer 200 with OData's null.

    An empty body is what the vendor documents here, but its own Python client reads JSON and fails without.
    """
    return Answer(content={"@odata.context": f"{call.base_url}/odata/$metadata#Edm.Null", "@odata.null": True})
