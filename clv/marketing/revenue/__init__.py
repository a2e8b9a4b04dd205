"""What the shop may expect month by month: of the customers it knows, of those to come, by tier and by cohort."""
