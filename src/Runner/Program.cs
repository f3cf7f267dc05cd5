using System.Text;
using System.Text.Json;
using Verus.Artifact.Protocol;
using Verus.Artifact.Runner;
using Verus.Artifact.Runner.Tuning;

const int BadUse = 2, Broken = 3, MissingResource = 4;
try
{
    Native.Hide(true);
    Native.DropInheritance();
    Native.UseCommonUmask();
    switch (args)
    {
        case ["run"]:
            return RunFromInput(null);
        case ["serve"]:
            return Serve();
        case ["run", "own", var owner, var folder]:
            return RunFromInput((owner, folder));
        case ["own", var owner, .. var folders]:
            return Own(owner, folders);
        case ["run", var jobFile, var resultFile]:
            return Run(() => JobFile.Read(jobFile), $"'{jobFile}'", () => Answer.InFile(resultFile), null, null);
        case ["tree", var parent, var answer, var program, .. var arguments]:
            return RunTree(parent, answer, program, arguments);
        case ["machine"]:
            Console.Out.WriteLine(JsonSerializer.Serialize(MachineState.Read("/"), ProtocolJson.Default.MachineState));
            return 0;
        case ["tune"]:
            return Tune();
        case ["sweep", .. var ids]:
            return Sweep(ids);
        case ["version"]:
            var version = typeof(JobFile).Assembly.GetName().Version?.ToString(3);
            Console.Out.WriteLine($"artifact-runner {version}, job format {JobSpec.CurrentFormat}");
            return 0;
        default:
            return Exit(BadUse,
                "usage: artifact-runner serve | run [own USER:GROUP FOLDER | JOB RESULT] | own USER:GROUP FOLDER... "
                    + "| tree PARENT ANSWER PROGRAM [ARGUMENT...] | machine | tune | sweep ID... | version");
    }
}
catch (Exception problem) when (ErrorNumber.Of(problem) is { } error && ErrorNumber.LackOf(error) is { } lack)
{
    return Fail(MissingResource, $"{lack}: {ErrorNumber.Explain(error)} ({problem.GetBaseException().Message})");
}
catch (Exception problem)
{
    // The runner never reports a result that was not measured, and never prints a stack trace.
    return Fail(Broken, $"{problem.GetType().Name}: {problem.Message}");
}

static int RunFromInput((string Owner, string Folder)? back)
{
    if (back is var (owner, _) && Ownership.Parse(owner) is null)
        return Fail(BadUse, $"'{owner}' is not USER:GROUP, two numbers");
    using var input = Console.OpenStandardInput();
    return Run(() => JobFile.ReadLine(input), "on standard input", Answer.OnOutput, input, back);
}

// Runs the jobs of a stream, one after the other, until the stream ends or a job has changed this process.
static int Serve()
{
    const long MostGarbage = 1 << 20;
    using var input = Console.OpenStandardInput();
    using var stop = new Stop(null);
    using var sensor = new StopSensor();
    using var jobs = new JobStream(input, stop);
    using var answer = Answer.OnOutput();
    var state = new OwnState();
    var collected = 0L;
    for (var isLast = false; !isLast && jobs.Next() is { } line;)
    {
        JobSpec job;
        try
        {
            job = JobFile.Parse(line);
        }
        catch (JsonException problem)
        {
            return Fail(BadUse, $"the job on standard input cannot be read: {problem.Message}");
        }
        using var runner = new JobRunner(job, stop, sensor);
        try
        {
            var result = runner.Run();
            isLast = stop.Requested || !state.IsUnchanged();
            answer.Write(result with { Nonce = job.Nonce, IsLast = isLast });
        }
        catch (IOException problem) when (!IsLack(problem))
        {
            return Fail(BadUse, $"the result of the job on standard input cannot be written: {problem.Message}");
        }
        // The largest memory of the runner so far is a lower bound of what the kernel reports for a command.
        if (GC.GetTotalAllocatedBytes() - collected > MostGarbage)
        {
            GC.Collect();
            collected = GC.GetTotalAllocatedBytes();
        }
    }
    return 0;
}

// The helper outlives signals that end the build, so that it restores the machine when its input ends.
static int Tune()
{
    Native.IgnoreEnds();
    var root = Environment.GetEnvironmentVariable(TuningRecord.RootVariable) is { Length: > 0 } named ? named : "/";
    return new TuningHelper(root, Console.In, Console.Out).Run() ? 0 : Fail(BadUse, "a request cannot be read");
}

static int Own(string text, string[] folders)
{
    if (Ownership.Parse(text) is not { } owner)
        return Fail(BadUse, $"'{text}' is not USER:GROUP, two numbers");
    var errors = folders.Select(folder => (Folder: folder, Error: Ownership.Give(folder, owner)))
        .Where(one => one.Error != 0).ToList();
    return errors.Count == 0
        ? 0 : Fail(Broken, string.Join("; ",
            errors.Select(one => $"'{one.Folder}': {ErrorNumber.Explain(one.Error)}")));
}

// A caller that provides a lifeline closes it to signal that nobody is waiting any more. When root runs the job for
// another user, that user gets the folder of its files back before the answer is written.
static int Run(Func<JobSpec> read, string where, Func<Answer> open, Stream? lifeline,
    (string Owner, string Folder)? back)
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
        using var sensor = new StopSensor();
        using var runner = new JobRunner(job, stop, sensor);
        var result = runner.Run();
        if (back is var (owner, folder))
            _ = Ownership.Give(folder, Ownership.Parse(owner)!.Value);
        answer.Write(result with { Nonce = job.Nonce });
        return 0;
    }
    catch (Exception problem) when (IsOfFiles(problem) && !IsLack(problem))
    {
        return Fail(BadUse, $"the result of the job {where} cannot be written: {problem.Message}");
    }
}

static int RunTree(string parent, string answer, string program, string[] arguments)
{
    var how = new WholeTree(parent, program, arguments).Run();
    File.WriteAllText(answer, how + "\n");
    return 0;
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

static int Fail(int code, string message) => Exit(code, $"artifact-runner: {message.ReplaceLineEndings(" ")}");

// The message is written with a direct system call, since the console stream needs a thread and a descriptor, either of
// which may be what the machine lacks.
static int Exit(int code, string text)
{
    Native.WriteError(Encoding.UTF8.GetBytes(text + "\n"));
    return code;
}
