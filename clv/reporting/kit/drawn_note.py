"""A sentence for pictures of customers who were drawn from many."""


def drawn_note(drawn: int, customers: int) -> str:
    """How many were drawn, to follow a caption; nothing where that is all."""
    return "" if drawn == customers else f". Of {drawn:,} customers drawn from {customers:,}"
