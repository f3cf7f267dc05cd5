"""Prints a JSON document of numbers or of texts."""
import json, sys
print(json.dumps([{"id": i, "value": i * 1.5 if sys.argv[1] == "numbers" else "ä" * 40} for i in range(2000)], ensure_ascii=False))
