"""Output formats, one file each: pure functions from a run's result to text."""
