"""Converts the authors' recorded numbers to CSV."""
import sys
print("policy,size,percentile,miss")
for line in sys.stdin:
    print(",".join(line.split()))
