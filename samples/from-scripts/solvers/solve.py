"""Decides problems in DIMACS format by search. 'plain' tries both values; 'unit' first sets the forced variables."""
import sys
method, path = sys.argv[1], sys.argv[2]
clauses = [frozenset(map(int, line.split()[:-1])) for line in open(path) if line[0] not in "cp%\n"]

def without(all, literal):
    return [clause - {-literal} for clause in all if literal not in clause]

def solve(all):
    if method == "unit":
        while (unit := next((clause for clause in all if len(clause) == 1), None)) is not None:
            all = without(all, next(iter(unit)))
    if not all:
        return True
    if any(not clause for clause in all):
        return False
    literal = min((abs(one) for clause in all for one in clause))
    return solve(without(all, literal)) or solve(without(all, -literal))

print("sat" if solve(clauses) else "unsat")
