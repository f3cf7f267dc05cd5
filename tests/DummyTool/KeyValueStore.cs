using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

/// <summary>
/// A server and a client with the output of IronKV's, and servers that fail in typical ways.
/// </summary>
internal static class KeyValueStore
{
    private const int ManyBytes = 1 << 20; // more than a pipe holds

    /// <summary>
    /// Answers "get K" and "set K V" on a port of loopback until it is killed. The server's options are delay=SECONDS
    /// until it is ready, never=true, dies=N (after N requests), stubborn=true (ignores SIGTERM), worker=true (leaves a
    /// daemon), background=true (goes into the background).
    /// </summary>
    public static int Serve(int port, Dictionary<string, string> options)
    {
        if (options.ContainsKey("background"))
            return Detach(Environment.ProcessPath!, "serve", port.ToString(CultureInfo.InvariantCulture));
        using var ignored = options.ContainsKey("stubborn")
            ? PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true) : null;
        if (options.ContainsKey("worker"))
            Detach("sleep", "1000");
        for (var line = 0; line < ManyBytes / 64; line++)
            Console.WriteLine(new string('.', 63));
        var listener = new TcpListener(IPAddress.Loopback, port);
        Thread.Sleep(TimeSpan.FromSeconds(Number(options, "delay", 0)));
        listener.Start();
        Console.WriteLine(options.ContainsKey("never") ? "starting" : "[[READY]]");
        var left = (int)Number(options, "dies", int.MaxValue);
        if (left == 0)
            Die();
        for (; ; )
        {
            var connection = listener.AcceptTcpClient();
            new Thread(() => Answer(connection)) { IsBackground = true }.Start();
        }

        void Answer(TcpClient connection)
        {
            var values = new Dictionary<string, string>();
            using var reader = new StreamReader(connection.GetStream());
            using var writer = new StreamWriter(connection.GetStream()) { AutoFlush = true };
            try
            {
                while (reader.ReadLine() is { } request)
                {
                    if (Interlocked.Decrement(ref left) <= 0)
                        Die();
                    var words = request.Split(' ', 3);
                    if (words[0] == "set")
                        values[words[1]] = words[2];
                    writer.WriteLine(values.GetValueOrDefault(words[1], "none"));
                }
            }
            catch (IOException)
            {
                // If the client is gone, the server continues.
            }
        }
    }

    /// <summary>
    /// Sets every key once, and then sends requests to the servers from several threads for some seconds. The client's
    /// options are threads, seconds, keys, workload=g|s, valuesize.
    /// </summary>
    public static int Load(int[] ports, Dictionary<string, string> options)
    {
        Console.WriteLine("[[READY]]");
        var value = new string('v', (int)Number(options, "valuesize", 128));
        using (var setUp = new Connection(ports[0]))
            for (var key = 0; key < Number(options, "keys", 10); key++)
                setUp.Ask($"set {key} {value}");
        Console.WriteLine("[[SETUP COMPLETE]]");
        var period = TimeSpan.FromSeconds(Number(options, "seconds", 0.2));
        var begin = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, (int)Number(options, "threads", 2)).Select(number => new Thread(() =>
        {
            using var connection = new Connection(ports[number % ports.Length]);
            // Each thread sends at least one request, even if the machine is too busy to start the thread in time.
            var request = 0;
            do
            {
                request++;
                var asked = Stopwatch.GetTimestamp();
                connection.Ask(options.GetValueOrDefault("workload") == "s"
                    ? $"set {request % 10} {value}" : $"get {request % 10}");
                Console.WriteLine(FormattableString.Invariant(
                    $"#req {number} {request} {Stopwatch.GetElapsedTime(asked).TotalMilliseconds}"));
            } while (Stopwatch.GetElapsedTime(begin) < period);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Console.WriteLine("[[DONE]]");
        return 0;
    }

    // Like a daemon, the process is in a session of its own, and no parent waits for it.
    private static int Detach(string program, params string[] arguments)
    {
        using var process = Process.Start("setsid", ["--fork", program, .. arguments]);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static void Die()
    {
        Console.Error.WriteLine("no space left on device");
        Environment.Exit(3);
    }

    private static double Number(Dictionary<string, string> options, string name, double otherwise) =>
        options.TryGetValue(name, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private sealed class Connection : IDisposable
    {
        private readonly TcpClient client;
        private readonly StreamReader reader;
        private readonly StreamWriter writer;

        public Connection(int port)
        {
            client = new TcpClient("127.0.0.1", port) { NoDelay = true };
            reader = new StreamReader(client.GetStream());
            writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
        }

        public void Ask(string request)
        {
            writer.WriteLine(request);
            _ = reader.ReadLine() ?? throw new IOException("the server hung up");
        }

        public void Dispose() => client.Dispose();
    }
}
