"""Taking tables out as files: checked, disarmed, and recorded before the first byte leaves."""
