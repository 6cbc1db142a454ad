"""Folders as the management API shows them."""

from pydantic import BaseModel


class FolderItem(BaseModel):
    """One folder: its number, its stable key and its full path."""

    id: int
    key: str
    path: str
