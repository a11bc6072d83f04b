#!/usr/bin/env bash
# Make the Python environment: environment.sh VENV LOCK ARGUMENTS
# ARGUMENTS, written by arguments.sh, says which build of torch. VENV-uv is a small environment for uv itself.
# Names all missing tools at once. Never asks, never uses sudo. The old environment stays until the new one is whole.
set -euo pipefail
absolute() { [[ $1 == /* ]] && echo "$1" || echo "$PWD/$1"; }
stop() {
    echo "setup: $*" >&2
    exit 1
}
venv=$(absolute "$1") lock=$2 torch=$(sed -n 's/^torch //p' "$3") tools=$(absolute "$1")-uv new=$(absolute "$1").partial
UV=0.13.9
# The Makefile's caches for ilab lie in the repository; the package installer keeps its own, shared by all clones.
unset XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME

[[ $torch == default || $torch == cpu ]] || stop "TORCH_BACKEND=$torch: give cpu, or default for the build of the lock (CUDA 12.4)"
[[ $(uname -sm) == "Linux x86_64" ]] ||
    stop "this is $(uname -sm); the lock has packages for Linux x86_64 only. Use such a machine or container"
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
((${#missing[@]} == 0)) || stop "missing: ${missing[*]}; install with: sudo apt-get install -y ${missing[*]}, or as your" \
    "system does it (Python must be 3.11 or 3.12; where the system has another, \`uv python install 3.12\` brings one)"

# Held until this and what it started have ended.
exec 9<"$(dirname "$venv")"
flock --nonblock 9 || stop "another make setup is running here; wait for it or stop it, then run this again"
exec 8>&2 # the end may come where stderr leads elsewhere
end() {
    local status=$? why="not done, for the reason above"
    rm -f "$venv.errors"
    ((status != 130)) || why=interrupted
    ((status == 0)) || echo "setup: $why; what was there stays, run it again to go on" >&8
}
trap end EXIT
trap 'exit 130' INT TERM
size=$([[ $torch == cpu ]] && echo "less than 7 GB" || echo "7 GB")
echo "setup: $("$python" --version) into $venv, $(grep -c == "$lock") packages; 2 to 5 minutes, $size"
[[ -x $tools/bin/uv ]] ||
    { # What these say of a Ctrl-C is a traceback: it is shown only when they fail by themselves.
        "$python" -m venv --clear "$tools" && "$tools/bin/python" -m pip install -q --disable-pip-version-check "uv==$UV"
    } 2>"$venv.errors" || { cat "$venv.errors" >&2 && exit 1; }
rm -rf "$new"
"$tools/bin/uv" venv --quiet --relocatable --python "$python" "$new"
if [[ $torch == default ]]; then
    VIRTUAL_ENV=$new "$tools/bin/uv" pip sync --quiet --require-hashes "$lock"
else
    # The small build of torch has other hashes and needs no CUDA packages; all else is checked by hash as ever.
    awk '/^[^ #]/ { skip = /^(nvidia-|triton==|torch==|torchvision==)/ } !skip' "$lock" >"$new/requirements.txt"
    VIRTUAL_ENV=$new "$tools/bin/uv" pip sync --quiet --require-hashes "$new/requirements.txt"
    grep -oE '^(torch|torchvision)==[^ ]+' "$lock" |
        VIRTUAL_ENV=$new xargs "$tools/bin/uv" pip install --quiet --no-deps --torch-backend "$torch"
fi
touch "$new/.done"
rm -rf "$venv.old"
[[ ! -e $venv ]] || mv "$venv" "$venv.old"
mv "$new" "$venv"
rm -rf "$venv.old"
echo "setup: done, $(du -sh "$venv" | cut -f1) in $venv"
