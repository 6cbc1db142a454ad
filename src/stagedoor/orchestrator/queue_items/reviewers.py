"""People who review items: how they look in the vendor's API, and who may."""

from stagedoor.orchestrator.entity import Constant, EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.people import Person, whole_name_of

REVIEWER = EntityType(
    "SimpleUserDto",
    Person,
    (
        Property("Name", EdmType.STRING, Person.first_name),
        Property("Surname", EdmType.STRING, Person.last_name),
        Property("UserName", EdmType.STRING, Person.username),
        Property("FullName", EdmType.STRING, Expression(whole_name_of)),
        Property("EmailAddress", EdmType.STRING, Person.email),
        Property("IsActive", EdmType.BOOLEAN, Person.is_active, nullable=False),
        Property("Type", EdmType.STRING, Constant("User")),
        Property("Key", EdmType.GUID, Person.user_id),
        Property("Id", EdmType.INT64, Person.number, nullable=False),
    ),
)

REVIEWERS = EntitySet("Reviewers", REVIEWER)
