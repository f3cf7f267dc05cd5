# Compresses a file and prints the size of the result in bytes.
set -e
gzip "-$1" --stdout "$2" > compressed.gz
echo "bytes $(wc -c < compressed.gz)"
