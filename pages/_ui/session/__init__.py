"""Who is visiting: the cookie and its routes, the person behind it, the way through the sign-in."""
