using System.Text.Json;
using Verus.Artifact.Protocol;
using Verus.Artifact.Runner;

const int BadUse = 2;
switch (args)
{
    case ["run", var jobFile, var resultFile, .. var options] when options is [] or ["--parent-stdin"]:
        return Run(jobFile, resultFile, options.Length == 1);
    case ["machine"]:
        Console.Out.WriteLine(JsonSerializer.Serialize(MachineState.Read("/"), ProtocolJson.Default.MachineState));
        return 0;
    case ["sweep", .. var ids]:
        foreach (var id in ids)
        {
            ProcessTree.KillAll(() => ProcessTree.Marked(id));
            MemoryGroup.Remove(id);
        }
        return 0;
    case ["version"]:
        Console.Out.WriteLine($"artifact-runner, job format {JobSpec.CurrentFormat}");
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
        job = JsonSerializer.Deserialize(File.ReadAllBytes(jobFile), ProtocolJson.Default.JobSpec) ?? throw new JsonException("it is empty");
        if (job.Format != JobSpec.CurrentFormat)
            throw new JsonException($"it has format {job.Format}, this runner knows {JobSpec.CurrentFormat}");
    }
    catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
    {
        Console.Error.WriteLine($"artifact-runner: the job '{jobFile}' cannot be read: {problem.Message}");
        return BadUse;
    }
    using var stop = new Stop(parentOnInput);
    var result = new JobRunner(job, stop).Run();
    try
    {
        // Whole or not there: whoever finds the file finds all of it.
        var temporary = resultFile + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(result, ProtocolJson.Default.JobResult));
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, resultFile, overwrite: true);
        return 0;
    }
    catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"artifact-runner: the result '{resultFile}' cannot be written: {problem.Message}");
        return BadUse;
    }
}
