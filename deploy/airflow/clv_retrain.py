"""A DAG with one task, which runs `make retrain` in the clone that the variable clv_folder or CLV_FOLDER names.

The command takes its own lock, decides by itself whether there is anything to do, and ends with 1 and one line where it
stopped: Airflow starts it and shows that line. It needs none of Airflow's packages in the environment of the clone.
"""

import os
from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

FOLDER = os.environ.get("CLV_FOLDER", "/srv/clv")

with DAG(
    dag_id="clv_retrain",
    description="New data, checks, stages, a release",
    schedule="15 3 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
):
    BashOperator(
        task_id="retrain",
        bash_command="make retrain",
        cwd=f"{{{{ var.value.get('clv_folder', '{FOLDER}') }}}}",
        retries=0,  # what stopped a run, stops the same run again
        execution_timeout=timedelta(hours=6),
    )
