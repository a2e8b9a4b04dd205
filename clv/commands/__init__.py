"""The commands of `clv`, a module each, called as the command is: `options` adds what it takes, `run` does it."""
