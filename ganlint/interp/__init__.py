"""The abstract interpreter: from syntax to facts."""
