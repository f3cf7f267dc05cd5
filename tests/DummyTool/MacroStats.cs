using System.Text.Json;

/// <summary>
/// Stands in for the programs of the macro statistics: verus, its line counting tool, and Dafny with /trace and
/// /rprint. The outputs have the form of the real ones, with content that depends on the text of the source: "proof
/// fails" and "output is cut" make Verus fail.
/// </summary>
internal static class MacroStats
{
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    public static int Verus(string[] args)
    {
        if (args.Contains("--version"))
            return Say(
                "Verus\n  Version: 0.2024.08.19.097ac7e\n  Profile: release\n  Platform: linux_x86_64\n  Toolchain: "
                    + "1.76.0-x86_64-unknown-linux-gnu");
        var crate = args[^1];
        var text = File.ReadAllText(crate);
        if (args.Contains("--emit=dep-info"))
            File.WriteAllText(Path.GetFileNameWithoutExtension(crate) + ".d",
                $"{Path.GetFileNameWithoutExtension(crate)}.d: {crate}\n\n{crate}:\n");
        if (args.Contains("--no-verify"))
            return Say("verification results:: 0 verified, 0 errors");
        if (string.Join(' ', args).Contains("--log smt"))
        {
            Directory.CreateDirectory(".verus-log");
            File.WriteAllBytes(".verus-log/root.smt2", new byte[1_500_000]);
            File.WriteAllBytes(".verus-log/m_1.smt2", new byte[500_000]);
        }
        var errors = text.Contains("proof fails") ? 1 : 0;
        var threads = int.Parse(args.Single(argument => argument.StartsWith("--num-threads=")).Split('=')[1]);
        var document = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["verification-results"] = new Dictionary<string, object>
            {
                ["encountered-vir-error"] = false,
                ["success"] = errors == 0,
                ["verified"] = 12,
                ["errors"] = errors,
                ["is-verifying-entire-crate"] = true,
            },
            ["times-ms"] = new Dictionary<string, object>
            {
                ["num-threads"] = threads,
                ["total"] = 4000 / threads,
                ["estimated-cpu-time"] = 4000,
                ["rust"] = new { total = 100 },
                ["verification"] = new { total = 3900 / threads, vir = new { total = 40 } },
                ["air"] = new { total = 10 },
                ["smt"] = new { total = 3000 },
            },
            ["verus"] = new
            {
                profile = "release",
                version = "0.2024.08.19.097ac7e",
                toolchain = "1.76.0-x86_64-unknown-linux-gnu"
            },
        }, Pretty);
        Console.Write(text.Contains("output is cut") ? document[..(document.Length / 2)] : document + "\n");
        return errors == 0 ? 0 : 1;
    }

    /// <summary>
    /// Prints the counts that the first line of a crate gives, which are trusted, proof and exec, without lines of
    /// other kinds.
    /// </summary>
    public static int LineCount(string[] args)
    {
        if (args is not ["--json", var dependencies])
            return Say("line_count 1.0");
        var crate = File.ReadLines(dependencies).First().Split(' ')[1];
        var counts = File.ReadLines(crate).First().Split(' ',
            StringSplitOptions.RemoveEmptyEntries)[1..].Select(int.Parse).ToArray();
        var total = new Dictionary<string, int>
        {
            ["trusted"] = counts[0],
            ["proof"] = counts[1],
            ["exec"] = counts[2],
            ["comment"] = 9,
            [""] = 3
        };
        return Say(JsonSerializer.Serialize(
            new Dictionary<string, object>
            {
                ["files"] = new Dictionary<string, object> { [crate] = total },
                ["total"] = total
            }, Pretty));
    }

    public static int Dafny(string[] args)
    {
        if (args.Contains("/version"))
            return Say("Dafny 3.4.0.30405");
        var files = args.Where(argument => argument.EndsWith(".dfy")).ToList();
        if (args.Contains("/rprint:-"))
        {
            var ghost = args.Contains("/printMode:NoIncludes");
            return Say(string.Join('\n', File.ReadLines(files.Single()).Where(line => ghost || !line.Contains("ghost")))
                + "\n\nDafny program verifier did not attempt verification");
        }
        var failed = 0;
        foreach (var file in files)
        {
            var fails = File.ReadAllText(file).Contains("proof fails");
            failed += fails ? 1 : 0;
            Say(
                $"Verifying Impl$$_module.{Path.GetFileName(file)} ...\n  [0.151 s, solver resource count: 129712, 3 "
                    + $"proof obligations]  {(fails ? "timed out" : "verified")}\n");
        }
        Say($"Dafny program verifier finished with {files.Count - failed} verified, 0 errors"
            + (failed > 0 ? $", {failed} time out" + (failed > 1 ? "s" : "") : ""));
        return failed > 0 ? 4 : 0;
    }

    private static int Say(string text)
    {
        Console.WriteLine(text);
        return 0;
    }
}
