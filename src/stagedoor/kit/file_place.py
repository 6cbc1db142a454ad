"""The place for files that the settings name: the data directory, or S3."""

from stagedoor.kit.files import Files, LocalFiles
from stagedoor.kit.settings import Settings

FILES_DIRECTORY = "files"


def open_files(settings: Settings) -> Files:
    """Return the files of a server, once their place has answered.

    Raises :class:`~stagedoor.kit.files.FilesUnavailable` where it does not, and ``ImportError`` for S3 without the
    extra that speaks to it.
    """
    if settings.files is None:
        return LocalFiles(settings.data_dir / FILES_DIRECTORY)
    # Only where it is used: it is an extra, and large.
    from stagedoor.kit.s3_files import S3Files

    files = S3Files(settings.files)
    files.verify()
    return files
