#!/bin/sh
# Makes .venv complete for a requirements file; returns at once when it is.
# usage, in the project's folder: embedded/venv.sh requirements.txt
set -eu
requirements=$1
stamp=.venv/.installed-$requirements
unfinished=.venv/.unfinished

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

wanted=$(cat requirements.txt "$requirements" | cksum)
is_complete() {
    [ ! -e $unfinished ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c ''
}

find_python() {
    found_old=no found_bare=
    for candidate in python3.13 python3.12 python3.11 python3; do
        command -v $candidate >/dev/null 2>&1 || continue
        if ! $candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            found_old=yes
        elif ! $candidate -c 'import ensurepip, venv' 2>/dev/null; then
            found_bare=$candidate
        else
            echo $candidate
            return
        fi
    done
    [ -z "$found_bare" ] || fail "$found_bare lacks its venv module." \
        "Install it: apt install python3-venv (or ${found_bare}-venv), then run this again."
    [ $found_old = no ] || fail "Sage Mode needs Python 3.11 or later; the Python here is older." \
        "Install a newer one: apt install python3.11 python3.11-venv, then run this again."
    fail "Sage Mode needs Python 3.11 or later, and none was found." \
        "Install it: apt install python3 python3-venv, then run this again."
}

is_complete && exit 0

# Two terminals may come here at the same time; the second waits, and then has nothing to do.
if command -v flock >/dev/null 2>&1; then
    exec 9<"$0"
    flock 9
    is_complete && exit 0
fi

# An interrupted installation may look whole to pip and not be; only a new start is certain.
if [ -e .venv ]; then
    if [ -e $unfinished ] ||
        ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
    then
        echo "The environment in .venv is incomplete; making it anew."
        rm -rf .venv
    fi
fi

if [ ! -e .venv ]; then
    python=$(find_python)
    mkdir .venv 2>/dev/null || fail "This folder cannot be written: $(pwd)." \
        "Make it yours, or clone the project into a folder of your own."
    touch $unfinished
    $python -m venv .venv || fail "The environment in .venv could not be made with $python." \
        "Is the disk full, or the venv module incomplete? apt install python3-venv"
fi

echo "Installing $requirements into .venv; the first time this takes a minute or two ..."
touch $unfinished 2>/dev/null || fail "The environment in .venv cannot be written." \
    "Is it another user's, or the disk full? Remove .venv as its owner, then run this again."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r "$requirements" ||
    fail "The requirements could not be installed; the lines above tell why." \
        "Check the network and the free disk space, then run this again."
echo "$wanted" >"$stamp"
rm $unfinished
