"""Text of the input that a spreadsheet would take for a formula, wherever lists and tables are opened in one."""

from collections.abc import Mapping

from clv.data.input_finding import InputFinding
from clv.data.table_facts import TableFacts


def examine(facts: Mapping[str, TableFacts]) -> list[InputFinding]:
    """What clean tables, by name, hold of text that begins as a formula does; nothing where there is none."""
    counts = {
        f"{name} of {table}": len(found.formulas[name])
        for table, found in facts.items()
        for name in found.columns
        if name in found.formulas
    }
    odd = [f"{column} ({n:,} {'value' if n == 1 else 'values'})" for column, n in counts.items() if n]
    if not odd:
        return []
    text = f"{', '.join(odd)} begin with = + - @ or a tab, which a spreadsheet takes for a formula and runs"
    remedy = "in the reports' tables and lists, which have them as they came, import such columns as text"
    return [InputFinding("reading", True, text, remedy)]
