set -u
umask 022
processors=$(getconf _NPROCESSORS_ONLN)
cells=0 bad=0 left=0 services=
rm -rf "$root/generated"

stop() {
  echo "$*" >&2
  exit 1
}

# checkout NAME URL COMMIT SUBMODULES [PATH...]: fetches a repository, or the files of it at the given paths, and checks
# out the commit.
checkout() {
  name=$1 folder=$root/sources/$1 url=$2 commit=$3 modules=$4
  shift 4
  [ -d "$folder" ] && [ "$(git -C "$folder" rev-parse HEAD)" = "$commit" ] && return
  mkdir -p "$folder" && (
    cd "$folder" && git init --quiet . &&
      { git remote add origin "$url" 2>/dev/null || git remote set-url origin "$url"; } &&
      { [ $# = 0 ] || { echo .gitattributes && printf '/%s\n' "$@"; } | git sparse-checkout set --no-cone --stdin; } &&
      { git fetch --quiet --depth=1 ${1:+--filter=blob:none} origin "$commit" || git fetch --quiet origin; } &&
      git checkout --quiet --detach "$commit" &&
      { [ "$modules" = no ] || submodules "$@"; }
  ) || stop "$name cannot be brought to $commit"
}

# submodules [PATH...]: fetches the submodules of the current repository, or those of them at the given paths.
submodules() {
  [ $# = 0 ] && { git submodule --quiet update --init --recursive; return; }
  for path in "$@"; do
    set -- "$@" "$path/**"
  done
  git -c core.quotePath=false --glob-pathspecs ls-files --stage -- "$@" | sed -n 's/^160000 [^\t]*\t//p' |
    while IFS= read -r module; do
      git submodule --quiet update --init --recursive -- "$module" || exit 1
    done
}

# download NAME FILE URL SHA256: downloads a file and checks its hash.
download() {
  file=$root/files/$1/$2
  mkdir -p "$root/files/$1"
  [ -f "$file" ] || curl --fail --silent --show-error --location --output "$file" "$3" || stop "$1 cannot be downloaded"
  echo "$4  $file" | sha256sum --check --quiet || stop "$1 is not what it was"
}

# unpack ARCHIVE FOLDER: unpacks an archive, and makes the unpacked files executable.
unpack() {
  mkdir -p "$2"
  case $1 in
    *.zip) unzip -q -o "$1" -d "$2" ;;
    *) tar -xzf "$1" -C "$2" ;;
  esac || stop "$1 cannot be unpacked"
  find "$2" -type f -exec chmod a+x {} +
}

# folders FOLDER...: prints a search path of the given folders. System folders come last in the search path, because
# they also contain other programs.
folders() {
  first='' last=''
  for folder; do
    case ":$system:" in
      *":$folder:"*) last=$last:$folder ;;
      *) first=$first:$folder ;;
    esac
  done
  folder=$first$last
  echo "${folder#:}"
}

# pad BYTES: sets the padding of the environment of a cell, which moves the stack of its programs.
pad() {
  padding=$(printf "%${OFFSET:-$1}s" '' | tr ' ' x)
}

# limited SECONDS COMMAND...: runs a command in the environment of the cell. 0 seconds mean no limit. The function sets
# the variable code, and late if the command was ended at the limit.
limited() {
  seconds=$1 late=no begin=$(date +%s)
  shift
  if [ "$seconds" = 0 ]; then
    (surround "$@")
    code=$?
    return
  fi
  (surround timeout -k 2 "$seconds" "$@")
  code=$?
  case $code in 124 | 137) [ $(($(date +%s) - begin)) -lt "${seconds%.*}" ] || late=yes ;; esac
}

# input KEY FILE CELL: names the generated input of the cells with this key. The function input succeeds if the input
# has to be made.
input() {
  generated=$root/generated/$1/$2 name=$3
  [ ! -e "$generated" ] || return 1
  work=$root/generated/$1.work output=$root/generated/$1.output
  rm -rf "$work" "$output"
  mkdir -p "$work" "$output"
}

