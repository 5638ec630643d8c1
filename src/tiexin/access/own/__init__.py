"""What customers see of themselves: their own contacts, without anything the house keeps for itself."""
