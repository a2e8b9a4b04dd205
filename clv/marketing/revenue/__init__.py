"""The revenue that a shop may expect month by month: from known customers, from new ones, by tier and by cohort."""
