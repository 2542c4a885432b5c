import subprocess, sys, pytest
from battlescope_assets.io.warehouse import Warehouse
@pytest.fixture(scope="session")
def warehouse():
    subprocess.run([sys.executable,"/tmp/w/mig.py","t2"],check=True)
    return Warehouse("host=/tmp/w/pg0 user=postgres dbname=t2")
