"""What contacts read of the lake."""
