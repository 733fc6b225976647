"""One feature row in; score, explanation and reasons out."""
