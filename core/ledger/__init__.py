"""The one chain of events: journal, store, keys, head and verification; knows nothing about credit."""
