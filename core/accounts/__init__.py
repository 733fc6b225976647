"""Who may work here: people, roles and permissions, sign-in, server-side sessions, throttling."""
