"""The buy-till-you-die models and the forecast of a snapshot that they make together.

`purchases` lists the purchase models (`pareto_nbd`, `mbg_nbd`, `bg_nbd`). `purchase_model` holds what all of them
share, `beta_geometric` and `lifetime` what some share; `bg_bb` is the model of purchases counted by occasion.
`gamma_gamma` models spend. `season` defines the time in which they run, from the `waves` of a year and the
`closed_days`. `likelihood` fits them to the distinct rows of `counts`, and `quadrature` integrates. `draws` and
`predictive` give the distribution of a customer's revenue. `value` combines all for one snapshot.
"""
