"""A browser without a window: it keeps cookies, follows redirects, and posts what scripts would post."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx

# A page of Open edX finds its form by the name and submits it some lines later; ours does so at once.
_NAMED = re.compile(r"getElementById\(\"([\w-]+)\"\)")


@dataclass
class Form:
    action: str
    method: str
    id: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """A page that was loaded: its links by their classes and texts, its forms, and its scripts."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.response, self.url, self.text = response, str(response.url), response.text
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.csrf = ""
        self._inside = False
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in told:
            self.links.append((told.get("class", ""), urljoin(self.url, told["href"])))
        elif tag == "form":
            action = urljoin(self.url, told.get("action", ""))
            self.forms.append(Form(action, told.get("method", "get").upper(), told.get("id", "")))
        elif tag == "input" and self.forms and "name" in told:
            self.forms[-1].fields[told["name"]] = told.get("value", "")
        elif tag == "meta" and told.get("name") == "csrf-token":
            self.csrf = told["content"]
        elif tag == "script":
            self._inside = True
            if "src" in told:
                self.scripts.append(urljoin(self.url, told["src"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts.append(data)
        elif data.strip():
            self.words.append(data.strip())

    def link(self, kind: str) -> str:
        """Where the one link of that class leads."""
        [found] = [url for classes, url in self.links if classes == kind]
        return found


class Browser:
    """One person's."""

    def __init__(self) -> None:
        self.http = httpx.Client(
            follow_redirects=True, trust_env=False, timeout=30, event_hooks={"response": [self._trust]}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def open(self, url: str) -> Page:
        return self._shown(self.http.get(url))

    def submit(self, page: Page, form: Form, **fields: str) -> Page:
        """As if the form was filled in, and its button pressed."""
        told, headers = form.fields | fields, {"Origin": "://".join(urlsplit(page.url)[:2])}
        if form.method == "POST":
            return self._shown(self.http.post(form.action, data=told, headers=headers))
        return self._shown(self.http.get(form.action, params=told))

    def ask(self, page: Page, method: str, path: str, **request: Any) -> Any:  # noqa: ANN401 - JSON
        """What a script on the page would be answered by the page's own server."""
        headers = {"X-CSRF-Token": page.csrf}
        answer = self.http.request(method, urljoin(page.url, path), headers=headers, **request)
        assert answer.is_success, answer.text
        return answer.json()

    def _trust(self, _response: httpx.Response) -> None:
        """As in browsers, what is on this very machine counts as safe (W3C Secure Contexts, section 3.1)."""
        for cookie in self.http.cookies.jar:
            cookie.secure = False

    def _shown(self, response: httpx.Response) -> Page:
        """The page, or the one that it leads to by itself."""
        page = Page(response)
        for form in page.forms:
            if form.id and form.id in self._submitted(page):
                return self.submit(page, form)
        return page

    def _submitted(self, page: Page) -> set[str]:
        """The ids of forms that scripts of the page submit."""
        scripts = [self.http.get(one).text if one.startswith("http") else one for one in page.scripts]
        return {id_ for one in scripts if ".submit()" in one for id_ in _NAMED.findall(one)}
