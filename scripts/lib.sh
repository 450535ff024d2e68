# Sourced by the other scripts, from the top of the repository: finds Python and sets up .venv.
# shellcheck shell=sh

VENV=.venv
STAMP=$VENV/armband-setup

say() {
    printf '%s\n' "$*" >&2
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# Whether $1 is a Python that the lock files are made for. A version manager's shim may answer to
# the name and then fail, so it is asked and not believed.
is_python() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
        >/dev/null 2>&1
}

# Prints the Python to use; ARMBAND_PYTHON names another one.
find_python() {
    for candidate in ${ARMBAND_PYTHON:+"$ARMBAND_PYTHON"} \
        python3.12 python3.13 python3.11 python3 python; do
        if has "$candidate" && is_python "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    say "Armband needs Python 3.11, 3.12 or 3.13, and none of python3.12, python3.13, python3.11,"
    say "python3 is one (python3 here: $(python3 --version 2>&1 | head -n 1))."
    say "Install one, or name it: ARMBAND_PYTHON=/path/to/python $0"
    return 1
}

# What the environment was made of: when any of it changes, it is made again.
# $1: the lock file. The place counts because an editable install holds its own path.
fingerprint() {
    { pwd; cat pyproject.toml "$1" scripts/lib.sh; } | cksum
}

make_venv() {
    if [ -x $VENV/bin/python ] && is_python $VENV/bin/python; then
        return 0
    fi
    python=$(find_python) || return 1
    rm -rf $VENV
    say "Making $VENV with $("$python" --version 2>&1) ($python)"
    if has uv && uv venv --quiet --python "$python" $VENV 2>/dev/null; then
        return 0
    fi
    rm -rf $VENV
    if ! "$python" -m venv $VENV >&2; then
        rm -rf $VENV
        say "$python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv"
        return 1
    fi
}

# The arguments are those of `pip install`. uv does it when it is there, pip otherwise, and pip also
# when uv fails: it may be set up for another network than pip is. What they say is shown when both
# fail; it is full of remarks about the machine otherwise.
install() {
    log=$VENV/setup.log
    : >$log
    if has uv && uv pip install --quiet --python $VENV/bin/python "$@" 2>>$log; then
        return 0
    fi
    $VENV/bin/python -m pip --version >/dev/null 2>&1 ||
        $VENV/bin/python -m ensurepip >>$log 2>&1 || true
    if ! $VENV/bin/python -m pip install --quiet --disable-pip-version-check "$@" >>$log 2>&1; then
        cat $log >&2
        return 1
    fi
}

# set_up run|dev: .venv holds the locked dependencies and Armband itself, editable. Does nothing,
# quickly, when it does already; an environment made for dev serves run too.
set_up() {
    case $1 in
    dev) lock=scripts/requirements-dev.lock ;;
    *) lock=scripts/requirements.lock ;;
    esac
    wanted="$1 $(fingerprint $lock)"
    if [ -x $VENV/bin/python ] && [ -f $STAMP ] && grep -qxF "$wanted" $STAMP; then
        return 0
    fi
    make_venv || return 1
    rm -f $STAMP
    say "Installing locked dependencies ($lock)"
    if ! install --require-hashes -r $lock; then
        say "The dependencies could not be installed. Is the network there? What is locked stands in"
        say "$lock; an offline folder of wheels does too: PIP_FIND_LINKS=FOLDER PIP_NO_INDEX=1 $0"
        return 1
    fi
    # Offline from here on: the build back end came with the lock.
    install --no-deps --no-build-isolation --no-index -e . || return 1
    {
        echo "$wanted"
        [ "$1" = dev ] && echo "run $(fingerprint scripts/requirements.lock)"
        true
    } >$STAMP
}
