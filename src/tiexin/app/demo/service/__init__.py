"""Service as customers meet it: calls and chats, branch visits, app sessions, messages, journeys, service tickets."""
