"""The source witness: what travels with a function, read from its text."""
