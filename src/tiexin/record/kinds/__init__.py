"""The registry of kinds: which event types exist, at which version, and what their data must look like."""
