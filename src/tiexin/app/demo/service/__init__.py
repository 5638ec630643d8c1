"""Service of the generated institution: queues, calls, chats, journeys, what is said in them, and who works there."""
