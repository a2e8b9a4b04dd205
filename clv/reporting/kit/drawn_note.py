"""A note for pictures that show a sample of the customers."""


def drawn_note(drawn: int, customers: int) -> str:
    """The size of the sample, as the end of a caption; "" if all customers are shown."""
    return "" if drawn == customers else f". Computed from a random sample of {drawn:,} of {customers:,} customers"
