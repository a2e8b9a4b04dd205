"""Profile the clean data day by day, as a baseline with which a nightly run compares new data.

Reads: data/clean/transactions/ and data/clean/customers/, block by block; reports/metrics/preprocess.json.
Writes: data/profile/ with days.csv, categories.csv and about.json. Some days have few persons, so none of it is in git.
"""

from clv import paths, storage
from clv.compute import mapper, within_reach
from clv.data.profiling.data_comparison import Profiled
from clv.data.profiling.profile_parts import ProfileParts
from clv.data.profiling.shop_profile import ShopProfile
from clv.data.profiling.store import write_profile
from clv.errors import run_stage
from clv.machine import Machine
from clv.replacing import replacing


def main() -> None:
    machine, folders = Machine.here(), (paths.clean("transactions"), paths.clean("customers"))
    counts = storage.read_json(paths.PREPROCESS_METRICS)
    with replacing(paths.PROFILE) as folder:
        folder.mkdir()
        with mapper(machine) as each, within_reach(machine, folders, folder) as places:
            parts = ProfileParts(*map(places.of, folders))
            profile = ShopProfile.together(each(parts.profile, storage.n_parts(folders[0])))
        write_profile(Profiled(profile, counts["raw_rows"], counts["rejected"]["transactions"]), folder)
    print(f"profile: {profile.days['lines'].sum():,} lines from {profile.first_day} to {profile.last_day}")


if __name__ == "__main__":
    run_stage(main)
