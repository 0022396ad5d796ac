"""Learning platforms: LTI 1.3 Advantage, as a thin layer on a JWT library and an HTTP client.

| module | what it does | specification |
|---|---|---|
| `registrations`, `invitations`, `dynamic` | who may send people here | Dynamic Registration 1.0 |
| `keys`, `keysets` | our keys, and theirs | LTI Security Framework 1.0 |
| `states`, `checks`, `reading`, `roles`, `launch` | a login, and what it ends in | LTI 1.3 core |
| `people`, `places` | who and where that is here | |
| `tokens`, `scores`, `grades`, `outbox`, `sending` | grades | Assignment and Grade Services 2.0 |
| `roster` | who is in a course | Names and Role Provisioning Services 2.0 |
| `deep_linking` | a teacher's choice | Deep Linking 2.0 |

docs/lti.md tells what platforms make of these.
"""
