"""The next campaign: which customers to contact, how, when and with what offer, and which to hold out."""
