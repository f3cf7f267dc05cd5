#!/bin/sh
# Writes MIB mebibytes of KIND, with the same bytes on every machine: text (words with the frequencies of a language),
# log (lines of a server's log) or random.
# usage: generate.sh text|log|random MIB
set -eu
# LC_ALL=C makes awk write bytes. The random numbers come from Lehmer's generator with the constants of Park and Miller.
# The products in this generator stay below 2^53, so awk computes them exactly.
LC_ALL=C awk -v kind="$1" -v size="$(($2 * 1048576))" '
  function draw(n) { state = (state * 16807) % 2147483647; return int(state / 8) % n }
  function put(text) { written += length(text); printf "%s", text }
  function word(  left, text) {
    text = ""
    for (left = 2 + draw(4) + draw(5); left > 0; left--)
      text = text substr("eeeettttaaaooonniisshhrrddllcumwfgypbvkxjqz", 1 + draw(43), 1)
    return text
  }
  BEGIN {
    state = 20240821
    for (i = 0; i < 4096; i++) words[i] = word()
    while (written < size)
      if (kind == "random") {
        bits = draw(16777216)
        written += 3
        printf "%c%c%c", int(bits / 65536), int(bits / 256) % 256, bits % 256
      } else if (kind == "text") {
        # The smallest of three random numbers selects a word, which makes a few words frequent, as in a language.
        a = draw(4096); b = draw(4096); c = draw(4096)
        put(words[a < b ? (a < c ? a : c) : (b < c ? b : c)] (draw(12) == 0 ? ".\n" : " "))
      } else {
        # Each number is drawn in a separate statement, because implementations of awk evaluate arguments in different
        # orders.
        seconds += draw(3); host = draw(4); program = draw(8); id = 1000 + draw(50)
        verb = 8 + draw(16); name = draw(256); address = draw(1024)
        put(sprintf("%02d:%02d:%02d host%d %s[%d]: %s %s from 10.0.%d.%d\n",
          int(seconds / 3600) % 24, int(seconds / 60) % 60, seconds % 60, host, words[program], id,
          words[verb], words[name], int(address / 256), address % 256))
      }
  }' | head -c "$(($2 * 1048576))"
