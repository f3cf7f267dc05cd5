using System.Text;
using System.Text.Json;
using Verus.Artifact.Protocol;
using Verus.Artifact.Runner;

const int BadUse = 2, Broken = 3, Lacking = 4;
try
{
    Native.Hide(true);
    Native.KeepDescriptors();
    Native.UseCommonUmask();
    switch (args)
    {
        case ["run"]:
            return RunFromInput();
        case ["run", var jobFile, var resultFile]:
            return Run(() => JobFile.Read(jobFile), $"'{jobFile}'", () => Answer.InFile(resultFile), null);
        case ["machine"]:
            Console.Out.WriteLine(JsonSerializer.Serialize(MachineState.Read("/"), ProtocolJson.Default.MachineState));
            return 0;
        case ["sweep", .. var ids]:
            return Sweep(ids);
        case ["version"]:
            var version = typeof(JobFile).Assembly.GetName().Version?.ToString(3);
            Console.Out.WriteLine($"artifact-runner {version}, job format {JobSpec.CurrentFormat}");
            return 0;
        default:
            return Say(BadUse, "usage: artifact-runner run [JOB RESULT] | machine | sweep ID... | version");
    }
}
catch (Exception problem) when (ErrorNumber.Of(problem) is { } error && ErrorNumber.LackOf(error) is { } lack)
{
    return Fail(Lacking, $"{lack}: {ErrorNumber.Explain(error)} ({problem.GetBaseException().Message})");
}
catch (Exception problem)
{
    // Never a result that was not measured, and never a stack trace.
    return Fail(Broken, $"{problem.GetType().Name}: {problem.Message}");
}

static int RunFromInput()
{
    using var input = Console.OpenStandardInput();
    return Run(() => JobFile.ReadLine(input), "on standard input", Answer.OnOutput, input);
}

// Whoever gives a lifeline tells by its end that nobody waits any more.
static int Run(Func<JobSpec> read, string where, Func<Answer> open, Stream? lifeline)
{
    JobSpec job;
    try
    {
        job = read();
    }
    catch (Exception problem) when (IsOfFiles(problem) && !IsLack(problem))
    {
        return Fail(BadUse, $"the job {where} cannot be read: {problem.Message}");
    }
    try
    {
        using var answer = open();
        using var stop = new Stop(lifeline);
        using var runner = new JobRunner(job, stop);
        answer.Write(runner.Run() with { Nonce = job.Nonce });
        return 0;
    }
    catch (Exception problem) when (IsOfFiles(problem) && !IsLack(problem))
    {
        return Fail(BadUse, $"the result of the job {where} cannot be written: {problem.Message}");
    }
}

static int Sweep(string[] ids)
{
    if (Array.Find(ids, id => !JobFile.IsId(id)) is { } bad)
        return Fail(BadUse, $"'{bad}' is not the id of a sample (32 hexadecimal digits in lower case)");
    foreach (var id in ids)
    {
        ProcessTree.KillAll(() => [.. ProcessTree.Marked(id), .. ProcessTree.Living(MemoryGroup.ProcessesOf(id))]);
        MemoryGroup.Remove(id);
    }
    return 0;
}

static bool IsOfFiles(Exception problem) => problem is IOException or UnauthorizedAccessException or JsonException;

static bool IsLack(Exception problem) => ErrorNumber.Of(problem) is { } error && ErrorNumber.LackOf(error) is not null;

static int Fail(int code, string message) => Say(code, $"artifact-runner: {message.ReplaceLineEndings(" ")}");

// Written by the kernel's call alone: the console's stream needs a thread and a descriptor, which may be what is lacking.
static int Say(int code, string text)
{
    Native.WriteError(Encoding.UTF8.GetBytes(text + "\n"));
    return code;
}
