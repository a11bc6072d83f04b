"""The scripts that make the Python environment, with a fake `uv`: what they refuse, and what a failure leaves."""

import os
import shutil
import signal
import subprocess
import time

import pytest

from tests.conftest import ROOT

LOCK = """nvidia-x==1 \\
    --hash=sha256:aa
requests==2 \\
    --hash=sha256:bb
torch==2.6.0 \\
    --hash=sha256:cc
torchvision==0.21.0 \\
    --hash=sha256:dd
triton==3 \\
    --hash=sha256:ee
urllib3==2 \\
    --hash=sha256:ff
"""
UV = """#!/bin/bash
# Stands in for uv: makes a folder, logs its arguments and what it was to install, fails when told to.
echo "$@" >>"$(dirname "$0")/log"
[[ $1 == venv ]] && mkdir -p "${@: -1}/bin"
[[ "$*" == *sync* ]] && cp "${@: -1}" "$(dirname "$0")/installed"
[[ "$*" == *sync* && -e $(dirname "$0")/sleep ]] && exec sleep 60
[[ "$*" == *sync* && -e $(dirname "$0")/fail ]] && { echo "no network" >&2; exit 2; }
exit 0
"""


class Setup:
    """A folder with a lock, the scripts and the fake `uv`."""

    def __init__(self, folder):
        self.folder, self.uv = folder, folder / ".venv-uv/bin"
        shutil.copytree(ROOT / "scripts/setup", folder / "setup")
        (folder / "lock").write_text(LOCK)
        self.uv.mkdir(parents=True)
        (self.uv / "uv").write_text(UV)
        (self.uv / "uv").chmod(0o755)

    def run(self, torch="", **environment):
        subprocess.run(["setup/arguments.sh", ".venv.arguments", "lock", torch], cwd=self.folder, check=True)
        command = ["setup/environment.sh", ".venv", "lock", ".venv.arguments"]
        environment = {**os.environ, **environment}
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)

    @property
    def arguments(self):
        return (self.folder / ".venv.arguments").read_text()


@pytest.fixture
def setup(tmp_path):
    return Setup(tmp_path)


def test_a_new_environment_takes_the_place_of_the_old_one(setup):
    (setup.folder / ".venv").mkdir()
    (setup.folder / ".venv/old").touch()
    result = setup.run()
    assert result.returncode == 0, result.stderr
    assert (setup.folder / ".venv/.done").exists() and not (setup.folder / ".venv/old").exists()
    assert (setup.uv / "installed").read_text() == LOCK and "--require-hashes" in (setup.uv / "log").read_text()
    assert "--relocatable" in (setup.uv / "log").read_text()
    assert {path.name for path in setup.folder.glob(".venv*")} == {".venv", ".venv-uv", ".venv.arguments"}


def test_the_lock_is_replaced_whole_or_stays(tmp_path):
    uv, lock = tmp_path / "uv", tmp_path / "requirements.lock"
    lock.write_text("old==1\n")
    for last, code, left in (("exit 2", 2, "old==1\n"), ('echo "new==2" >>"${@: -1}"', 0, "old==1\nnew==2\n")):
        # What it is given to write to holds the versions of before.
        uv.write_text(f'#!/bin/bash\necho "$@" >called\n[[ $(<"${{@: -1}}") == old==1 ]] || exit 3\n{last}\n')
        uv.chmod(0o755)
        command = [ROOT / "scripts/setup/lock.sh", uv, "--upgrade"]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert (result.returncode, lock.read_text()) == (code, left), result.stderr
        assert not (tmp_path / "requirements.lock.partial").exists()
    called = (tmp_path / "called").read_text()
    assert "--generate-hashes" in called and "--upgrade --override overrides.txt requirements.in" in called


def test_a_failing_installation_leaves_the_old_environment(setup):
    assert setup.run().returncode == 0
    (setup.folder / ".venv/working").touch()
    (setup.uv / "fail").touch()
    (setup.folder / "lock").write_text(LOCK + "more==1\n")
    result = setup.run()
    assert result.returncode != 0 and result.stderr.splitlines()[0] == "no network"
    assert result.stderr.endswith(
        "setup: not done, for the reason above; what was there stays, run it again to go on\n"
    )
    assert (setup.folder / ".venv/working").exists() and (setup.folder / ".venv/.done").exists()


