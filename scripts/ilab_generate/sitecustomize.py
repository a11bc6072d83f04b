"""Python imports this by itself when this folder is on PYTHONPATH: `ilab data generate` without what is not used.

After the pairs ilab asks the teacher for one multiple-choice question per chunk and seed example, up to 2048 tokens
each, as an exam that this project does not use; no option leaves them out. It is skipped, and so is the mixing of
the pairs into other formats. The pairs are made by the same code:
https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/generate_data.py
"""

import importlib.abc
import importlib.util
import sys

TARGET = "instructlab.sdg.generate_data"
SKIPPED = ("generate_taxonomy_eval", "postprocess_taxonomy", "mix_datasets")


def patch(module):
    """Replace the steps after the pairs in the loaded module; AttributeError if ilab no longer has them."""
    for name in SKIPPED:
        getattr(module, name)
        setattr(module, name, lambda *args, **kwargs: None)


class PatchAfterImport(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import hook: run patch() when the module has been executed; nothing else in the process is touched."""

    def find_spec(self, name, path=None, target=None):
        if name != TARGET:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        self.loader, spec.loader = spec.loader, self
        return spec

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
        patch(module)


sys.meta_path.insert(0, PatchAfterImport())
