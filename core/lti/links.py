"""Lists in pages: the next one's address is in the header `Link` (RFC 8288), and is used as it stands."""

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from core.lti.errors import PlatformError

if TYPE_CHECKING:
    # It brings the HTTP client along, which no start of a process is to wait for.
    from core.lti.web import Reply

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_NEXT = re.compile(r""";\s*rel\s*=\s*"?[^";]*\bnext\b""", re.IGNORECASE)


def following(reply: "Reply", asked: str) -> str | None:
    """The address of the next page, of the same host, or None after the last.

    Raises:
        PlatformError: it is another host's, which is not to see our token.
    """
    for target, parameters in _LINK.findall(reply.headers.get("Link", "")):
        if _NEXT.search(parameters):
            found = urljoin(asked, target.strip())
            if urlsplit(found).netloc != urlsplit(asked).netloc:
                raise PlatformError("The platform's next page is on another host.")
            return None if found == asked else found
    return None
