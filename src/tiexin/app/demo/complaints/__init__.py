"""What customers say about it and do after it: complaints, surveys, leaving; and the changes that were tried."""
