"""How the web processes run; RequestLogMiddleware writes the log lines."""

import gc
import os
from typing import Any

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 30
graceful_timeout = 20
keepalive = 5
max_requests = 10_000
max_requests_jitter = 1_000
limit_request_line = 8190
loglevel = "warning"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112
control_socket_disable = True
# Only web processes hold a pool, and only they have their statements ended.
raw_env = [
    f"DATABASE_POOL={os.environ.get('DATABASE_POOL', '1')}",
    f"STATEMENT_TIMEOUT={os.environ.get('STATEMENT_TIMEOUT', '15s')}",
    f"IDLE_IN_TRANSACTION_TIMEOUT={os.environ.get('IDLE_IN_TRANSACTION_TIMEOUT', '15s')}",
]


def post_worker_init(worker: Any) -> None:
    """What is loaded by now stays: the collector need not go through it again, in the middle of a page."""
    gc.collect()
    gc.freeze()
