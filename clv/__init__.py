"""The nouns of the pipeline: pure functions and small classes that the stages are made of."""
