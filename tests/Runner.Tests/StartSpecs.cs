using Verus.Artifact.Protocol;

namespace Verus.Artifact.Tests;

public sealed class StartSpecs : RunnerFixture
{
    [Fact]
    public void A_missing_program_is_said_to_be_missing()
    {
        Run(Job(Command("no-such-program"))).ShouldSatisfyAllConditions(
            result => result.Outcome.ShouldBe(JobOutcome.StartFailed),
            result => result.Error!.ShouldContain("'no-such-program'"),
            result => result.Error!.ShouldContain("/usr/local/bin:/usr/bin:/bin"),
            result => result.Measurement.ShouldBeNull());
        Run(Job(Command("/no/such/program"))).Error!.ShouldContain(
            "'/no/such/program' cannot be started: no such file");
    }

    [Fact]
    public void What_is_no_program_is_said_to_be_none()
    {
        Run(Job(Command(Folder))).Error!.ShouldContain("permission denied");
        Program("text", "no magic number", UnixFileMode.UserRead);
        Run(Job(Command(In("text")))).Error!.ShouldContain("permission denied");
        Program("data", "\u007fELF", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Run(Job(Command(In("data")))).Error!.ShouldContain("exec format error");
    }

    [Fact]
    public void A_missing_interpreter_is_not_taken_for_a_missing_program()
    {
        Program("script", "#!/no/such/interpreter\n", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Run(Job(Command(In("script")))).Error!.ShouldContain("interpreter");
        Run(Job(Command("./script"))).Error!.ShouldContain("interpreter");
    }

    [Fact]
    public void A_working_directory_that_cannot_be_used_is_named()
    {
        Run(Job(Command("true") with { WorkingDirectory = In("gone") })).Error!.ShouldContain(
            $"its working directory '{In("gone")}' does not exist");
        File.WriteAllText(In("file"), "");
        Run(Job(Command("true") with { WorkingDirectory = In("file") })).Error!.ShouldContain(In("file"));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_named()
    {
        Run(Job(Command("true") with { StandardInput = In("gone") })).Error!.ShouldContain(
            $"standard input '{In("gone")}'");
        Run(Job(Command("true") with { StandardOutput = In("gone/out.txt") })).Error!.ShouldContain(
            $"standard output '{In("gone/out.txt")}'");
        Run(Job(Command("true") with { StandardError = Folder })).Error!.ShouldContain(
            $"standard error '{Folder}' cannot be opened: it is a folder");
    }

    [Fact]
    public void Too_many_arguments_are_said_to_be_too_many() =>
        Run(Job(Command("true", new string('x', 4 << 20)))).Error!.ShouldContain("too long");

    [Theory]
    [InlineData("{ \"id\": ", "")]
    [InlineData("null", "empty")]
    [InlineData("[]", "")]
    [InlineData("{}", "")]
    [InlineData("""{ "format": 99, "novel": true }""", "format 99, this runner knows 2")]
    [InlineData("""{ "id": "../..", "command": COMMAND }""", "id")]
    [InlineData("""{ "id": "ID", "command": COMMAND, "warmUps": -1 }""", "negative")]
    [InlineData("""{ "id": "ID", "command": COMMAND, "timeoutSeconds": 0 }""", "negative or zero")]
    [InlineData("""{ "id": "ID", "command": COMMAND, "cpus": [0, 5000] }""", "CPU 5000")]
    [InlineData("""{ "id": "ID", "command": COMMAND, "prepare": null }""", "prepare")]
    [InlineData("""{ "id": "ID", "command": COMMAND, "services": [{ "name": "s", "command": COMMAND, "readyPort": 70000 }] }""", "port 70000")]
    [InlineData("""{ "id": "ID", "command": { "arguments": [], "workingDirectory": "/", "standardOutput": "/dev/null", "standardError": "/dev/null" } }""", "empty")]
    [InlineData("""{ "id": "ID", "command": { "arguments": ["a"], "workingDirectory": "b", "standardOutput": "/dev/null", "standardError": "/dev/null" } }""", "'b'")]
    [InlineData("""{ "id": "ID", "command": { "arguments": ["a\u0000b"], "workingDirectory": "/", "standardOutput": "/o", "standardError": "/o" } }""", "zero character")]
    public void A_job_that_means_nothing_is_refused_in_one_line(string json, string reason)
    {
        const string Command =
            """{ "arguments": ["true"], "workingDirectory": "/", "standardOutput": "/dev/null", "standardError": "/dev/null" }""";
        File.WriteAllText(In("job.json"), json.Replace("COMMAND", Command, StringComparison.Ordinal).Replace("\"ID\"",
            $"\"{Id}\"", StringComparison.Ordinal));
        Refused(In("result.json")).ShouldSatisfyAllConditions(
            text => text.ShouldContain($"the job '{In("job.json")}' cannot be read"),
            text => text.ShouldContain(reason));
        File.Exists(In("result.json")).ShouldBeFalse();
    }

    [Fact]
    public void A_job_file_that_is_not_there_is_named() => Refused(In("result.json")).ShouldContain(In("job.json"));

    [Fact]
    public void A_result_that_cannot_be_written_is_known_before_the_job_runs()
    {
        WriteJob(Job(Command(Dummy, "count", In("count.txt"))));
        Refused(In("gone/result.json")).ShouldContain($"the result of the job '{In("job.json")}' cannot be written");
        File.Exists(In("count.txt")).ShouldBeFalse();
    }

    [Theory]
    [InlineData]
    [InlineData("run", "a")]
    [InlineData("run", "a", "b", "--wait")]
    [InlineData("measure")]
    public void Wrong_use_is_answered_with_the_right_one(params string[] arguments)
    {
        using var process = Launch(arguments);
        process.StandardError.ReadToEnd().ShouldStartWith("usage: ");
        process.WaitForExit();
        process.ExitCode.ShouldBe(2);
    }

    [Fact]
    public void The_runner_says_its_version_and_the_format_that_it_knows()
    {
        using var process = Launch("version");
        process.StandardOutput.ReadToEnd()
            .ShouldMatch($@"^artifact-runner \d+\.\d+\.\d+, job format {JobSpec.CurrentFormat}\n$");
    }

    private string Refused(string result)
    {
        using var process = Launch("run", In("job.json"), result);
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(2);
        error.Trim().ShouldNotContain('\n');
        return error;
    }

    private void Program(string name, string text, UnixFileMode mode)
    {
        File.WriteAllText(In(name), text);
        File.SetUnixFileMode(In(name), mode);
    }
}
