"""Sends requests to the store from several threads, and prints the results of each thread as JSON."""
import json, socket, sys, threading, time
port, count, requests = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
results = [None] * count

def run(index):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        stream, times = connection.makefile("rwb"), []
        start = time.perf_counter()
        for number in range(requests):
            sent = time.perf_counter()
            stream.write(b"set k%d v%d\n" % (number % 50, index))
            stream.flush()
            stream.readline()
            times.append((time.perf_counter() - sent) * 1e6)
        seconds = time.perf_counter() - start
        times.sort()
        results[index] = {"thread": index, "ops": requests, "rate": requests / seconds,
                          "latency": {"p50": times[requests // 2], "p99": times[requests * 99 // 100]}}

threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({"system": "store", "threads": results}))
