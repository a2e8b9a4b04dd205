"""Whom to reach next, how, when and with what, and who is left alone."""
