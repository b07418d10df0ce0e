"""The interactive audit: goes through the findings, one at a time, and does what a person says."""
