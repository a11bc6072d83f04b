#!/usr/bin/env bash
# Resolve requirements.in to requirements.lock: lock.sh UV [OPTION...]; with --upgrade to the newest that it allows.
set -euo pipefail
uv=$1
shift
# uv keeps the versions of the file that it writes to.
[[ ! -f requirements.lock ]] || cp requirements.lock requirements.lock.partial
trap 'rm -f requirements.lock.partial' EXIT
"$uv" pip compile --quiet --generate-hashes --python-version 3.11 --no-annotate --no-header "$@" \
    --override overrides.txt requirements.in --output-file requirements.lock.partial
mv requirements.lock.partial requirements.lock
echo "requirements.lock: $(grep -c == requirements.lock) packages; next: make setup"
