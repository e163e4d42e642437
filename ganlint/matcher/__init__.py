"""Matches declarative rules on facts; knows no syntax."""
