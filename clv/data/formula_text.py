"""Input text that a spreadsheet would run as a formula when lists and tables are opened in one."""

from collections.abc import Mapping

from clv.data.input_finding import InputFinding
from clv.data.table_facts import TableFacts


def examine(facts: Mapping[str, TableFacts]) -> list[InputFinding]:
    """A finding about text in the clean tables, by name, that begins like a formula; nothing if there is none."""
    counts = {
        f"{name} of {table}": len(found.formulas[name])
        for table, found in facts.items()
        for name in found.columns
        if name in found.formulas
    }
    odd = [f"{column} ({n:,} {'value' if n == 1 else 'values'})" for column, n in counts.items() if n]
    if not odd:
        return []
    text = f"{', '.join(odd)} begin with = + - @ or a tab, so a spreadsheet would run them as formulas"
    remedy = "import these columns as text when you open the reports' tables and lists, which hold them unchanged"
    return [InputFinding("reading", True, text, remedy)]
