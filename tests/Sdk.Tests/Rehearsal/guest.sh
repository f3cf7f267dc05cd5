#!/bin/sh
# Stands in for the programs of the guest: run NAME PATH ARGUMENT... The file 'rows' beside this script has the calls of
# the table, each as a pattern with the user, the folder, and the call.
name=$1
shift 2
call="$(id -un) $(pwd): $name $*"
case $name in
  curl)
    # The host has another address in the guest than in its own network.
    for url; do :; done
    host=${url#http://}
    exec wget -q --header "Host: ${host%%/*}" -O /tmp/rustup-init "$(echo "$url" | sed 's/127.0.0.1/10.0.2.2/')"
    ;;
esac
if ! echo "$call" | grep -qxE -f /usr/lib/rehearsal/rows; then
  echo "rehearsal: upstream's scripts have no such call in the machine: $call" >&2
  exit 97
fi
program() {
  mkdir -p "${1%/*}"
  # The called program expands these variables, not this script.
  # shellcheck disable=SC2016
  printf '#!/bin/sh\nexec /usr/lib/rehearsal/run %s "$0" "$@"\n' "$2" > "$1"
  chmod 755 "$1"
}
case $name in
  rustup-init) program /root/.cargo/bin/cargo cargo ;;
  cargo)
    [ -f Cargo.lock ] || { echo "rehearsal: there is no Cargo.lock in $(pwd)" >&2; exit 97; }
    program target/release/verif-storage-eval verif-storage-eval
    ;;
  verif-storage-eval)
    if [ ! -b "$1" ] || [ ! -d "$2" ]; then
      echo "rehearsal: $1 is no device, or $2 is no folder" >&2
      exit 97
    fi
    printf '%s,%s,' "$4" $((600000 + 100 * (8589934592 / $3) / 1000))
    ;;
esac
