#!/bin/sh
# Makes .venv from a hash-locked list of packages, with uv when it is there, else with pip, and puts
# this project into it. Quick when nothing changed.
#
# usage: sh scripts/venv.sh [requirements.txt | requirements-dev.txt]
set -eu
cd "$(dirname "$0")/.."
lock=${1:-requirements.txt}

fail() {
    printf 'cfp: %s\n' "$*" >&2
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# $PYTHON when set, else the first of the usual names that is new enough.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 or newer."
        python=$PYTHON
        return
    fi
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if new_enough "$python"; then return; fi
    done
    if found=$(python3 --version 2>/dev/null); then
        fail "Python 3.11 or newer is needed and python3 is $found: apt install python3.11 python3.11-venv"
    fi
    fail "Python 3.11 or newer is needed and there is no python3: apt install python3 python3-venv"
}

create() {
    rm -rf .venv
    if command -v uv >/dev/null; then
        uv venv --quiet --python "${PYTHON:->=3.11}" .venv || fail "uv could not make .venv (see above)."
        return
    fi
    find_python
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        case $python in
            python3*) package=$python-venv ;;
            *) package=python3-venv ;;
        esac
        fail "Python's venv module is missing: apt install $package"
    fi
    "$python" -m venv .venv || fail "Python could not make .venv (see above)."
}

install() {
    if command -v uv >/dev/null; then
        uv pip install --quiet --python .venv/bin/python "$@"
    else
        .venv/bin/python -m pip --version >/dev/null 2>&1 ||
            .venv/bin/python -m ensurepip >/dev/null
        .venv/bin/python -m pip --disable-pip-version-check install --quiet --no-compile "$@"
    fi
}

# Whoever runs the program is mostly not allowed to write here: each start, of a job too, would
# compile it all anew, which takes as long as everything else of it. All cores do it at once.
compile() { # compile FOLDER...
    .venv/bin/python -m compileall -qq -j 0 "$@" || :
}

# What .venv was made from is kept in it: the folder, because the commands in .venv/bin hold absolute
# paths, and the lists.
state=$(pwd; cat requirements.txt requirements-dev.txt pyproject.toml | cksum)
if [ -x .venv/bin/cfp ] && [ "$(cat ".venv/installed-$lock" 2>/dev/null)" = "$state" ]; then
    compile cfp
    exit 0
fi

moved() {
    made_in=$(sed -n 1p .venv/installed-requirements.txt 2>/dev/null) && [ "$made_in" != "$(pwd)" ]
}

[ -w . ] || fail "no write access to $(pwd), where .venv is to be made."
[ ! -e .venv ] || [ -w .venv ] || fail "no write access to $(pwd)/.venv."
if moved || ! .venv/bin/python -c '' 2>/dev/null; then create; fi
echo "Installing the packages of $lock into .venv; the first time takes a minute or two."
# Wheels only: what a source package would fetch to build itself is not in the lock.
install --only-binary :all: --require-hashes -r "$lock" ||
    fail "the packages of $lock could not be installed (see above); a package index must be reachable."
install --no-deps --no-build-isolation -e . || fail "this project could not be installed (see above)."
compile .venv/lib cfp
# The list for developers holds the other one, at the same versions.
for installed in requirements.txt "$lock"; do
    printf '%s\n' "$state" >".venv/installed-$installed"
done
