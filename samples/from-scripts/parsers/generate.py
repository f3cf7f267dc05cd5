"""Prints a JSON document of numbers or of texts."""
import json, sys
values = [i * 1.5 if sys.argv[1] == "numbers" else "\u00e4" * 40 for i in range(2000)]
print(json.dumps([{"id": i, "value": value} for i, value in enumerate(values)], ensure_ascii=False))
