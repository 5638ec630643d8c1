"""The decision trail: events that name what they rest on, shown as a chain that a customer can replay step by step."""
