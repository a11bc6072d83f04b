#!/usr/bin/env bash
# Write what the Python environment is made of: arguments.sh OUTPUT LOCK [TORCH_BACKEND]
# OUTPUT is rewritten only when that differs. Without TORCH_BACKEND the build of torch stays the one that was chosen.
set -euo pipefail
output=$1 lock=$2 torch=${3:-}
[[ -n $torch || ! -f $output ]] || torch=$(sed -n 's/^torch //p' "$output")
content="torch ${torch:-default}
lock $(sha256sum <"$lock")
script $(sed '/^ *#/d' "$(dirname "$0")/environment.sh" | sha256sum)"
[[ -f $output && $(<"$output") == "$content" ]] && exit
# Its own name, as another make may write the same file.
printf '%s\n' "$content" >"$output.$$.partial"
mv "$output.$$.partial" "$output"
