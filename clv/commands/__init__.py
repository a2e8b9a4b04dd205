"""The commands of `clv`, each a module of its name: `options` adds its arguments, `run` executes it."""
