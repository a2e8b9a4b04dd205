"""From forecasts of many learners to one calibrated forecast.

`level` is the total that the base comes to, `combination` the mean by `weights` and the `curve` that corrects it,
`intervals` how far a customer may be off, `chance` the probability to buy at all.
"""
