"""Run `ilab` with one of its modules patched: python -m scripts.ilab PATCH ARGUMENTS.

PATCH is a module of ours with TARGET, the name of ilab's module, and apply(module), which replaces some of its globals
and raises AttributeError when ilab no longer has them. It is called right after ilab itself has imported the module.
Nothing is installed, and no other Python program is touched.
"""

import importlib
import importlib.abc
import importlib.util
import runpy
import shutil
import sys

from scripts.ilab import applied
from scripts.program import fail


class PatchAfterImport(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import hook that applies the module `patch` when its target has been executed."""

    def __init__(self, patch):
        self.patch = patch

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.patch.TARGET:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return None
        self.loader, spec.loader = spec.loader, self
        return spec

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
        self.patch.apply(module)
        print(applied(self.patch.__name__), flush=True)


def main():
    name, *arguments = sys.argv[1:]
    ilab = shutil.which("ilab")
    if ilab is None:
        fail("no ilab on PATH; run make setup")
    sys.meta_path.insert(0, PatchAfterImport(importlib.import_module(name)))
    sys.argv = [ilab, *arguments]
    runpy.run_path(ilab, run_name="__main__")


if __name__ == "__main__":
    main()
