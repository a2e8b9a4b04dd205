"""The front page, its pictures, and the page of `dvc plots`."""
