"""Runs every benchmark on a database of its own; ends with status 1 if one misses its limit."""

import sys
import tempfile
from pathlib import Path

from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes.database import database_url, migrate
from battlescope_assets.processes.postgres import embedded_postgres
from battlescope_assets.settings import Settings
from benchmarks.landing import landing
from benchmarks.marts import marts
from benchmarks.readers import readers
from benchmarks.reconstruction import reconstruction
from benchmarks.serving import serving


def main() -> int:
    """Runs them all."""
    with tempfile.TemporaryDirectory(prefix="battlescope-bench-") as home:
        Path(home).chmod(0o755)
        settings = Settings(home=Path(home), database_url=None)
        with embedded_postgres(settings.embedded_postgres_folder):
            migrate(settings)
            warehouse = Warehouse(database_url(settings))
            passed = [marts(settings), serving(settings)]  # first, while the database they copy is empty
            passed += [benchmark(warehouse) for benchmark in (landing, readers, reconstruction)]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
