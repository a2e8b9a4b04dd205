"""Tables of all customers together for the report, whose size does not grow with the shop."""
