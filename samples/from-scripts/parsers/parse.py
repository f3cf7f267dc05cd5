"""Reads JSON up to a stage. The cost of a stage is the difference from the stage before it."""
import json, sys, time
stage, path = sys.argv[1], sys.argv[2]
start = time.perf_counter()
for _ in range(20):
    data = open(path, "rb").read()
    if stage != "read":
        text = data.decode()
        if stage != "decode":
            json.loads(text)
print(f"{(time.perf_counter() - start) / 20 * 1e6:.2f} us")
