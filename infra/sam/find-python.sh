#!/bin/sh
# Prints the bin folder of a real Python 3.13, the version Lambda runs: `sam build` looks for it on PATH, and a
# pyenv shim there does not do.
set -eu

real() { # prints the bin folder if the program named runs and is 3.13
    [ -n "$1" ] && "$1" -c 'import sys; assert sys.version_info[:2] == (3, 13); print(sys.base_prefix + "/bin")' 2>/dev/null
}

real "$(command -v python3.13 || true)" && exit
if command -v pyenv >/dev/null; then
    for program in "$(pyenv root)"/versions/3.13*/bin/python3.13; do
        real "$program" && exit
    done
fi
# uv keeps Pythons of its own, and fetches one where it may; UV names the one that `make setup` installs.
uv=${UV:-uv}
if command -v "$uv" >/dev/null; then
    real "$("$uv" python find --managed-python 3.13 2>/dev/null || true)" && exit
    "$uv" python install --quiet 3.13 >&2 || true
    real "$("$uv" python find --managed-python 3.13 2>/dev/null || true)" && exit
fi
echo "Python 3.13 was not found, and uv could not fetch it. Install it so that \`python3.13\` runs, for example with" >&2
echo "\`uv python install 3.13\`, \`pyenv install 3.13\` or your system's packages; it builds the Lambda functions." >&2
exit 1
