"""The components on the course's page, and the gradebook: Open edX's LTI component in a runtime of ours."""

from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import User
from lti_consumer import LtiConsumerXBlock
from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.core import XBlockMixin
from xblock.field_data import DictFieldData
from xblock.fields import ScopeIds
from xblock.reference.user_service import XBlockUser
from xblock.runtime import MemoryIdManager, Runtime

COURSE = CourseKey.from_string("course-v1:Campus+NN101+2026")
# Each component's fields, by its place; and the grades of each, by component and by who has them.
FIELDS: dict[UsageKey, dict[str, Any]] = {}
GRADES: dict[str, dict[int, dict[str, float]]] = {}


class Dated(XBlockMixin):
    """What components have from their section in Open edX: a due date, here none."""

    due = graceperiod = None


class Surroundings(Runtime):
    """What a component finds around it: who looks at it, and a gradebook."""

    def __init__(self, user: User | None) -> None:
        ids = MemoryIdManager()
        services = {
            "user": SimpleNamespace(
                get_current_user=lambda: _seen(user),
                get_external_user_id=lambda _kind: str(user.profile.external_user_id),
            ),
            # Open edX turns the component to whom the grade is for; publish() is told who that is.
            "rebind_user": SimpleNamespace(rebind_noauth_module_to_user=lambda _block, _user: None),
        }
        super().__init__(id_reader=ids, id_generator=ids, mixins=(Dated,), services=services)

    def publish(self, block: LtiConsumerXBlock, event_type: str, event_data: dict[str, Any]) -> None:
        if event_type == "grade":
            entry = {"earned": event_data["value"], "possible": event_data["max_value"]}
            GRADES.setdefault(block.scope_ids.usage_id.block_id, {})[event_data["user_id"]] = entry

    def handler_url(self, *_args: object, **_more: object) -> str:
        raise NotImplementedError

    resource_url = local_resource_url = query = handler_url


def add(place: str, fields: dict[str, Any]) -> None:
    """A new component on the page. What a component needs to be of LTI 1.3, and graded, it has already."""
    shared = {"lti_version": "lti_1p3", "has_score": True, "ask_to_send_full_name": True}
    FIELDS[_key(place)] = shared | fields


def load(key: UsageKey, user: User | None = None) -> LtiConsumerXBlock:
    """The component, as `user` would see it."""
    runtime = Surroundings(user)
    ids = ScopeIds(user and user.id, "lti_consumer", key, key)
    return runtime.construct_xblock_from_class(LtiConsumerXBlock, ids, DictFieldData(FIELDS[key]))


def find(place: str, user: User) -> LtiConsumerXBlock:
    """The component at that place, as `user` sees it."""
    return load(_key(place), user)


def _key(place: str) -> UsageKey:
    return COURSE.make_usage_key("lti_consumer", place)


def _seen(user: User) -> XBlockUser:
    seen = XBlockUser(is_current_user=True, emails=[user.email], full_name=user.get_full_name())
    seen.opt_attrs = {
        "edx-platform.is_authenticated": True,
        "edx-platform.user_id": user.id,
        "edx-platform.username": user.username,
        "edx-platform.user_role": user.profile.role,
    }
    return seen
