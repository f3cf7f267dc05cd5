"""A key-value store on a port of this machine. Each line is a request: 'set KEY VALUE' or 'get KEY'."""
import socketserver, sys
data = {}

class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            words = line.split()
            if words[0] == b"set":
                data[words[1]] = words[2]
                self.wfile.write(b"ok\n")
            else:
                self.wfile.write(data.get(words[1], b"none") + b"\n")

class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
    server.serve_forever()
