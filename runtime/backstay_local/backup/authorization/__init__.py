"""Who may do what: the policies that speak of a caller, or of the role of a job, gathered, asked, and obeyed."""
