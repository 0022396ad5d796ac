"""The pages of the documentation, and what is fenced in them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
API = ROOT / "docs" / "api.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

FENCE = re.compile(
    r"(?:<!-- (?P<kind>[\w-]+): (?P<name>[\w -]+) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Fence:
    """A fenced block, and what the comment above it says it is: `<!-- kind: name -->`."""

    page: Path
    line: int
    language: str
    kind: str | None
    name: str | None
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def fences() -> list[Fence]:
    found = []
    for page in PAGES:
        text = page.read_text()
        for match in FENCE.finditer(text):
            line = text[: match.start()].count("\n") + 1
            found.append(Fence(page, line, match["language"], match["kind"], match["name"], match["text"]))
    return found