def test_killed_it_leaves_the_old_environment_and_a_second_one_at_once_is_refused(setup):
    assert setup.run().returncode == 0
    (setup.folder / ".venv/working").touch()
    (setup.uv / "sleep").touch()
    (setup.uv / "log").write_text("")
    command = ["setup/environment.sh", ".venv", "lock", ".venv.arguments"]
    first = subprocess.Popen(command, cwd=setup.folder, stdout=subprocess.DEVNULL, start_new_session=True)
    while "sync" not in (setup.uv / "log").read_text():
        time.sleep(0.02)
    second = setup.run()
    assert second.returncode == 1 and second.stderr.startswith("setup: another make setup is running here")
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    interrupted = subprocess.Popen(
        command, cwd=setup.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    while (setup.uv / "log").read_text().count("sync") < 2:
        time.sleep(0.02)
    os.killpg(interrupted.pid, signal.SIGINT)
    assert interrupted.communicate()[1] == "setup: interrupted; what was there stays, run it again to go on\n"
    assert (setup.folder / ".venv/working").exists()
    (setup.uv / "sleep").unlink()
    assert setup.run().returncode == 0 and not (setup.folder / ".venv/working").exists()
    assert not (setup.folder / ".venv.partial").exists()


def test_an_environment_behind_a_link_is_not_emptied(setup, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/theirs").touch()
    (setup.folder / ".venv").symlink_to(tmp_path / "shared")
    assert setup.run().returncode == 0
    assert (tmp_path / "shared/theirs").exists() and not (setup.folder / ".venv").is_symlink()


def test_the_small_build_keeps_the_hashes_of_all_else_and_is_remembered(setup):
    assert setup.run("cpu").returncode == 0
    assert (setup.uv / "installed").read_text() == (
        "requests==2 \\\n    --hash=sha256:bb\nurllib3==2 \\\n    --hash=sha256:ff\n"
    )
    log = (setup.uv / "log").read_text()
    assert "--require-hashes" in log and "--torch-backend cpu torch==2.6.0 torchvision==0.21.0" in log
    before = setup.arguments
    assert setup.run().returncode == 0 and setup.arguments == before and "torch cpu" in before
    assert setup.run("default").returncode == 0 and "torch default" in setup.arguments


def test_arguments_change_with_the_lock_and_the_script_but_not_with_a_comment(setup):
    def arguments():
        subprocess.run(["setup/arguments.sh", ".venv.arguments", "lock", ""], cwd=setup.folder, check=True)
        return setup.arguments, (setup.folder / ".venv.arguments").stat().st_mtime_ns

    first = arguments()
    assert arguments() == first
    script = setup.folder / "setup/environment.sh"
    script.write_text(script.read_text().replace("set -euo", "# A comment.\nset -euo"))
    assert arguments() == first
    script.write_text(script.read_text().replace("UV=0", "UV=1"))
    second = arguments()
    assert second != first
    (setup.folder / "lock").write_text(LOCK + "more==1\n")
    assert arguments() != second


@pytest.mark.parametrize("torch", ["cu124", "CPU", "a b"])
def test_an_unknown_build_of_torch_is_refused(setup, torch):
    result = setup.run(torch)
    assert result.returncode == 1 and f"TORCH_BACKEND={torch}: give cpu, or default" in result.stderr
    assert not (setup.folder / ".venv").exists()


def test_another_kind_of_machine_is_refused_at_once(setup, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/uname").write_text("#!/bin/sh\necho Darwin arm64\n")
    (tmp_path / "bin/uname").chmod(0o755)
    result = setup.run(PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert result.returncode == 1 and "this is Darwin arm64; the lock has packages for Linux x86_64" in result.stderr


def test_missing_tools_are_named_at_once(setup, tmp_path):
    (tmp_path / "tools").mkdir()
    for tool in ("bash", "dirname", "grep", "git", "env", "sed", "uname", "mv", "rm", "sha256sum", "flock"):
        (tmp_path / "tools" / tool).symlink_to(shutil.which(tool))
    setup.run()
    shutil.rmtree(setup.folder / ".venv")
    result = setup.run(PATH=str(tmp_path / "tools"))
    assert result.returncode == 1 and len(result.stderr.splitlines()) == 1, result.stderr
    assert "missing: python3 gcc g++ jq; install with: sudo apt-get install" in result.stderr
