// Stands in for measured commands in tests. Each verb of this program ends with exit code 0 unless its description says
// otherwise.
using System.Diagnostics;

switch (args)
{
    case ["echo", .. var words]:
        Console.WriteLine(string.Join(' ', words));
        return 0;
    case ["complain", .. var words]:
        Console.Error.WriteLine(string.Join(' ', words));
        return 0;
    case ["sleep", var seconds]:
        Thread.Sleep(TimeSpan.FromSeconds(double.Parse(seconds)));
        return 0;
    case ["exit", var code]:
        return int.Parse(code);
    case ["environment"]:
        foreach (System.Collections.DictionaryEntry pair in Environment.GetEnvironmentVariables())
            Console.WriteLine($"{pair.Key}={pair.Value}");
        return 0;
    case ["directory"]:
        Console.WriteLine(Environment.CurrentDirectory);
        return 0;
    case ["input"]:
        Console.Write(Console.In.ReadToEnd());
        return 0;
    case ["allocate", var mebibytes]:
        var memory = GC.AllocateUninitializedArray<byte>(int.Parse(mebibytes) << 20, pinned: true);
        for (var i = 0; i < memory.Length; i += 4096)
            memory[i] = 1;
        Console.WriteLine(memory[4096 * 3]);
        return 0;
    case ["burn", var seconds]:
        while (Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds < double.Parse(seconds))
        {
            // Uses the CPU.
        }
        return 0;
    case ["count", var file]:
        File.AppendAllText(file, "x");
        Console.WriteLine(new FileInfo(file).Length);
        return 0;
    case ["serve", var port, .. var options]:
        return KeyValueStore.Serve(int.Parse(port), Options(options));
    case ["load", var ports, .. var options]:
        return KeyValueStore.Load([.. ports.Split(',').Select(int.Parse)], Options(options));
    case ["verus", .. var arguments]:
        return StandIns.Verus(arguments);
    case ["verus-line-count", ..]:
        Console.WriteLine("""{ "total": { "exec": 40, "proof": 12, "spec": 30, "proof,exec": 5, "layout": 20 } }""");
        return 0;
    case ["macro-verus", .. var rest]:
        return MacroStats.Verus(rest);
    case ["macro-line-count", .. var rest]:
        return MacroStats.LineCount(rest);
    case ["macro-dafny", .. var rest]:
        return MacroStats.Dafny(rest);
    default:
        Console.Error.WriteLine($"dummy-tool: '{string.Join(' ', args)}' is none of the verbs in Program.cs");
        return 64;
}

static Dictionary<string, string> Options(string[] pairs) =>
    pairs.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
