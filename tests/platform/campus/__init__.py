"""A small campus: a learning platform of one course, as thin as can be, around Open edX's own code for LTI.

Open edX's is what is meant to be tested against: `lti-consumer-xblock`, the component that a teacher puts on
a page of a course there. From it come logins and their tokens, keys, access tokens, line items, scores and
results, rosters, the answers of Deep Linking, and what a component does with a score. The campus adds what
Open edX's other million lines would: people who sign in, a page with links, and a book that grades go into.

It runs in an environment of its own (requirements/platform.txt), and keeps everything in memory.
"""
