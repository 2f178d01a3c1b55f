"""The deliver function's environment; nothing else reads it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from bowerbird.core.errors import UsageError
from bowerbird.deliver.settings import GallerySettings


class DeliverSettings(GallerySettings):
    """Holds the further settings that the function needs in the cloud.

    `scenery_secret` (Secrets Manager, name or ARN) says where the password is kept. A password found there
    takes the place of the one given here.
    """

    scenery_url: str
    scenery_secret: str | None = None
    bucket: str
    queue_url: str
    dead_letter_url: str
    endpoint_url: str | None = None

    def with_secret(self, text: str) -> DeliverSettings:
        """Return these settings with the password of a secret's text, `{"password": …}`.

        Raises:
            UsageError: the text is no such object; the error does not show it.
        """
        try:
            password = _Secret.model_validate_json(text).password
        except ValidationError:
            raise UsageError(
                f"credentials {self.scenery_secret}: store a JSON object whose `password` is scenery's "
                "import_images_bot_password"
            ) from None
        return self.model_copy(update={"scenery_password": password})


class _Secret(BaseModel):
    """What the secret holds; a tool that rotates it may keep more beside the password."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    password: SecretStr = Field(min_length=1)
