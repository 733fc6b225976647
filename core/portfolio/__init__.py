"""The contract, import of raw tables, the synthetic portfolio, features by SQL, one applicant by ID."""
