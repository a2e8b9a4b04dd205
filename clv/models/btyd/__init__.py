"""The buy-till-you-die models and the forecast of a snapshot that they make together.

`purchases` names the models of purchases (`pareto_nbd`, `mbg_nbd`, `bg_nbd`; `purchase_model` says what each can tell,
`beta_geometric` and `lifetime` what some share; `bg_bb` is the one for purchases counted by occasion), `gamma_gamma`
models spend. `season` makes the time that they run in, of the `waves` of a year and the `closed_days`. They are fitted
by `likelihood`, over the distinct rows of `counts`; `quadrature` integrates; `draws` and `predictive` give the
distribution of a customer's revenue. `value` binds them for one snapshot.
"""
