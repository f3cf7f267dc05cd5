set -u
processors=$(getconf _NPROCESSORS_ONLN)
cells=0 bad=0

stop() {
  echo "$*" >&2
  exit 1
}

# checkout NAME URL COMMIT SUBMODULES: a repository at exactly its commit.
checkout() {
  folder=$root/sources/$1
  [ -d "$folder" ] && [ "$(git -C "$folder" rev-parse HEAD)" = "$3" ] && return
  mkdir -p "$folder" && (
    cd "$folder" && git init --quiet . &&
      { git remote add origin "$2" 2>/dev/null || git remote set-url origin "$2"; } &&
      { git fetch --quiet --depth=1 origin "$3" || git fetch --quiet origin; } && git checkout --quiet --detach "$3" &&
      { [ "$4" = no ] || git submodule --quiet update --init --recursive; }
  ) || stop "$1 cannot be brought to $3"
}

# download NAME FILE URL SHA256: a file with its hash.
download() {
  file=$root/files/$1/$2
  mkdir -p "$root/files/$1"
  [ -f "$file" ] || curl --fail --silent --show-error --location --output "$file" "$3" || stop "$1 cannot be downloaded"
  echo "$4  $file" | sha256sum --check --quiet || stop "$1 is not what it was"
}

# unpack ARCHIVE FOLDER: what the archive holds, with the right to be executed.
unpack() {
  mkdir -p "$2"
  case $1 in
    *.zip) unzip -q -o "$1" -d "$2" ;;
    *) tar -xzf "$1" -C "$2" ;;
  esac || stop "$1 cannot be unpacked"
  find "$2" -type f -exec chmod a+x {} +
}

# cell NAME FOLDER: begins a cell. What it writes is below $root/results.
cell() {
  name=$1 work=$root/work/$2 output=$root/results/$2 generated=$root/work/$2.generated
  rm -rf "$work" "$output" "$generated"
  mkdir -p "$work" "$output"
}

# clean COMMAND...: runs it with no more of this shell's environment than named here.
clean() {
  env -i PATH="$path" HOME="$work" TMPDIR="$work" LANG=C.UTF-8 TZ=UTC "$@"
}

# contains TEXT, matches PATTERN: whether the output of the cell's command does.
contains() {
  cat "$output/stdout.txt" "$output/stderr.txt" | grep -qF -- "$1"
}
matches() {
  cat "$output/stdout.txt" "$output/stderr.txt" | grep -qP -- "$1"
}

# check CODE CODES TEXT PATTERN NOT: says whether the cell went as it should.
check() {
  cells=$((cells + 1)) verdict=good
  case " $2 " in *" $1 "*) ;; *) verdict="exit code $1, expected $2" ;; esac
  [ -z "$3" ] || contains "$3" || verdict="its output lacks '$3'"
  [ -z "$4" ] || matches "$4" || verdict="its output does not match '$4'"
  [ -z "$5" ] || ! matches "$5" || verdict="its output matches '$5'"
  [ "$verdict" = good ] || bad=$((bad + 1))
  echo "$name: $verdict"
}

# ready FILE TEXT SECONDS PID: waits until a service has printed a text.
ready() {
  for _ in $(seq "$3"); do
    grep -qF -- "$2" "$1" && return
    kill -0 "$4" 2>/dev/null || break
    sleep 1
  done
  echo "$name: a service did not print '$2'"
}

# listens PORT SECONDS PID: waits until a service accepts connections (Linux).
listens() {
  for _ in $(seq "$2"); do
    grep -qi ":$(printf %04X "$1") [0-9A-F]*:0000 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null && return
    kill -0 "$3" 2>/dev/null || break
    sleep 1
  done
  echo "$name: a service does not listen on $1"
}
