using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Tests.Sources;

public sealed class ExternalFileSpecs : IDisposable
{
    private const string Content = "0123456789abcdef";
    private const string Whole = $"HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 16\r\n\r\n{Content}";
    private static readonly string Pinned = ContentHashes.OfText(Content);
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
        await File.WriteAllTextAsync(ledger,
            "<Project>\n  <!-- kept -->\n  <ItemGroup>\n    <ExternalFile Include=\"a\"\n      Url=\"x\" />\n  "
                + "</ItemGroup>\n</Project>\n", TestContext.Current.CancellationToken);
        await AcquireAsync(Local(), null, file: ledger);
        (await File.ReadAllTextAsync(ledger, TestContext.Current.CancellationToken))
            .ShouldBe(
                "<Project>\n  <!-- kept -->\n  <ItemGroup>\n    <ExternalFile Include=\"a\"\n      Url=\"x\" "
                    + $"Sha256=\"{ContentHashes.OfText(Content)}\" />\n  </ItemGroup>\n</Project>\n");
    }

    [Theory]
    [InlineData("ETag: \"one\"\r\n", "\"one\"")]
    [InlineData("Last-Modified: Wed, 21 Aug 2024 07:28:00 GMT\r\n", "Wed, 21 Aug 2024 07:28:00 GMT")]
    public async Task A_download_that_breaks_goes_on_where_it_stopped_when_the_server_says_that_it_is_the_same(
        string header, string condition)
    {
        using var server = new ScriptedServer($"HTTP/1.1 200 OK\r\n{header}Content-Length: 16\r\n\r\n01234",
            $"HTTP/1.1 206 Partial Content\r\n{header}Content-Length: 11\r\nContent-Range: bytes "
                + "5-15/16\r\n\r\n56789abcdef");
        (await FailAsync(server.Url, Pinned)).Rule.ShouldBe(SourceRules.DownloadFailed);
        File.ReadAllText((await AcquireAsync(server.Url, Pinned)).Path).ShouldBe(Content);
        server.Requests[1].ShouldContain("Range: bytes=5-");
        server.Requests[1].ShouldContain($"If-Range: {condition}");
        Directory.EnumerateFiles(Path.Combine(Layout.Sources, ".files/a")).Select(Path.GetFileName)
            .ShouldBe(["data.bin"]);
    }

    // The server's last answer is to a request for the whole file.
    [Theory]
    [InlineData("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */16\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nETag: \"one\"\r\nContent-Length: 13\r\nContent-Range: bytes "
        + "3-15/16\r\n\r\n3456789abcdef")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nETag: \"one\"\r\nContent-Length: 16\r\nContent-Range: bytes "
        + "0-15/16\r\n\r\n0123456789abcdef")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nETag: \"two\"\r\nContent-Length: 11\r\nContent-Range: bytes "
        + "5-15/16\r\n\r\nXXXXXXXXXXX")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nETag: \"one\"\r\nContent-Length: 12\r\nContent-Range: bytes "
        + "5-16/17\r\n\r\nXXXXXXXXXXXX")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nETag: \"one\"\r\nContent-Length: 5\r\nContent-Range: bytes "
        + "5-9/16\r\n\r\nXXXXX")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nETag: \"one\"\r\nContent-Length: 11\r\n\r\nXXXXXXXXXXX")]
    public async Task A_rest_that_does_not_fit_is_not_joined_to_what_is_here(string rest)
    {
        using var server = new ScriptedServer("HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 16\r\n\r\n01234",
            rest, Whole);
        await FailAsync(server.Url, Pinned);
        File.ReadAllText((await AcquireAsync(server.Url, Pinned)).Path).ShouldBe(Content);
        server.Requests.Count.ShouldBe(3);
        server.Requests[2].ShouldNotContain("Range");
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("ETag: W/\"weak\"\r\n", true)]
    [InlineData("ETag: \"one\"\r\n", false)]
    public async Task Without_a_word_that_tells_versions_apart_or_without_a_pin_it_begins_anew(string header,
        bool isPinned)
    {
        using var server = new ScriptedServer($"HTTP/1.1 200 OK\r\n{header}Content-Length: 16\r\n\r\nother", Whole);
        await FailAsync(server.Url, isPinned ? Pinned : null);
        (await AcquireAsync(server.Url, isPinned ? Pinned : null)).Sha256.ShouldBe(Pinned);
        server.Requests[1].ShouldNotContain("Range");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n0123456789", "how long")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n0123456789", "prematurely")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n", "")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\nContent-Range: bytes 0-9/16\r\n\r\n0123456789",
        "206")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "204")]
    [InlineData("nonsense\r\n\r\n", "")]
    public async Task Only_a_whole_answer_is_pinned(string answer, string reason)
    {
        var ledger = Path.Combine(folder, "pins.props");
        File.WriteAllText(ledger, "<Project><ItemGroup><ExternalFile Include=\"a\" /></ItemGroup></Project>");
        using var server = new ScriptedServer(answer);
        var problem = (await Should.ThrowAsync<DiagnosticException>(() =>
            AcquireAsync(server.Url, null, file: ledger))).Diagnostics[0];
        problem.Rule.ShouldBe(SourceRules.DownloadFailed);
        problem.Message.ShouldContain(reason);
        File.ReadAllText(ledger).ShouldNotContain("Sha256");
        File.Exists(Path.Combine(Layout.Sources, ".files/a/data.bin")).ShouldBeFalse();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n01234")]
    public async Task A_server_that_falls_silent_is_given_up(string answer)
    {
        using var server = new ScriptedServer(answer) { IsSilentAfterwards = true };
        var store = new ExternalFileStore(Layout, offline: false, new ContentHashes(),
            log)
        { Patience = TimeSpan.FromMilliseconds(300) };
        var problem = (await Should.ThrowAsync<DiagnosticException>(() =>
            AcquireAsync(store, Pin(server.Url, Pinned, "a", "none.props")))).Diagnostics[0];
        problem.Message.ShouldContain("sent nothing for 0.3 s");
    }

    [Fact]
    public async Task A_pin_that_moved_is_fetched_anew_and_what_is_here_stays_until_it_has_come()
    {
        var path = (await AcquireAsync(Local(), Pinned)).Path;
        (await FailAsync(Local(), ContentHashes.OfText("next"))).Rule.ShouldBe(SourceRules.HashMismatch);
        File.ReadAllText(path).ShouldBe(Content);
        File.WriteAllText(Path.Combine(folder, "data.bin"), "next");
        (await AcquireAsync(new Uri(Path.Combine(folder, "data.bin")).AbsoluteUri, ContentHashes.OfText("next"))).Path
            .ShouldBe(path);
        File.ReadAllText(path).ShouldBe("next");
    }

    // The server changes the file, truncates its answers, and answers requests for ranges arbitrarily; the result must
    // be one whole version, or nothing.
    [Fact]
    public async Task Versions_are_never_mixed()
    {
        var random = Seeds.New();
        var taken = 0;
        for (var round = 0; round < 40; round++)
        {
            var versions = Enumerable.Range(0,
                3).Select(version => new string((char)('a' + version), random.Next(1, 40))).ToList();
            var current = 0;
            using var server = new ScriptedServer(request =>
            {
                if (random.Next(3) == 0)
                    current = random.Next(versions.Count);
                var text = versions[current];
                var tag = random.Next(4) == 0 ? "" : $"ETag: \"{(random.Next(6) == 0 ? 0 : current)}\"\r\n";
                var from = request.Contains("bytes=", StringComparison.Ordinal)
                    ? int.Parse(request.Split("bytes=")[1].Split('-')[0],
                        System.Globalization.CultureInfo.InvariantCulture) : 0;
                var isRange = from > 0 && from < text.Length && random.Next(2) == 0;
                var begin = isRange ? random.Next(3) == 0 ? random.Next(text.Length) : from : 0;
                var body = text[begin..];
                var sent = random.Next(2) == 0 ? body[..random.Next(body.Length + 1)] : body;
                if (from >= text.Length && random.Next(2) == 0)
                    return "HTTP/1.1 416 No\r\nContent-Length: 0\r\n\r\n";
                var status = isRange
                    ? $"206 Partial\r\nContent-Range: bytes {begin}-{text.Length - 1}/{text.Length}" : "200 OK";
                return $"HTTP/1.1 {status}\r\n{tag}Content-Length: {body.Length}\r\n\r\n{sent}";
            });
            var name = "f" + round;
            var hash = random.Next(2) == 0 ? null : ContentHashes.OfText(versions[random.Next(versions.Count)]);
            for (var attempt = 0; attempt < 8; attempt++)
                try
                {
                    var found = await AcquireAsync(server.Url, hash, name);
                    versions.ShouldContain(File.ReadAllText(found.Path));
                    taken++;
                    break;
                }
                catch (DiagnosticException problem)
                {
                    problem.Diagnostics[0].Rule.ShouldBeOneOf(SourceRules.DownloadFailed, SourceRules.HashMismatch);
                }
        }
        taken.ShouldBeGreaterThan(5);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("ln -s /dev/zero node")]
    [InlineData("mkfifo node")]
    public async Task What_is_no_file_is_not_waited_for(string make)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have no such nodes.");
        Programs.Shell(folder, make).Succeeds();
        (await FailAsync(new Uri(Path.Combine(folder, "node")).AbsoluteUri, null)).Rule.ShouldBe(
            SourceRules.DownloadFailed);
    }

    [Fact]
    public async Task Offline_a_file_that_is_not_here_is_an_error()
    {
        var store = new ExternalFileStore(Layout, offline: true, new ContentHashes(), log);
        (await Should.ThrowAsync<DiagnosticException>(() =>
            AcquireAsync(store, Pin("http://x.invalid/f", null, "a", "x")))).Diagnostics[0].Rule.ShouldBe(
                SourceRules.Offline);
    }

    private string Local()
    {
        var path = Path.Combine(folder, "data.bin");
        File.WriteAllText(path, Content);
        return new Uri(path).AbsoluteUri;
    }

    private static ExternalFile Pin(string url, string? hash, string name, string file)
    {
        var item = new DeclarationItem("ExternalFile", name, new Dictionary<string, string>(),
            () => ItemLocator.Find(file, "ExternalFile", name));
        return new ExternalFile { Name = name, Item = item, Url = url, Sha256 = hash, LocalName = "data.bin" };
    }

    private Task<AcquiredFile> AcquireAsync(string url, string? hash, string name = "a", string file = "none.props") =>
        AcquireAsync(new ExternalFileStore(Layout, offline: false, new ContentHashes(), log),
            Pin(url, hash, name, file));

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
