"""The kernel a chapter runs in: this very interpreter, in an environment that a person's settings do not reach.

Two things people confuse: `jupyter` picks a kernel by name from what a person has registered; here the command is fixed. And
the connection file names where the kernel listens: private sockets where the system has them, loopback ports elsewhere.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from labkit.runner.processes import MARK, end_kernel

SOCKET_NAME_LIMIT = 100  # bytes: the systems allow 104 to 108, of which three are appended and one ends the name
NOT_HANDED_ON = ("PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONBREAKPOINT", "IPYTHON_SUPPRESS_CONFIG_ERRORS", "MPLSTYLE")

QUIET = logging.getLogger("labkit.runner")  # jupyter's own reports; what matters in them is said by `proof`
QUIET.addHandler(logging.NullHandler())


class OwnKernel(AsyncKernelManager):
    """A kernel of the running interpreter, whatever kernels are registered."""

    mark = ""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The fixed command."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")

    async def shutdown_kernel(  # type: ignore[override] # as in AsyncKernelManager, which says so in another way
        self, now: bool = False, restart: bool = False
    ) -> None:
        """End the kernel at once with everything it started, while its children can still be listed.

        What a notebook hands over has been handed over when its last cell has answered; asking politely costs half a second.
        """
        end_kernel(self.mark)
        if self.provisioner is not None:
            await self.provisioner.wait()


def make_kernel(folder: Path, sockets: Path, mark: str) -> OwnKernel:
    """Return a kernel manager with its connection file in `folder`, not yet started."""
    listen: dict[str, Any] = {}
    if os.name == "posix" and _fits(sockets / "k"):
        listen = {"transport": "ipc", "ip": str(sockets / "k")}
    kernel = OwnKernel(connection_file=str(folder / "kernel.json"), log=QUIET, **listen)
    kernel.mark = mark
    return kernel


@contextmanager
def socket_folder(folder: Path) -> Iterator[Path]:
    """Yield where a kernel's sockets may lie: its own folder, or a passing one where that has too long a name."""
    if _fits(folder / "k"):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="labkit-") as passing:
        yield Path(passing)


def _fits(address: Path) -> bool:
    return len(os.fsencode(address.absolute())) <= SOCKET_NAME_LIMIT


def kernel_environment(folder: Path, run_file: Path, mark: str, inherited: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a kernel: the inherited one with all that could change a result fixed."""
    environment = dict(os.environ if inherited is None else inherited)
    for name in NOT_HANDED_ON:
        environment.pop(name, None)
    environment |= {
        MARK: mark,
        "LABKIT_RUN": str(run_file.absolute()),
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "MPLBACKEND": "agg",
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
    }
    matplotlib = find_spec("matplotlib")
    if matplotlib and matplotlib.origin:  # figures must not follow a person's own matplotlibrc
        environment["MATPLOTLIBRC"] = str(Path(matplotlib.origin).parent / "mpl-data" / "matplotlibrc")
    home = environment.get("HOME", "")
    if os.name == "posix" and not (home and os.access(home, os.W_OK | os.X_OK)):
        environment["HOME"] = str(folder)
    return environment
