#!/bin/sh
# Sage Mode's command line; works from any folder. `./sage --help` lists the commands.
root=$(dirname -- "$(readlink -f -- "$0")")
python=$root/.venv/bin/python
if [ ! -x "$python" ]; then
    echo "Sage Mode is not installed yet: $python is missing." >&2
    echo "Run \`make run\` in $root; it installs what is needed and starts everything." >&2
    exit 3
fi
# -P: the caller's folder, where there may be a json.py, stays out of the way of our imports.
PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH} exec "$python" -P -m cli "$@"
