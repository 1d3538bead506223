#!/bin/sh
# Sees to it that the journeys have a browser: Debian's package where we may install it, and
# Playwright's own where that is none (Ubuntu's is a snap).
# usage, in the project's folder: tests/journeys/chromium.sh
set -eu
python=.venv/bin/python
reason=$($python -m tests.journeys.chromium) && exit 0

if [ "$(id -u)" = 0 ]; then
    echo "Installing Chromium, which the journeys drive."
    if command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq || true
        # Ubuntu has it for desktops only, by a snap; then this fails or brings nothing of use.
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null || true
    fi
    $python -m tests.journeys.chromium >/dev/null && exit 0
    echo "The system's packages have none; trying Playwright's."
    $python -m playwright install --with-deps chromium || true
    reason=$($python -m tests.journeys.chromium) && exit 0
    echo "$reason" >&2
    exit 1
fi
echo "$reason" >&2
[ "${SAGE_TEST_BROWSER:-}" != required ] || exit 1
echo "The journeys need it and are left out without it." >&2