# keep_input FILE: keeps the output of a generator as the input.
keep_input() {
  { [ "$late" = no ] && [ "$code" = 0 ]; } || stop "$name: its input cannot be generated (exit code $code)"
  mkdir -p "$(dirname "$generated")" && mv "$1" "$generated" || stop "$name: its input cannot be kept"
}

# cell NAME FOLDER [SERIES]: begins a cell. The output of the cell goes to $root/results.
cell() {
  name=$1 mark=$root/work/$2 output=$root/results/$2 series=${3:+$root/work/$3.ended} verdict='' late=no
  work=$mark.work uses=$mark.uses
  cells=$((cells + 1))
  rm -rf "$mark".* "$output"
  mkdir -p "$work" "$uses" "$output"
  [ -z "$series" ] || [ ! -e "$series" ] ||
    leave_out absent "not run: its series ended, since an earlier cell timed out"
}

# leave_out STATE REASON: prints why a cell does not run.
leave_out() {
  left=$((left + 1))
  echo "$1" > "$mark.state"
  echo "$name: $2"
  return 1
}

# available FILE: succeeds if an optional input exists.
available() {
  [ -e "$1" ] || leave_out absent "not available: ${1##*/} is not there"
}

# state FOLDER: prints the outcome of another cell.
state() {
  cat "$root/work/$1.state" 2>/dev/null || echo out
}

# copy_of FOLDER TO: copies the output of a cell without the files that differ in each run.
copy_of() {
  mkdir -p "$2" && cp -R "$root/results/$1/." "$2" || stop "$name: $1 cannot be copied"
  rm -f "$2"/stderr.txt "$2"/prepare-*.stdout.txt "$2"/prepare-*.stderr.txt
  rm -f "$2"/service-*.stdout.txt "$2"/service-*.stderr.txt
}

# take NUMBER FOLDER: copies the output of the one cell that this cell uses.
take() {
  [ "$(state "$2")" = good ] || leave_out out "left out: it uses what $2 leaves, which left nothing" || return
  copy_of "$2" "$uses/$1"
}

# take_all NUMBER HEADER [FOLDER ROW]...: copies the output of several cells, and writes a list of them.
take_all() {
  into=$uses/$1 taken=0
  mkdir -p "$into"
  printf '%s\n' "$2" > "$into/cells.csv"
  shift 2
  while [ $# -gt 0 ]; do
    case $(state "$1") in
      good) copy_of "$1" "$into/$1" && printf '%s\n' "$2" >> "$into/cells.csv" && taken=$((taken + 1)) ;;
      absent) ;;
      *) leave_out out "left out: it uses what $1 leaves, which left nothing" || return ;;
    esac
    shift 2
  done
  [ "$taken" -gt 0 ] || leave_out out "left out: it uses what others leave, of which none ran"
}

# copy NAME FROM: makes a copy of a checkout that the cell may change.
copy() {
  mkdir -p "$work/copy" && cp -R "$2" "$work/copy/$1" &&
    find "$work/copy/$1" -name .git -prune -exec rm -rf {} +
}

# prepare SECONDS COMMAND...: runs a preparation. If a preparation fails, the cell fails.
prepare() {
  [ -z "$verdict" ] || return
  limited "$@"
  { [ "$late" = no ] && [ "$code" = 0 ]; } || verdict="a preparation failed (exit code $code)"
  late=no
}

# alive PID: succeeds if a process is running.
alive() {
  case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in '' | Z*) return 1 ;; esac
}

