#!/bin/sh
# Typesets upstream's table of the macro statistics, which includes the numbers from a file two folders above its own.
# usage: table.sh OUT TABLE COMMANDS
set -eu
out=$1 table=$2 commands=$3
mkdir -p results summarize/render
cp "$commands" results/results-latex-commands.tex
cp "$table" summarize/render/macro-table.tex
cd summarize/render
# The second run places what the first one has measured.
pdflatex -interaction=nonstopmode -halt-on-error macro-table.tex
pdflatex -interaction=nonstopmode -halt-on-error macro-table.tex
mv macro-table.pdf "$out.pdf"
