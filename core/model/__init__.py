"""Train, calibrate, measure; the artefact on disk and its registry."""
