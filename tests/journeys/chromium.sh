#!/bin/sh
# Sees to it that the journeys have a browser: Debian's package, where we may install it.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium, which the journeys drive."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
    exit 0
fi
echo "The journeys need Chromium and are left out without it." >&2
echo "Install it: sudo apt install chromium" >&2
