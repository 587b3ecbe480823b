# Fresh Debian systems in folders, made by debootstrap. Sourced by scripts that run as root; the current folder is the
# project's. The base system of each release is kept in the cache folder and unpacked the next time.
#
#   new_debian RELEASE      makes one (12, 13 or sid) and sets $debian to its folder; status 1 if that can't be
#   inside USER COMMAND…    runs a command in $debian, in /qi if there is such a folder, with nothing of this machine's
#                           environment but the proxies; what it says goes to $scratch/out and $scratch/err
#   check NAME CONDITION…   counts one check
#   clock NAME              says how long it has taken since the last time
#   finish                  says the count and ends
#
# Where packages come from is read from this machine's apt at run time.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/qi-tests
scratch=$(mktemp -d)
authorities=/etc/ssl/authorities-outside.pem # whom this machine's network needs to be trusted, for npm
passed=0 failed=0 since=$SECONDS

clean_up() {
    local place
    for place in "$scratch"/debian-*/{dev/shm,dev/pts,proc}; do mountpoint -q "$place" && umount "$place"; done
    rm -rf --one-file-system "$scratch"
}
trap clean_up EXIT

base_of() { echo "$cache/debian-$1-base.tar"; } # base_of RELEASE

make_base() { # make_base RELEASE
    local mirror codename # a mirror of Debian has every release: that of this machine's own will do
    case $1 in
    12) codename=bookworm ;;
    13) codename=trixie ;;
    *) codename=$1 ;;
    esac
    command -v debootstrap >/dev/null || apt-get install -y -qq debootstrap >"$scratch/out" 2>&1 || return 1
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
        awk '$2 ~ /^(bookworm|trixie)$/ && $3 == "main" { print $1; exit }')
    [ "$mirror" ] || { echo "apt knows no mirror of Debian" >"$scratch/err"; return 1; }
    mkdir -p "$cache"
    debootstrap --variant=minbase "$codename" "$scratch/base" "$mirror" >"$scratch/out" 2>&1 || return 1
    rm -f "$scratch"/base/var/cache/apt/archives/*.deb
    tar -C "$scratch/base" --exclude=./proc/* -cf "$(base_of "$1").new" . && mv "$(base_of "$1").new" "$(base_of "$1")"
    rm -rf --one-file-system "$scratch/base"
}

new_debian() { # new_debian RELEASE
    [ -f "$(base_of "$1")" ] || make_base "$1" || { tail -n 5 "$scratch/out" "$scratch/err" 2>/dev/null; return 1; }
    debian=$(mktemp -d "$scratch/debian-$1-XXXX")
    chmod 755 "$debian"
    tar -C "$debian" -xf "$(base_of "$1")" || return 1
    apt-config dump | grep '^Acquire::' >"$debian/etc/apt/apt.conf.d/99-as-outside"
    cp /etc/resolv.conf /etc/hosts "$debian/etc/"
    mkdir -p "$debian/etc/ssl"
    cp "${NODE_EXTRA_CA_CERTS:-/dev/null}" "$debian$authorities"
    # What a container has as well: processes, terminals, shared memory.
    mkdir -p "$debian/dev/pts" "$debian/dev/shm"
    mount -t proc proc "$debian/proc"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$debian/dev/pts"
    ln -sf pts/ptmx "$debian/dev/ptmx"
    mount -t tmpfs tmpfs "$debian/dev/shm"
}

inside() { # inside USER COMMAND…
    local user=$1
    shift
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG="${lang:-C.UTF-8}" NODE_EXTRA_CA_CERTS=$authorities \
        DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        timeout "${limit:-1200}" chroot --userspec="$user" "$debian" sh -c 'cd /qi 2>/dev/null; exec "$@"' sh "$@" \
        >"$scratch/out" 2>"$scratch/err" </dev/null
}

check() { # check NAME CONDITION…
    local name=$1
    shift
    if "$@"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED $name"
        { grep -h -A 6 'FAILED\|without a count\|, [1-9][0-9]* failed  \|ERROR: \|TEST CASE: ' "$scratch/out"; tail -n 5 "$scratch/out" "$scratch/err"; } 2>/dev/null | cut -c 1-300 | sed 's/^/    | /'
    fi
}

clock() { # clock NAME
    echo "  $1: $((SECONDS - since)) s"
    since=$SECONDS
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
    exit
}
