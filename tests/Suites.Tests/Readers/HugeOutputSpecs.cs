using System.Text;
using Verus.Artifact.Experiments.Readers;

namespace Verus.Artifact.Tests.Readers;

/// <summary>Tests outputs of 50 MB and more, which are read from the file line by line.</summary>
public sealed class HugeOutputSpecs : IDisposable
{
    private const int Size = 50_000_000;
    private readonly string folder = Directory.CreateTempSubdirectory("readers").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Requests_of_IronKV_are_counted_in_a_file_of_any_length()
    {
        long requests = 0;
        Write(stream =>
        {
            stream.Write("[[READY]]\n[[SETUP COMPLETE]]\n"u8);
            while (stream.Position < Size)
                stream.Write(Encoding.ASCII.GetBytes($"#req {requests % 10} {++requests / 10} 0.5\n"));
            stream.Write("[[DONE]]\n"u8);
        });
        // As when the engine reads the output of a sample, only the end of the output is in memory.
        var metrics = new IronKvClientReader().Read(new KeptOutput("#req 1 1 1\n[[DONE]]\n", "", folder))[0].Metrics;
        metrics["requests"].ShouldBe(requests);
        metrics["threads_used"].ShouldBe(10);
        metrics["latency_mean"].ShouldBe(0.5, 1e-9);
    }

    public static TheoryData<string, string, string> Tails => new()
    {
        { "dafny", "\nDafny program verifier finished with 14 verified, 0 errors\n", "verified=14" },
        { "dafny-trace",
            "  [0.5 s, solver resource count: 3, 1 proof obligation]  verified\nDafny program verifier finished with 1 "
                + "verified, 0 errors\n", "proof_time=0.5" },
        { "why3-replay", " 6/6 (replay OK)\n", "goals=6" },
        { "verus", "verification results:: 14 verified, 0 errors\n", "verified=14" },
        { "mimalloc-derived", "Throughput = 40568658 operations per second, relative time: 24.650s.\n", "time=24.65" },
        { "pm-log-one", "old,2000000,\n", "seconds=2" },
        { "ironkv-server", "[[READY]]\n", "ready=1" },
    };

    [Theory]
    [MemberData(nameof(Tails))]
    public void A_result_after_50_MB_of_other_lines_is_found(string reader, string tail, string metric)
    {
        var noise = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Range(0,
                1000).Select(i => $"Warning, file \"<dir>\", line {i}, unused variable a: größer {i * i}\r\n")));
        Write(stream =>
        {
            while (stream.Position < Size)
                stream.Write(noise);
            stream.Write(Encoding.ASCII.GetBytes(tail));
        });
        Sample.Show(Suites.All.Readers.Find(reader)!.Read(new KeptOutput("", "", folder))).ShouldContain(metric);
    }

    [Fact]
    public void One_line_of_50_MB_is_no_result_and_kept_only_in_part()
    {
        var block = new byte[1 << 20];
        block.AsSpan().Fill((byte)'7');
        Write(stream =>
        {
            while (stream.Position < Size)
                stream.Write(block);
        });
        OutputLines.Of(new KeptOutput("", "", folder))
            .ShouldHaveSingleItem().Text.Length.ShouldBe(OutputLines.LongestLine);
        foreach (var name in Suites.All.Readers.Names.AtLeastOne())
            Should.Throw<FormatException>(() => Suites.All.Readers.Find(name)!.Read(new KeptOutput("", "", folder)));
    }

    private void Write(Action<Stream> fill)
    {
        using var stream = File.Create(Path.Combine(folder, "stdout.txt"));
        fill(stream);
    }
}
