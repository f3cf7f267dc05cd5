#!/usr/bin/env bash
# Sets a machine with Debian or Ubuntu up for an evaluation: .NET, git, and, on request, a container engine,
# virtual machines, rustup and the compilers that build the SDK from its sources. The script changes only what is
# missing, so that a second call changes nothing. Steps that need root are listed first and done in one call of sudo.
#
#   setup.sh [--dry-run] [--for USER] [engine] [vm] [rustup] [sources] [deb:PACKAGE[:PROGRAM] ...]
#   setup.sh --print-dotnet         prints the path of the .NET that evaluations use
#
# deb:PACKAGE is a package of Debian and Ubuntu; with a program, any program of that name replaces the package.
# Exit codes: 0, everything is there; 1, something could not be provided; 2, the call is wrong; 3, root is needed and
# was refused; 10, with --dry-run: something is missing.
set -euo pipefail

# The required series of the .NET SDK, the release that is installed if no release of it is present, and the address
# that it comes from. ARTIFACT_DOTNET_FEED is for mirrors.
readonly series=10.0 release=10.0.100
feed=${ARTIFACT_DOTNET_FEED:-https://builds.dotnet.microsoft.com/dotnet}
readonly home_of_dotnet=${DOTNET_INSTALL_DIR:-$HOME/.dotnet}
# The release of rustup that is installed if there is none, and the SHA-256 of its installer. RUSTUP_UPDATE_ROOT, which
# rustup reads, too, is for mirrors.
readonly rustup_release=1.27.1
readonly rustup_sha256=6aeece6993e902708983b209d04c0d1dbb14ebb405ddb87def578d41f920f56d
readonly rustup_feed=${RUSTUP_UPDATE_ROOT:-https://static.rust-lang.org/rustup}
readonly home_of_cargo=${CARGO_HOME:-$HOME/.cargo}
# Tests replace the root of the file system below which this script looks at devices and at the system's release.
readonly root=${ARTIFACT_SETUP_ROOT:-}

usage() {
  sed -n '2,13s/^# \{0,1\}//p' "$0"
}

dry=false user=$(id -un) engine=false vm=false rustup=false sources=false print=false wanted=()
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry=true ;;
    --print-dotnet) print=true ;;
    --for) user=${2:?'--for needs the name of a user'}; shift ;;
    engine) engine=true ;;
    vm) vm=true ;;
    rustup) rustup=true ;;
    sources) sources=true ;;
    deb:*[!A-Za-z0-9.+:_-]* | deb: | deb:[!A-Za-z0-9]*)
      echo "setup.sh: '$1' names no package." >&2; exit 2 ;;
    deb:*) wanted+=("${1#deb:}") ;;
    -h | --help) usage; exit 0 ;;
    *)
      echo "setup.sh: '$1' is none of --dry-run, --print-dotnet, --for USER, engine, vm, rustup, sources and" \
        "deb:PACKAGE." >&2
      exit 2 ;;
  esac
  shift
done
id -u "$user" >/dev/null 2>&1 || { echo "setup.sh: there is no user '$user'." >&2; exit 2; }

has() { command -v "$1" >/dev/null 2>&1; }

# The steps for root: a line for people and the commands for the shell, in the same order.
tasks=() commands=()
as_root() {
  tasks+=("$1")
  commands+=("$2")
}

# Prints the path of a .NET of the series. The first program of this name may be an older one.
find_dotnet() {
  local program
  for program in dotnet "$home_of_dotnet/dotnet"; do
    has "$program" && "$program" --list-sdks 2>/dev/null | grep -q "^${series//./\\.}\." &&
      command -v "$program" && return 0
  done
  return 1
}

# rustup installs its cargo last.
find_rustup() { has rustup || { has "$home_of_cargo/bin/rustup" && has "$home_of_cargo/bin/cargo"; }; }

if $print; then
  find_dotnet && exit 0
  echo "setup.sh: there is no .NET $series." >&2
  exit 1
fi

