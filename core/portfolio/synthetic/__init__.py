"""A Home Credit-like portfolio drawn from aggregated figures: people, their loans and how they paid."""
