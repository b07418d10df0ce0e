"""The verbs of the command line: a module for each, with its words and what it does."""
