"""What the settings refuse."""

from stagedoor.orchestrator.errors import NotBuilt


class SecretSettingRefused(NotBuilt):
    """Settings are read back in the clear, so that a secret must not become one."""

    code = "secret_setting_refused"
    public = "Settings that hold a password or a secret are not kept."
    hint = "The embedded Orchestrator sends no mail and signs in nowhere: leave the setting out."
