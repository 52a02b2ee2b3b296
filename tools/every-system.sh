#!/bin/sh
# The two commands of the README, from an empty clone, in Debian systems made for it and with Pythons of this machine.
#
#     sh tools/every-system.sh [SYSTEM ...]
#
# SYSTEM is a Debian suite (bookworm, trixie, sid, ...), for root and for a fresh user with sudo; SUITE:root or SUITE:user
# for one of them; here:PYTHON for a clone on this machine with that Python (here:python3.12). Without any: all three
# suites. Needs root, git, and debootstrap or mmdebstrap. It tries HEAD, without uncommitted changes.
#
# Variables: SYSTEMS, the folder of the root file systems and logs (default build/systems); MIRROR; FROZEN=yes for a mirror
# that is a copy of an earlier day, whose signature apt would take for expired; COMMANDS, what is run (default "demo test").
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
systems=${SYSTEMS:-$here/build/systems}
mirror=${MIRROR:-http://deb.debian.org/debian}
commands=${COMMANDS:-demo test}
with=python3,make,sudo,git,ca-certificates

if [ "${EVERY_SYSTEM:-}" != alone ]; then # mounts of our own, which end with this process
    [ "$(id -u)" -eq 0 ] || { echo "this needs root: it makes root file systems" >&2; exit 1; }
    exec env EVERY_SYSTEM=alone unshare --mount --propagation private sh "$0" "$@"
fi
mkdir -p "$systems"
logs=$systems/logs
mkdir -p "$logs"

# Settings of this machine that a system inside it needs to reach packages.
settings() {
    env | grep -E '^(https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY|PIP_[A-Z_]*|SSL_CERT_FILE|REQUESTS_CA_BUNDLE)=' |
        grep -v -E '^PIP_(FIND_LINKS|TARGET|PREFIX|USER|REQUIRE_VIRTUALENV)=' || true
}

make_base() { # a suite's root file system, made once
    [ -e "$systems/$1/usr/bin/python3" ] && return
    echo "making a root file system of $1" >&2
    if command -v mmdebstrap >/dev/null 2>&1; then
        # what is given to apt here stays in the system's settings
        mmdebstrap --variant=minbase --include="$with" ${FROZEN:+--aptopt='Acquire::Check-Valid-Until "false"'} \
            "$1" "$systems/$1" "$mirror"
    else
        debootstrap --variant=minbase --include="$with" "$1" "$systems/$1" "$mirror"
    fi >"$logs/$1.make.log" 2>&1 || { tail -n 5 "$logs/$1.make.log" >&2; exit 1; }
}

enter() { # enter ROOT USER COMMAND: in a root file system, with the settings of this machine
    root=$1 user=$2 line=$3
    set -- HOME="$(home "$user")" USER="$user" LOGNAME="$user" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        LANG=C.UTF-8
    while IFS= read -r setting; do set -- "$@" "$setting"; done <"$logs/settings"
    chroot "$root" setpriv --reuid "$user" --regid "$user" --init-groups env -i "$@" sh -c "$line"
}

home() { [ "$1" = root ] && echo /root || echo "/home/$1"; }

# A run's log as one row of the table.
row() { # row SYSTEM LOG
    python3 - "$@" <<'END'
import re, sys
system, file = sys.argv[1:]
text = open(file, errors="replace").read()
def last(pattern, missing="-"):
    found = re.findall(pattern, text, re.M)
    return found[-1] if found else missing
def clock(seconds):
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"
def command(name):
    found = re.findall(rf"^every-system: make {name} ended with (\d+) after (\d+) s", text, re.M)
    if not found:
        return "-"
    status, seconds = found[-1]
    return ("passed" if status == "0" else f"failed ({status})") + ", " + clock(seconds)
closing = last(r"^=+ (.* in [\d.]+s.*?) =+$", "")
counts = [(re.findall(rf"(\d+) {what}", closing) or ["0"])[0] if closing else "-" for what in ("passed", "skipped", "failed")]
print("|", " | ".join([system, last(r"^every-system: python (\S+)"), last(r"^every-system: ngspice (\S+)"), command("demo"),
      command("test"), *counts, last(r"^every-system: left (.*)")]), "|")
END
}

# Commands for the clone, in every system. Outside the clone only apt's packages may be left.
cat >"$logs/run.sh" <<'EOF2'
cd "$1" && commands=$2 && export PYTHON="$3"
touch "$HOME/.every-system"
for command in $commands; do
    began=$(date +%s)
    status=0
    make $command PYTHON="$PYTHON" </dev/null || status=$?
    echo "every-system: make $command ended with $status after $(($(date +%s) - began)) s"
done
echo "every-system: python $(.venv/bin/python -c 'import platform; print(platform.python_version())')"
echo "every-system: ngspice $(ngspice --version 2>/dev/null | sed -n 's/.*ngspice-\([0-9.]*\).*/\1/p' | head -n 1)"
if [ -n "$4" ]; then
    make clean >/dev/null
    cd "$HOME"
    left=$(find . -newer .every-system -type f ! -path "./$(basename "$1")/*" ! -name .every-system ! -path "./.cache/pip/*" | head -n 3 | tr '\n' ' ')
    echo "every-system: left ${left:-nothing}"
fi
EOF2

try_suite() { # try_suite SUITE USER
    make_base "$1"
    root=$systems/$1.$2 log=$logs/$1.$2.log user=$2
    rm -rf "$root"
    cp -a --reflink=auto "$systems/$1" "$root"
    for file in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt; do
        [ ! -e "$file" ] || { rm -f "$root$file" && cp -L "$file" "$root$file"; }
    done
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    if [ "$2" = user ]; then
        user=visitor
        chroot "$root" useradd --create-home --shell /bin/bash "$user"
        echo "$user ALL=(ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/$user"
    fi
    git -c safe.directory='*' clone -q "$here" "$root$(home "$user")/synaspice"
    cp "$logs/run.sh" "$root$(home "$user")/run.sh"
    chroot "$root" chown -R "$user": "$(home "$user")"
    enter "$root" "$user" "sh $(home "$user")/run.sh $(home "$user")/synaspice '$commands' python3 clean" >"$log" 2>&1 || true
    umount -l "$root/dev" "$root/proc"
    [ -n "${KEEP:-}" ] || rm -rf --one-file-system "$root"
    row "$(. "$systems/$1/etc/os-release" && echo "$PRETTY_NAME"), $2" "$log" >"$logs/$1.$2.row"
    cat "$logs/$1.$2.row" >>"$logs/rows"
}

try_here() { # try_here PYTHON
    name=here.$(basename "$1") log=$logs/here.$(basename "$1").log
    folder=$(mktemp -d "$systems/here-XXXXXX")
    git -c safe.directory='*' clone -q "$here" "$folder/synaspice"
    sh "$logs/run.sh" "$folder/synaspice" "$commands" "$1" "" >"$log" 2>&1 || true
    rm -rf "$folder"
    row "$(. /etc/os-release && echo "$PRETTY_NAME"), $(basename "$1")" "$log" >"$logs/$name.row"
    cat "$logs/$name.row" >>"$logs/rows"
}

[ $# -gt 0 ] || set -- bookworm trixie sid
settings >"$logs/settings"
: >"$logs/rows"
for system in "$@"; do
    case $system in
        here:*) try_here "${system#here:}" ;;
        *:root | *:user) try_suite "${system%:*}" "${system##*:}" ;;
        *) try_suite "$system" root && try_suite "$system" user ;;
    esac
done
echo "| system | Python | ngspice | make demo | make test | passed | skipped | failed | left outside the clone by make clean |"
echo "|---|---|---|---|---|---|---|---|---|"
cat "$logs/rows"
! grep -q failed "$logs/rows"
