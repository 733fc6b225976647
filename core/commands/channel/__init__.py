"""The way from a command to the process that has the desk open: a Unix socket that only its owner can use."""
