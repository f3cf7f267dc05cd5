"""Aggregates the results of all simulations: percentiles of the miss ratio over the traces, for each policy."""
import csv, os, re, sys
from statistics import quantiles
folder, ratios = sys.argv[1], {}
for row in csv.DictReader(open(os.path.join(folder, "cells.csv"))):
    text = open(os.path.join(folder, row["folder"], "result.txt")).read()
    ratios.setdefault((row["policy"], row["size"]), []).append(float(re.search(r"miss ratio: ([0-9.]+)", text)[1]))
print("policy,size,percentile,miss")
for (policy, size), values in sorted(ratios.items()):
    cuts = quantiles(values, n=20, method="inclusive")
    for percentile in (5, 50, 95):
        print(f"{policy},{size},{percentile},{cuts[percentile // 5 - 1]:.4f}")
