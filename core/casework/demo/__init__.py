"""A believable past for the demo portfolio: invented people who decided on invented clients, through the real rules."""
