import uuid

from django.conf import settings
from django.db import models


class Profile(models.Model):
    """What Open edX knows of somebody besides the account: here, a role and the name that tools are told."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile")
    external_user_id = models.UUIDField(default=uuid.uuid4, unique=True)
    role = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"
