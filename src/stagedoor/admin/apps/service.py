"""Register external applications, give them secrets, end them."""

from sqlalchemy.orm import Session

from stagedoor.admin.apps.schemas import (
    ApplicationItem,
    ApplicationOrder,
    CreatedApplication,
    CreatedSecret,
    SecretItem,
    SecretOrder,
)
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.identity.oauth_clients.schemas import NewApplication, OAuthClient
from stagedoor.identity.oauth_clients.service import ExternalApplications


class Applications:
    """The external applications of the visitor's organization."""

    def __init__(self, applications: ExternalApplications, trail: AdministrationTrail) -> None:
        self._applications = applications
        self._trail = trail

    def list_applications(self, session: Session, organization_id: str) -> list[ApplicationItem]:
        """Return the organization's applications by name."""
        return [_item(client) for client in self._applications.list_applications(session, organization_id)]

    def create(self, session: Session, visitor: Visitor, order: ApplicationOrder) -> CreatedApplication:
        """Register an application, with a first secret where it can keep one."""
        organization_id = visitor.organization_id
        client = self._applications.create(
            session,
            organization_id,
            NewApplication(
                name=order.name,
                is_confidential=order.is_confidential,
                redirect_uris=tuple(order.redirect_uris),
                post_logout_redirect_uris=tuple(order.post_logout_redirect_uris),
                user_scopes=tuple(order.user_scopes),
                application_scopes=tuple(order.application_scopes),
            ),
        )
        secret = None
        if client.is_confidential:
            _, made = self._applications.generate_secret(session, organization_id, client.id, description="first")
            secret = made.reveal()
            client = self._applications.get_application(session, organization_id, client.id)
        self._trail.note(
            session,
            visitor,
            EventName.ADMIN_APPLICATION_CREATED,
            f"External application {client.name} ({client.id}) was registered.",
        )
        return CreatedApplication(**_item(client).model_dump(), secret=secret)

    def delete(self, session: Session, visitor: Visitor, client_id: str) -> None:
        """End an application and its tokens."""
        client = self._applications.get_application(session, visitor.organization_id, client_id)
        self._applications.delete_application(session, visitor.organization_id, client.id)
        self._trail.note(
            session,
            visitor,
            EventName.ADMIN_APPLICATION_DELETED,
            f"External application {client.name} ({client.id}) was deleted.",
        )

    def create_secret(self, session: Session, visitor: Visitor, client_id: str, order: SecretOrder) -> CreatedSecret:
        """Add a secret beside those that exist."""
        organization_id = visitor.organization_id
        client = self._applications.get_application(session, organization_id, client_id)
        secret_id, secret = self._applications.generate_secret(
            session, organization_id, client.id, description=order.description, expires_at=order.expires_at
        )
        self._trail.note(
            session,
            visitor,
            EventName.ADMIN_APPLICATION_SECRET_CREATED,
            f"External application {client.name} ({client.id}) was given a further secret ({secret_id}).",
        )
        return CreatedSecret(id=secret_id, secret=secret.reveal())

    def delete_secret(self, session: Session, visitor: Visitor, client_id: str, secret_id: str) -> None:
        """End one secret."""
        client = self._applications.get_application(session, visitor.organization_id, client_id)
        self._applications.delete_secret(session, visitor.organization_id, client.id, secret_id)
        self._trail.note(
            session,
            visitor,
            EventName.ADMIN_APPLICATION_SECRET_DELETED,
            f"A secret ({secret_id}) of external application {client.name} ({client.id}) was ended.",
        )


def _item(client: OAuthClient) -> ApplicationItem:
    return ApplicationItem(
        id=client.id,
        name=client.name,
        is_confidential=client.is_confidential,
        redirect_uris=list(client.redirect_uris),
        post_logout_redirect_uris=list(client.post_logout_redirect_uris),
        user_scopes=sorted(client.user_scopes or ()),
        application_scopes=sorted(client.application_scopes),
        grant_types=sorted(client.grant_types),
        secrets=[
            SecretItem(
                id=secret.id,
                description=secret.description,
                created_at=secret.created_at,
                expires_at=secret.expires_at,
            )
            for secret in client.secrets
        ],
    )