# listens PORT: succeeds if a program accepts connections on the port (Linux).
listens() {
  grep -qi ":$(printf %04X "$1") [0-9A-F]*:0000 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# service NAME SECONDS TEXT PORT COMMAND...: starts a service, and waits until it has printed the text and accepts
# connections.
service() {
  [ -z "$verdict" ] || return
  service=$1 seconds=$2 text=$3 port=$4
  shift 4
  if [ -n "$port" ] && listens "$port"; then
    verdict="service $service was not started: another program listens on its port $port"
    return
  fi
  (surround "$@") > "$output/service-$service.stdout.txt" 2> "$output/service-$service.stderr.txt" &
  services="$services $!"
  for _ in $(seq $((seconds * 20))); do
    alive $! || break
    { [ -z "$text" ] || cat "$output/service-$service".std*.txt | contains "$text"; } &&
      { [ -z "$port" ] || listens "$port"; } && return
    sleep 0.05
  done
  verdict="service $service was not ready"
}

# stop_services: ends the services of the cell. If a service has ended before its cell, the cell fails for that reason.
stop_services() {
  for process in $services; do
    alive "$process" || verdict=${verdict:-"a service ended before the command did"}
    kill "$process" 2>/dev/null
  done
  for process in $services; do
    for _ in $(seq 40); do
      alive "$process" || break
      sleep 0.05
    done
    kill -9 "$process" 2>/dev/null
    wait "$process" 2>/dev/null
  done
  services=''
}
trap 'stop_services; exit 130' INT TERM

# measure SECONDS COMMAND...: runs the command of the cell.
measure() {
  [ -z "$verdict" ] || return
  limited "$@"
  [ "$late" = no ] || verdict="killed at the time limit"
}

# collect PATTERN: keeps the files in the work folder whose path matches.
collect() {
  (cd "$work" && find . -type f | sed 's|^\./||' | grep -P -- "^$1\z" | while IFS= read -r file; do
    [ -e "$output/$file" ] || { mkdir -p "$(dirname "$output/$file")" && mv "$file" "$output/$file"; }
  done)
}

# contains TEXT, matches PATTERN: succeed if standard input contains the text or matches the pattern. Both functions
# treat standard input as one text, in which ^ and $ match at the ends of lines.
contains() {
  case $1 in
    *'
'*) case "$(cat)" in *"$1"*) ;; *) return 1 ;; esac ;;
    *) grep -aF -- "$1" > /dev/null ;;
  esac
}
matches() {
  LC_ALL=C.UTF-8 grep -azP -- "(?m)$1" > /dev/null
}

# said: prints standard output and standard error of the command.
said() {
  cat "$output/stdout.txt"
  echo
  cat "$output/stderr.txt"
}

# judge CODES TEXT PATTERN NOT: checks the exit code and the output of the command.
judge() {
  [ -n "$verdict" ] || case " $1 " in *" $code "*) ;; *) verdict="exit code $code, expected $1" ;; esac
  [ -n "$verdict" ] || [ -z "$2" ] || said | contains "$2" || verdict="its output lacks '$2'"
  [ -n "$verdict" ] || [ -z "$3" ] || said | matches "$3" || verdict="its output does not match '$3'"
  [ -n "$verdict" ] || [ -z "$4" ] || ! said | matches "$4" || verdict="its output matches '$4'"
}

# metric NAME PATTERN COUNTS: checks that standard output has a metric as often as required.
metric() {
  [ -z "$verdict" ] || return
  found=$(tr -d '\r' < "$output/stdout.txt" | LC_ALL=C.UTF-8 grep -azoP -- "(?m)$2" | tr -cd '\000' | wc -c)
  { [ "$found" -ge "${3% *}" ] && { [ "${3#* }" = - ] || [ "$found" -le "${3#* }" ]; }; } ||
    verdict="its output has the metric '$1' $found times"
}

# reader SECONDS COMMAND...: checks that the author's reader can read the output.
reader() {
  [ -z "$verdict" ] || return
  seconds=$1
  shift
  mkdir -p "$mark.reader"
  (cd "$mark.reader" && exec env -i PATH="$system" HOME="$mark.reader" TMPDIR="$mark.reader" \
    LANG=C.UTF-8 TZ=UTC SAMPLE_FOLDER="$output" timeout -s KILL "$seconds" "$@") \
    < "$output/stdout.txt" > "$mark.read" 2>&1 ||
    verdict="its ReaderCommand failed: $(tail -n 3 "$mark.read")"
}

# end_cell: prints the outcome of the cell.
end_cell() {
  if [ -z "$verdict" ]; then
    echo good > "$mark.state"
  else
    bad=$((bad + 1))
    echo out > "$mark.state"
  fi
  [ "$late" = no ] || [ -z "$series" ] || : > "$series"
  echo "$name: ${verdict:-good}"
}
