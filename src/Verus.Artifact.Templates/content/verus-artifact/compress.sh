# Compresses a file and says how many bytes are left.
set -e
gzip "-$1" --stdout "$2" > compressed.gz
echo "bytes $(wc -c < compressed.gz)"
