"""What pages show of all customers together: tables whose size does not grow with the shop."""
