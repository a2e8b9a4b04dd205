"""Profiling the clean tables block by block."""

from dataclasses import dataclass

import pyarrow.types as kinds

from clv import block_parts, paths
from clv.data.profiling.shop_profile import KEYS, ShopProfile
from clv.data.schema import TABLES, clean_name

LINES = tuple(clean_name(column) for column in TABLES["transactions"])


@dataclass(frozen=True)
class ProfileParts:
    """Folders (paths or URLs) of the clean transactions and of the clean customers."""

    transactions: str
    customers: str

    def profile(self, block: int) -> ShopProfile:
        """The profile of one block."""
        lines = block_parts.read_part(f"{self.transactions}/{paths.part(block)}", LINES, KEYS).to_pandas()
        customers = block_parts.plain(block_parts.read_part(f"{self.customers}/{paths.part(block)}"))
        text = [field.name for field in customers.schema if kinds.is_string(field.type)]
        return ShopProfile.of(lines, customers.select(text).to_pandas())
