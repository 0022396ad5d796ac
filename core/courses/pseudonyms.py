"""Names that say nothing of who bears them, for leaderboards."""

import secrets

HOW = (
    *("amber", "brave", "calm", "clever", "coral", "curious", "eager", "early", "gentle", "golden", "happy"),
    *("jolly", "keen", "kind", "lively", "lucky", "merry", "noble", "patient", "quick", "quiet", "silver"),
)
WHAT = (
    *("badger", "beaver", "crane", "dolphin", "falcon", "finch", "fox", "gecko", "hare", "heron", "ibex"),
    *("kestrel", "lark", "lynx", "marten", "otter", "owl", "panda", "raven", "seal", "swift", "wren"),
)


def draw() -> str:
    """Such as `curious otter 41`: drawn, so that nobody can reckon it from a name."""
    return f"{secrets.choice(HOW)} {secrets.choice(WHAT)} {secrets.randbelow(90) + 10}"
