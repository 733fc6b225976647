"""An application's life: scored, decided, outcome; the record as it was shown, its history, replay and erasure."""
