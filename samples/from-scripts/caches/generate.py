"""Prints a trace of keys, a few of which are frequent. The same seed gives the same trace."""
import random, sys
random.seed(int(sys.argv[1]))
for _ in range(4000):
    print(int(random.paretovariate(1.0) * 3) % 600)
