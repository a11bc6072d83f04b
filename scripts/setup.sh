#!/usr/bin/env bash
# Make the Python environment: setup.sh VENV LOCK TOOLS [TORCH_BACKEND]
# TOOLS is a small environment for uv itself, which `uv pip sync` would remove from VENV.
# Checks the system's tools first and names all that are missing at once. Never asks, never uses sudo.
set -euo pipefail
absolute() { [[ $1 == /* ]] && echo "$1" || echo "$PWD/$1"; }
venv=$(absolute "$1") lock=$2 tools=$(absolute "$3") torch_backend=${4:-}
UV=0.13.9
# The Makefile moves ilab's caches into the repository; the package installer keeps its own, shared by all clones.
unset XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME

python=
for candidate in python3.11 python3.12 python3; do
    # A pyenv shim exists on PATH for versions that it then refuses to run, hence the trial.
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null; then
        python=$(command -v "$candidate")
        break
    fi
done
missing=()
[[ -n $python ]] || missing+=(python3)
# Debian ships Python without what makes environments.
[[ -n $python ]] && { "$python" -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv); }
for tool in gcc g++ git jq; do
    command -v "$tool" >/dev/null || missing+=("$tool")
done
if ((${#missing[@]})); then
    echo "setup: missing: ${missing[*]}; install with: sudo apt-get install -y ${missing[*]}, or as your system does it" \
        "(Python must be 3.11 or 3.12; where the system has another, \`uv python install 3.12\` brings one)" >&2
    exit 1
fi

echo "setup: $("$python" --version) into $venv, $(grep -c == "$lock") packages; 2 to 5 minutes, ${torch_backend:+less than }7 GB"
[[ -x $tools/bin/uv ]] || { "$python" -m venv --clear "$tools" && "$tools/bin/python" -m pip install -q --disable-pip-version-check "uv==$UV"; }
"$tools/bin/uv" venv --quiet --clear --python "$python" "$venv"
export VIRTUAL_ENV=$venv
if [[ -z $torch_backend ]]; then
    "$tools/bin/uv" pip sync --quiet --require-hashes "$lock"
else
    # The other builds of torch have hashes of their own and bring no CUDA packages.
    list=$venv/requirements.txt
    sed -nE 's/^([a-zA-Z0-9][^ ]*==[^ ]+).*/\1/p' "$lock" | grep -vE '^(nvidia-|triton==)' >"$list"
    "$tools/bin/uv" pip sync --quiet --torch-backend "$torch_backend" "$list"
fi
echo "setup: done, $(du -sh "$venv" | cut -f1) in $venv"
