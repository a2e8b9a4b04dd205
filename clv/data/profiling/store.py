"""Reading and writing data/profile/, the profile of a run's data."""

from pathlib import Path

from clv import paths, storage
from clv.damage import reading
from clv.data.profiling.data_comparison import Profiled
from clv.data.profiling.shop_profile import ShopProfile


def write_profile(profiled: Profiled, folder: Path) -> None:
    """Write a profile into a folder."""
    profile = profiled.profile
    about = {"raw_rows": dict(profiled.raw_rows), "rejected": dict(profiled.rejected)}
    storage.write_csv(profile.days, folder / paths.PROFILE_DAYS.name)
    storage.write_csv(profile.categories, folder / paths.PROFILE_CATEGORIES.name)
    storage.write_json(profile.to_dict() | about, folder / paths.PROFILE_ABOUT.name)


def read_profile() -> Profiled:
    """Read the profile of the last run. Raises `InputError` if it is missing or damaged."""
    days = storage.read_csv(paths.PROFILE_DAYS)
    categories = storage.read_csv(paths.PROFILE_CATEGORIES, text=["column", "value"])
    about = storage.read_json(paths.PROFILE_ABOUT)
    with reading(paths.PROFILE):
        return Profiled(ShopProfile.from_dict(about, days, categories), about["raw_rows"], about["rejected"])
