"""Measures Bloom filters with several numbers of bits per item, and prints a row of CSV for each."""
import sys, time

def places(key, count, size):
    first, second = hash((key, 1)), hash((key, 2)) | 1
    return [(first + i * second) % size for i in range(count)]

def measure(items, bits):
    size, count = items * bits, max(1, round(bits * 0.69))
    table = bytearray(size // 8 + 1)
    start = time.perf_counter()
    for key in range(items):
        for place in places(key, count, size):
            table[place >> 3] |= 1 << (place & 7)
    added = time.perf_counter()
    found = sum(all(table[p >> 3] >> (p & 7) & 1 for p in places(key, count, size)) for key in range(items, 2 * items))
    end = time.perf_counter()
    return (added - start) / items * 1e9, (end - added) / items * 1e9, found / items, len(table)

items = int(sys.argv[1])
print(f"# {items} items, Python {sys.version.split()[0]}")
print("filter,items,bits per item,hashes,ns/add,ns/find,fpr,bytes")
for bits in (4, 8, 12):
    add, find, fpr, size = measure(items, bits)
    print(f"bloom-{bits},{items},{bits},{max(1, round(bits * 0.69))},{add:.1f},{find:.1f},{fpr:.5f},{size}")
