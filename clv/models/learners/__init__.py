"""The learners: `registry` lists them, and each has a file with its parameters, title and class.

They share modules: `encoder` converts features to columns, `matrices` columns to numbers, `scaling` puts numbers on one
scale; `kept` caches what several learners compute from the same rows; `target` removes the currency from values, and
`ranges` defines the ranges of parameters.
"""
