"""From the forecasts of many learners to one calibrated forecast.

`level` sets the total of the base. `combination` is the mean by `weights`, corrected by the `curve` and by
`group_cells`. `intervals` give the uncertainty for a customer, `chance` the probability of buying at all, and
`order_counts` the number of orders.
"""
