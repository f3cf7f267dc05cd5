# Installs missing Debian packages if that is possible (on Debian, as root), and reports the packages that it could not
# install. All other scripts in the folder eng source this file.
install_packages() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
  local missing=() package
  for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    echo "warning: not all of ${missing[*]} could be installed" >&2
}
