"""Write hashed lists of customers by tier for advertising platforms; without a key for the uids they have no rows.

Reads: data/customer_values/, data/clean/customers/, data/snapshots/plan.json, the file of contacts.
Writes: reports/audiences/ (two CSV files per list, one for Meta and one for Google), reports/metrics/audiences.json.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from clv import paths, storage
from clv.errors import run_stage
from clv.marketing.audiences.audience import files, make_audiences
from clv.marketing.audiences.figures import summary
from clv.marketing.audiences.params import AudienceParams
from clv.marketing.audiences.people import Place, normalise
from clv.marketing.audiences.secret_key import read_key
from clv.marketing.audiences.store import read_contacts
from clv.marketing.consent import consent_of
from clv.marketing.folder import write_folder
from clv.marketing.store import read_customers, read_values
from clv.marketing.tiers import UNKNOWN
from clv.shared_params import MinGroupCustomers
from clv.strict import At, load


@dataclass(frozen=True)
class Params:
    min_group_customers: MinGroupCustomers
    ignore_id_case: Annotated[bool, At("preprocess.ignore_id_case")]
    audience: AudienceParams


def main() -> None:
    p = load(Params)
    today = date.fromisoformat(storage.read_json(paths.PLAN)["last_day"])
    values = read_values(["predicted_clv", "tier", "elite"])
    customers = read_customers(["email_consent"])
    contacts = read_contacts(p.audience.contacts, p.ignore_id_case)
    key = read_key(p.audience.key_variable)

    if contacts is not None and "consent" in contacts:
        agreed, said_by = consent_of(values["customer_id"], contacts, "consent", "contacts")
    else:
        agreed, said_by = consent_of(values["customer_id"], customers, "email_consent", "customers")
    people, malformed = normalise(contacts, Place(p.audience.country, p.audience.calling_code), today)
    without_tier = int((values["tier"] == UNKNOWN).sum())
    audiences = make_audiences(values, people, agreed, key, today)
    metrics = {
        "as_of": str(today),
        "key": bool(key),
        "key_variable": p.audience.key_variable,
        "consent_from": said_by,
        "customers": len(values),
        "agreed": int(agreed.sum()),
        "with_contact": int(values["customer_id"].isin(people["customer_id"]).sum()),
        "contacts_of_nobody": int((~people["customer_id"].isin(values["customer_id"])).sum()),
        "malformed": malformed,
        "without_tier": without_tier,
        "lists": summary(audiences, p.min_group_customers),
    }

    write_folder(files(audiences), paths.AUDIENCES)
    storage.write_json(metrics, paths.AUDIENCE_JSON)
    sizes = ", ".join(f"{name} {len(audience.meta):,}" for name, audience in audiences.items())
    remedy = "" if key else f"; set {p.audience.key_variable} to a long random text to fill them"
    if without_tier:
        remedy = f"; {without_tier:,} customers are on no list, because it is not known who comes back"
    print(f"audience: rows for Meta: {sizes}{remedy}")


if __name__ == "__main__":
    run_stage(main)
