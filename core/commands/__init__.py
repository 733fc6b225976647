"""The command line, one file per command: the same jobs without a browser."""
