#!/bin/sh
# Build an ngspice that loads native devices (OSDI), program and shared library, from the distribution's own source
# package into the folder that is given; does nothing if they are there already. Debian and Ubuntu.
# The system's package sources stay as they are; root is needed for compilers that are missing, and for nothing else.
# A folder with something in it that was not built here is refused; of one that was, the files in its list are replaced.
set -eu
umask 022 # others may read what is built, and not write it
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?usage: build-ngspice-osdi.sh FOLDER}
jobs=${JOBS:-2}

list=.built-by-synaspice # in the target: every file that was put there

[ -x "$target/bin/ngspice" ] && [ -e "$target/lib/libngspice.so" ] && exit 0
ours() { # nothing is there, an empty folder, or what was built here
    [ -d "$target" ] || ! { [ -e "$target" ] || [ -L "$target" ]; } || return 1
    ! [ -d "$target" ] || [ -f "$target/$list" ] || [ -z "$(ls -A "$target")" ]
}
refuse() {
    echo "$target has files that were not built here; name another folder, or empty it yourself" >&2
    exit 1
}
ours || refuse
if ! command -v apt-get >/dev/null 2>&1; then
    echo "this takes ngspice's source from Debian or Ubuntu; elsewhere configure ngspice >= 39 with --enable-osdi," >&2
    echo "once with and once without --with-ngshared, and install both into $target" >&2
    exit 1
fi

missing=""
for pair in bison:bison flex:flex autoconf:autoconf automake:automake libtoolize:libtool gcc:gcc g++:g++ make:make \
    dpkg-source:dpkg-dev; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
if [ -n "$missing" ]; then
    sh "$here/apt-install.sh" $missing libc6-dev
fi

# Everything beside the target, so that the finished tree moves into place in one step.
(umask 077 && mkdir -p "$(dirname "$target")")
parent=$(cd "$(dirname "$target")" && pwd)
target=$parent/$(basename "$target")
work=$(mktemp -d "$parent/.ngspice-osdi-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

quietly() { # a command whose output is shown if it fails
    "$@" >"$work/log" 2>&1 || { tail -n 40 "$work/log" >&2; echo "failed: $*" >&2; exit 1; }
}

# The package sources of this machine once more, as sources of source packages, in a list of our own.
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/source"
. /etc/os-release
signed=""
for keyring in "/usr/share/keyrings/$ID-archive-keyring.pgp" "/usr/share/keyrings/$ID-archive-keyring.gpg"; do
    [ -r "$keyring" ] && signed="[signed-by=$keyring]"
done
apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    grep -E " ${VERSION_CODENAME:?}(-updates|-security)? (main|universe)\$" | sort -u |
    sed "s|^|deb-src $signed |" >"$work/sources.list"
apt() {
    apt-get -q -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)" "$@"
}
echo "fetching ngspice's source package"
quietly apt update
cd "$work/source"
quietly apt source ngspice
cd "$work"/source/ngspice-*/
if ! [ -e src/osdi/osdinoise.c ]; then # before ngspice 42
    cp "$here/ngspice-osdi-noise.c" src/osdi/osdinoise.c
    sed -i 's|osdicallbacks.c|osdicallbacks.c osdinoise.c|' src/osdi/Makefile.am
    sed -i 's|/\* \(extern int OSDInoise(.*);\) \*/|#include "ngspice/noisedef.h"\n\1|' src/osdi/osdiext.h
    sed -i -e 's|OSDIinfo->DEVtrunc = OSDItrunc;|&\n  OSDIinfo->DEVnoise = OSDInoise;|' \
        -e 's|descr->instance_size + sizeof(OsdiExtraInstData)|& + NSTATVARS * sizeof(double) * descr->num_noise_src|' \
        src/osdi/osdiinit.c
    grep -q DEVnoise src/osdi/osdiinit.c && grep -q NSTATVARS src/osdi/osdiinit.c
fi
quietly sh -c 'chmod +x autogen.sh && ./autogen.sh'

for form in library program; do
    echo "building the $form of $(basename "$PWD") with OSDI"
    shared=""
    [ "$form" = program ] || shared=--with-ngshared
    mkdir "$work/$form"
    (
        cd "$work/$form"
        quietly "$OLDPWD/configure" --prefix="$target" --libdir="$target/lib" --enable-osdi --enable-xspice \
            --with-readline=no --without-x --disable-debug $shared CFLAGS="-O2"
        quietly make -j"$jobs"
        quietly make install DESTDIR="$work/stage"
    )
done

ours || refuse
if [ -f "$target/$list" ]; then
    while IFS= read -r file; do
        case $file in
        ../* | */../* | /*) refuse ;;
        *) rm -f "$target/$file" ;;
        esac
    done <"$target/$list"
    rm "$target/$list"
    find "$target" -mindepth 1 -depth -type d -empty -delete
fi
(cd "$work/stage$target" && find . ! -type d) >"$work/list"
mv "$work/list" "$work/stage$target/$list"
if rmdir "$target" 2>/dev/null || ! [ -e "$target" ]; then
    mv "$work/stage$target" "$target"
else # something of the user's is there beside it
    cp -a "$work/stage$target/." "$target/"
fi
echo "ngspice with OSDI is in $target"
