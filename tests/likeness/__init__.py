"""How far the invented portfolio resembles the real one: its tables side by side, and what counts as alike."""
