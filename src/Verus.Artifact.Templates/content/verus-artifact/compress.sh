# Compresses a file and prints the number of bytes that are left.
set -e
gzip "-$1" --stdout "$2" > compressed.gz
echo "bytes $(wc -c < compressed.gz)"
