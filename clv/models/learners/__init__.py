"""The learners: `registry` names them, and each has one file with its parameters, its title and its class.

What they share: `encoder` makes columns of features, `matrices` numbers of columns, `scaling` one scale of numbers;
`kept` holds what several make of the same rows; `target` takes the currency out of values, `ranges` says how far
parameters may go.
"""
