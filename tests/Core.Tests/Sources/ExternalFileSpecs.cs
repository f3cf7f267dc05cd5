using System.Net;
using System.Net.Sockets;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Sources;

public sealed class ExternalFileSpecs : IDisposable
{
    private const string Content = "0123456789abcdef";
    private readonly string folder = Directory.CreateTempSubdirectory("file-test-").FullName;
    private readonly CollectedLog log = new();

    private EvaluationLayout Layout => new(Path.Combine(folder, "evaluation"), folder);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_is_taken_when_its_hash_is_pinned_and_refused_when_it_is_another()
    {
        (await AcquireAsync(Local(), ContentHashes.OfText(Content))).Sha256.ShouldBe(ContentHashes.OfText(Content));
        (await FailAsync(Local(), ContentHashes.OfText("other"), "b")).Rule.ShouldBe(SourceRules.HashMismatch);
        File.Exists(Path.Combine(Layout.Sources, ".files/b/data.bin")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_first_download_writes_its_hash_to_the_ledger_and_another_content_is_refused_then()
    {
        var ledger = Path.Combine(folder, "pins.props");
        await File.WriteAllTextAsync(ledger, "<Project>\n  <!-- kept -->\n  <ItemGroup>\n    <ExternalFile Include=\"a\"\n      Url=\"x\" />\n  </ItemGroup>\n</Project>\n", TestContext.Current.CancellationToken);
        await AcquireAsync(Local(), null, file: ledger);
        (await File.ReadAllTextAsync(ledger, TestContext.Current.CancellationToken))
            .ShouldBe($"<Project>\n  <!-- kept -->\n  <ItemGroup>\n    <ExternalFile Include=\"a\"\n      Url=\"x\" Sha256=\"{ContentHashes.OfText(Content)}\" />\n  </ItemGroup>\n</Project>\n");
    }

    [Fact]
    public async Task A_download_that_breaks_goes_on_where_it_stopped()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/data.bin";
        var requests = new List<string>();
        var serving = Task.Run(async () =>
        {
            requests.Add(await AnswerAsync(server, $"HTTP/1.1 200 OK\r\nContent-Length: {Content.Length}\r\n\r\n{Content[..5]}"));
            requests.Add(await AnswerAsync(server, $"HTTP/1.1 206 Partial Content\r\nContent-Length: {Content.Length - 5}\r\nContent-Range: bytes 5-15/16\r\n\r\n{Content[5..]}"));
        }, TestContext.Current.CancellationToken);
        (await FailAsync(url, ContentHashes.OfText(Content))).Rule.ShouldBe(SourceRules.DownloadFailed);
        File.ReadAllText((await AcquireAsync(url, ContentHashes.OfText(Content))).Path).ShouldBe(Content);
        await serving;
        requests[1].ShouldContain("bytes=5-", Case.Insensitive);
    }

    [Fact]
    public async Task Offline_a_file_that_is_not_here_is_an_error()
    {
        var store = new ExternalFileStore(Layout, offline: true, new ContentHashes(), log);
        (await Should.ThrowAsync<DiagnosticException>(() => AcquireAsync(store, Pin("http://x.invalid/f", null, "a", "x")))).Diagnostics[0].Rule.ShouldBe(SourceRules.Offline);
    }

    private static async Task<string> AnswerAsync(TcpListener server, string answer)
    {
        using var client = await server.AcceptTcpClientAsync();
        var buffer = new byte[4096];
        var read = await client.GetStream().ReadAsync(buffer);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    private string Local()
    {
        var path = Path.Combine(folder, "data.bin");
        File.WriteAllText(path, Content);
        return new Uri(path).AbsoluteUri;
    }

    private static ExternalFile Pin(string url, string? hash, string name, string file)
    {
        var item = new DeclarationItem("ExternalFile", name, new Dictionary<string, string>(), () => ItemLocator.Find(file, "ExternalFile", name));
        return new ExternalFile { Name = name, Item = item, Url = url, Sha256 = hash, LocalName = "data.bin" };
    }

    private Task<AcquiredFile> AcquireAsync(string url, string? hash, string name = "a", string file = "none.props") =>
        AcquireAsync(new ExternalFileStore(Layout, offline: false, new ContentHashes(), log), Pin(url, hash, name, file));

    private static async Task<AcquiredFile> AcquireAsync(ExternalFileStore store, ExternalFile pin)
    {
        var problems = new AcquisitionProblems();
        var acquired = await store.AcquireAsync([pin], problems, TestContext.Current.CancellationToken);
        problems.ThrowIfAny();
        return acquired[0];
    }

    private async Task<Diagnostic> FailAsync(string url, string? hash, string name = "a") =>
        (await Should.ThrowAsync<DiagnosticException>(() => AcquireAsync(url, hash, name))).Diagnostics[0];
}
