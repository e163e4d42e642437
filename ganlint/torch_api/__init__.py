"""What torch calls mean: signatures, kinds and effects on shapes, as data."""
