using System.Text.Json;
using Verus.Artifact.Protocol;
using Verus.Artifact.Runner;

const int BadUse = 2, Broken = 3;
switch (args)
{
    case ["run", var jobFile, var resultFile, .. var options] when options is [] or ["--parent-stdin"]:
        return Run(jobFile, resultFile, options.Length == 1);
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
        Console.Error.WriteLine("usage: artifact-runner run JOB RESULT [--parent-stdin] | machine | sweep ID... | version");
        return BadUse;
}

static int Run(string jobFile, string resultFile, bool parentOnInput)
{
    JobSpec job;
    try
    {
        job = JobFile.Read(jobFile);
    }
    catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
    {
        return Fail(BadUse, $"the job '{jobFile}' cannot be read: {problem.Message}");
    }
    FileStream? stream = null;
    try
    {
        stream = JobFile.Create(resultFile);
        using var stop = new Stop(parentOnInput);
        using var runner = new JobRunner(job, stop);
        JobFile.Write(stream, resultFile, runner.Run());
        return 0;
    }
    catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
    {
        stream?.Dispose();
        if (stream is not null)
            File.Delete(stream.Name);
        return Fail(BadUse, $"the result '{resultFile}' cannot be written: {problem.Message}");
    }
    catch (Exception problem)
    {
        // Never a result that was not measured, and never a stack trace.
        return Fail(Broken, $"the job '{jobFile}' could not be run: {problem.GetType().Name}: {problem.Message}");
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

static int Fail(int code, string message)
{
    Console.Error.WriteLine($"artifact-runner: {message.ReplaceLineEndings(" ")}");
    return code;
}
