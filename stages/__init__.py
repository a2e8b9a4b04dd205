"""The stages of the pipeline, one script per stage of dvc.yaml: `python -m stages.NAME`."""
