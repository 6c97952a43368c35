#!/bin/sh
# make_runtime.sh PYTHON TARGET: from a complete installation (its PYTHON) make one that only serves:
# TARGET/venv without torch, TARGET/models with the exported model. Run in the folder of the sources.
set -eu
python=$1 target=$2
mkdir -p "$target"
"$python" deploy/runtime_requirements.py > "$target/requirements.txt"
"$python" -m venv "$target/venv"
"$target/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$target/requirements.txt"
"$target/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps .
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
LESSONRY_MODELS="$target/models" "$python" -m api.cli --home "$scratch" reindex
