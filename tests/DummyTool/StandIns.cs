/// <summary>Stand-ins for programs that are not available everywhere, with the output and the files of these programs
/// but without their work.</summary>
internal static class StandIns
{
    /// <summary>
    /// Stands in for Verus at the revision of samples/verus-crate: every program in a folder named errors has one
    /// error.
    /// </summary>
    public static int Verus(string[] arguments)
    {
        if (arguments.Contains("--version"))
        {
            Console.WriteLine(
                "Verus\n  Version: 0.2026.08.22.eb66c53\n  Profile: release\n  Platform: linux_x86_64\n  Toolchain: "
                    + "1.97.1-x86_64-unknown-linux-gnu");
            return 0;
        }
        var wrong = arguments[^1].Contains("/errors/", StringComparison.Ordinal);
        if (arguments.Contains("--emit=dep-info"))
            File.WriteAllText("lib.d", $"lib.d: {arguments[^1]}\n");
        if (arguments.Contains("--log"))
        {
            Directory.CreateDirectory(".verus-log");
            File.WriteAllText(".verus-log/root.smt2", new string(';', 4321));
        }
        if (arguments.Contains("--no-verify"))
            return 0;
        if (arguments.Contains("--output-json"))
            Console.WriteLine($$"""
                {
                  "verification-results": {
                    "encountered-vir-error": false,
                    "success": {{(wrong ? "false" : "true")}},
                    "verified": 6,
                    "errors": {{(wrong ? 1 : 0)}},
                    "is-verifying-entire-crate": true
                  },
                  "times-ms": { "num-threads": 1, "total": 812, "estimated-cpu-time": 900, "rust": { "total": 300 }, "verification": { "total": 500, "vir": { "total": 100 } },
                    "air": { "total": 20 }, "smt": { "total": 310, "smt-init": 60, "smt-run": 250 } }
                }
                """);
        else
            Console.WriteLine($"verification results:: {(wrong ? 0 : 6)} verified, {(wrong ? 1 : 0)} errors");
        return wrong ? 1 : 0;
    }
}