is_installed() { [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Prints the packages whose program or file is missing. A program from any source is accepted, so that a container
# engine or a QEMU from another source is kept. A package without a
# proof must be installed itself.
missing_packages() {
  local package proof
  while read -r package proof; do
    case $proof in
      '') is_installed "$package" || echo "$package" ;;
      /*) compgen -G "$proof" >/dev/null || echo "$package" ;;
      *) has "$proof" || echo "$package" ;;
    esac
  done < <(
    printf '%s\n' 'ca-certificates /etc/ssl/certs/ca-certificates.crt' 'curl curl' 'git git' 'python3 python3' \
      'libicu /usr/lib/*/libicuuc.so.*'
    $sources && printf '%s\n' 'gcc gcc' 'binutils ld' 'zlib1g-dev /usr/include/zlib.h' \
      'fonts-dejavu-core /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' 'libc6-dev /usr/include/stdio.h'
    $engine && printf '%s\n' 'acl setfacl' 'docker.io docker'
    $vm && printf '%s\n' 'acl setfacl' 'qemu-system-x86 qemu-system-x86_64' 'qemu-utils qemu-img'
    [ ${#wanted[@]} -gt 0 ] && printf '%s\n' "${wanted[@]/:/ }"
    true
  ) | sort -u
}

is_debian() {
  [ -r "$root/etc/os-release" ] && grep -Eq '^ID(_LIKE)?=.*\b(debian|ubuntu)\b' "$root/etc/os-release" && has apt-get
}

# Whether the archive of this release has a package. Before the archive's lists are fetched, which needs root, the
# answer is yes.
is_available() { ! apt-cache show git >/dev/null 2>&1 || apt-cache show "$1" >/dev/null 2>&1; }

plan_packages() {
  local packages='' package
  for package in $(missing_packages); do
    if [ "$package" = libicu ] || ! is_debian || is_available "$package"; then
      packages+=" $package"
    else
      echo "Note: this release has no package $package. What needs it is left out." >&2
    fi
  done
  packages=${packages# }
  [ -n "$packages" ] || return 0
  if ! is_debian; then
    echo "setup.sh: this system is neither Debian nor Ubuntu. Install what these packages of theirs contain, and call" \
      "it again: $packages" >&2
    exit 1
  fi
  # The name of ICU's package contains its version, which differs from release to release.
  as_root "install the packages $packages" "export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
packages='$packages'
case \" \$packages \" in *' libicu '*)
  icu=\$(apt-cache pkgnames libicu | grep -E '^libicu[0-9]+\$' | sort -V | tail -n 1)
  packages=\$(echo \" \$packages \" | sed \"s/ libicu / \$icu /\") ;;
esac
there=
for package in \$packages; do
  if apt-cache show \"\$package\" >/dev/null 2>&1; then there=\"\$there \$package\"
  else echo \"Note: this release has no package \$package. What needs it is left out.\" >&2; fi
done
packages=\${there# }
[ -z \"\$packages\" ] ||
apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends \$packages"
}

# Lets the user open a file of a group: at once by an access list, and after the next login as a member of the group.
plan_access() {
  local what=$1 file=$2 group=$3
  [ "$(id -u "$user")" -ne 0 ] || return 0
  local granted=true
  [ "$user" = "$(id -un)" ] && { [ -r "$root$file" ] && [ -w "$root$file" ] || granted=false; }
  id -nG "$user" | tr ' ' '\n' | grep -qx "$group" && $granted && return 0
  as_root "let $user use $what: as a member of the group $group, and at once by an access list on $file" \
    "getent group '$group' >/dev/null || groupadd --system '$group'
usermod -aG '$group' '$user'
if [ -e '$root$file' ]; then setfacl -m 'u:$user:rw' '$root$file'; fi"
}

engine_answers() { has docker && docker info >/dev/null 2>&1; }

# Whether an engine listens, also if this user may not ask it. An engine that was killed leaves its socket.
engine_runs() {
  [ -S "$root/var/run/docker.sock" ] || return 1
  ! has docker || engine_answers || case $(LC_ALL=C docker info 2>&1 || true) in
    *'permission denied'*) return 0 ;;
    *) return 1 ;;
  esac
}

plan_engine() {
  $engine || return 0
  engine_answers && [ "$user" = "$(id -un)" ] && return 0
  # If an environment variable names the container engine, this script neither starts it nor grants access to it.
  [ -z "${DOCKER_HOST:-}" ] || return 0
  if ! engine_runs; then
    # Without systemd, the script of the service raises limits, which root in a container may not do.
    as_root 'start the container engine' "if [ -d /run/systemd/system ]; then systemctl enable --now docker
else service docker start || start-stop-daemon --start --background --no-close --exec /usr/sbin/dockerd \\
  --make-pidfile --pidfile /var/run/docker-ssd.pid -- --pidfile /var/run/docker.pid >>/var/log/docker.log 2>&1; fi
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -S /var/run/docker.sock ] && break; sleep 1; done"
  fi
  plan_access 'the container engine' /var/run/docker.sock docker
}

plan_vm() {
  $vm || return 0
  if [ -e "$root/dev/kvm" ]; then
    plan_access 'hardware virtualisation' /dev/kvm kvm
  else
    echo "Note: this machine has no /dev/kvm, so virtual machines are emulated and their times say nothing." >&2
  fi
}

run_as_root() {
  local script
  script=$(printf '%s\n' "${commands[@]}")
  local result=0
  if [ "$(id -u)" -eq 0 ]; then
    sh -euc "$script" || result=97
  else
    echo 'One call of sudo does this.'
    result=1
    # The exit code of sudo is that of the command, or 1.
    ! has sudo || { result=0 && sudo -- sh -c 'sh -euc "$1" || exit 97' sh "$script"; } || result=$?
  fi
  [ $result -ne 0 ] || return 0
  if [ $result -eq 97 ]; then
    echo 'setup.sh: a step as root failed, as its message above says. Mend that and repeat the command.' >&2
    exit 1
  fi
  printf '%s\n' '' 'sudo was refused. An administrator has to run this once, as root:' '' >&2
  printf '%s\n' "${commands[@]}" | sed 's/^/  /' >&2
  exit 3
}

# Makes the folder for downloads, which does not remain.
folder='' unpacked=''
make_folder() {
  [ "$(uname -m)" = x86_64 ] || { echo 'setup.sh: the SDK measures on x86-64 only.' >&2; exit 1; }
  [ -z "$folder" ] || return 0
  folder=$(mktemp -d)
  trap 'rm -rf "$folder" "$unpacked" "${unpacked:+$unpacked.sdk}"' EXIT
}

install_dotnet() {
  local archive="dotnet-sdk-$release-linux-x64.tar.gz"
  make_folder
  echo "Installing .NET $release in $home_of_dotnet"
  curl -fsSL --retry 3 -o "$folder/$archive" "$feed/Sdk/$release/$archive"
  curl -fsSL --retry 3 -o "$folder/releases.json" "$feed/release-metadata/$series/releases.json"
  # In the list of .NET releases, the hash of each archive follows its URL.
  local hash
  hash=$(tr -d ' \n' < "$folder/releases.json" | grep -o "$archive\",\"hash\":\"[0-9a-fA-F]*\"" | head -n 1 |
    sed 's/.*"hash":"//; s/"$//')
  if [ -z "$hash" ] || ! echo "$hash  $folder/$archive" | sha512sum --check --quiet - 2>/dev/null; then
    echo "setup.sh: the hash of $archive is not the one in the list of releases; nothing was installed." >&2
    exit 1
  fi
  # A .NET counts as installed once its folder below sdk is there. That folder therefore comes last and at once, also
  # if this script is killed.
  mkdir -p "$home_of_dotnet/sdk"
  rm -rf "$home_of_dotnet"/.unpacked.*
  unpacked=$(mktemp -d "$home_of_dotnet/.unpacked.XXXXXX")
  tar -xzf "$folder/$archive" -C "$unpacked"
  mkdir -p "$unpacked/sdk"
  mv "$unpacked/sdk" "$unpacked.sdk"
  cp -alf "$unpacked/." "$home_of_dotnet"
  local version
  for version in "$unpacked.sdk"/*; do
    [ ! -e "$version" ] || { rm -rf "$home_of_dotnet/sdk/${version##*/}"; mv "$version" "$home_of_dotnet/sdk"; }
  done
  rm -rf "$unpacked" "$unpacked.sdk"
}

# Toolchains are installed by the builds that need them, since each repository names its own.
install_rustup() {
  make_folder
  echo "Installing rustup $rustup_release in $home_of_cargo"
  curl -fsSL --retry 3 -o "$folder/rustup-init" \
    "$rustup_feed/archive/$rustup_release/x86_64-unknown-linux-gnu/rustup-init"
  if ! echo "$rustup_sha256  $folder/rustup-init" | sha256sum --check --quiet - 2>/dev/null; then
    echo 'setup.sh: the hash of the installer of rustup is another one; nothing was installed.' >&2
    exit 1
  fi
  chmod +x "$folder/rustup-init"
  "$folder/rustup-init" -y -q --no-modify-path --default-toolchain none
}

plan_packages
plan_engine
plan_vm
own=() # What is installed in the user's own folders.
needs_dotnet=false needs_rustup=false
find_dotnet >/dev/null || { needs_dotnet=true; own+=("install .NET $release in $home_of_dotnet"); }
! $rustup || find_rustup || { needs_rustup=true; own+=("install rustup $rustup_release in $home_of_cargo"); }

check_engine() {
  ! $engine || [ "$user" != "$(id -un)" ] || engine_answers || {
    if [ -n "${DOCKER_HOST:-}" ]; then
      echo "setup.sh: no container engine answers at DOCKER_HOST, which is $DOCKER_HOST. Start it or unset the" \
        "variable, and repeat the command." >&2
    else
      echo 'setup.sh: the container engine does not answer yet. Log in again and repeat the command.' >&2
    fi
    exit 1
  }
}

if [ ${#tasks[@]} -eq 0 ] && [ ${#own[@]} -eq 0 ]; then
  check_engine
  echo 'This machine is set up: there is nothing to do.'
  exit 0
fi
if [ ${#tasks[@]} -gt 0 ]; then
  echo 'As root:'
  printf '  - %s\n' "${tasks[@]}"
fi
if [ ${#own[@]} -gt 0 ]; then
  echo "As $user:"
  printf '  - %s\n' "${own[@]}"
fi
if $dry; then
  exit 10
fi
if [ ${#tasks[@]} -gt 0 ]; then
  run_as_root
fi
if [ "$user" = "$(id -un)" ]; then
  ! $needs_dotnet || install_dotnet
  ! $needs_rustup || install_rustup
fi
check_engine
echo 'This machine is set up.'
