"""Program of a test: a switching bench on a Dask cluster of two processes, one of which is killed on the way."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import joblib
from distributed import Client, LocalCluster

from synaspice.characterization import switching, write_table
from synaspice.devices import MTJ


def kill_one(client, folder):
    """Kill a worker once the first points are done."""
    while len(list(folder.glob("piece-*.npz"))) < 3:
        time.sleep(0.01)
    victim = next(iter(client.run(os.getpid).values()))
    os.kill(victim, signal.SIGKILL)
    print("killed", victim, flush=True)


if __name__ == "__main__":
    folder, table = Path(sys.argv[1]), sys.argv[2]
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        client.run(print, "ready")
        killer = threading.Thread(target=kill_one, args=(client, folder), daemon=True)
        killer.start()
        with joblib.parallel_config(backend="dask"):
            found = switching(
                MTJ.preset("ikeda2010"),
                trajectories=300,
                width=[2e-9, 4e-9],
                seed=1,
                time_step=2e-12,
                checkpoint=folder,
            )
        killer.join(60)
    write_table(found, table)
