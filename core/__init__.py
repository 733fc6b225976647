"""Everything Solvent knows about credit decisions, without a screen."""
