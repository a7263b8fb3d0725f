#!/bin/sh
# Make the virtual environment when it is missing, then let Python do the rest (setup_environment.py).
# POSIX sh: this runs before anything of ours is installed.
#
#   VENV    folder of the environment (default .venv)
#   PYTHON  the Python to make it with (default: the first of 3.11 to 3.13 that is found, then newer ones)
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
venv=${VENV:-.venv}

say() { printf '%s\n' "$*" >&2; }

is_new_enough() {
    # A name on the PATH may be a stub that only prints an error: running it is the test.
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_new_enough "$PYTHON" && { printf '%s\n' "$PYTHON"; return 0; }
        say "PYTHON=$PYTHON is not a Python of 3.11 or newer."
        return 1
    fi
    # The versions that our pins were tried with come first; python3 decides when nothing else is there.
    for name in python3.11 python3.12 python3.13 python3 python3.14 python3.15 python; do
        is_new_enough "$name" && { printf '%s\n' "$name"; return 0; }
    done
    say "No Python of 3.11 or newer was found on the PATH."
    say "Install one (Debian and Ubuntu: apt-get install python3 python3-venv; others: python.org),"
    say "or name one: make run PYTHON=/path/to/python3.11"
    return 1
}

ensure_venv_module() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1 && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "Installing python3-venv, which Debian keeps in a package of its own."
        export DEBIAN_FRONTEND=noninteractive
        apt-get install -y -qq python3-venv >/dev/null ||
            { apt-get update -qq >&2 && apt-get install -y -qq python3-venv >/dev/null; }
        "$1" -c 'import ensurepip, venv' >/dev/null 2>&1 && return 0
    fi
    say "$1 cannot make virtual environments: its ensurepip or venv module is missing."
    say "On Debian and Ubuntu: apt-get install python3-venv"
    return 1
}

# An interpreter that does not start belongs to a copied, moved or interrupted environment: make it anew.
if ! "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; then
    python=$(find_python) || exit 1
    ensure_venv_module "$python" || exit 1
    say "Making $venv with $("$python" --version 2>&1)."
    "$python" -m venv --clear "$venv"
fi

exec "$venv/bin/python" scripts/setup_environment.py "$@"
