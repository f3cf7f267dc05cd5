"""Simulates a cache on a trace, and writes the result to a file in a format of its own, as simulators do."""
import sys
from collections import OrderedDict
policy, size, trace = sys.argv[1], int(sys.argv[2]), sys.argv[3]
cache, misses, requests = OrderedDict(), 0, 0
for key in open(trace).read().split():
    requests += 1
    if key in cache:
        if policy == "lru":
            cache.move_to_end(key)
        continue
    misses += 1
    cache[key] = True
    if len(cache) > size:
        cache.popitem(last=False)
open("result.txt", "w").write(f"policy {policy}\nrequests {requests}\nmiss ratio: {misses / requests:.4f}\n")
