"""The customers: who they are, how they live together, and what each channel knows of them."""
