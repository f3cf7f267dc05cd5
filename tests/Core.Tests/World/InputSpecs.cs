using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Tests.Experiments;

namespace Verus.Artifact.Tests.World;

/// <summary>
/// Inputs as they are in the world: regular files by content, links by where they lead, and all else an error at once,
/// for Plan as well.
/// </summary>
public sealed class InputSpecs : EngineFixture
{
    public override void Dispose()
    {
        HostileTree.Remove(Folder);
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { "mkfifo in/x", "is a named pipe" },
        { "cd in && python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"x\")'", "is a socket" },
        { "mknod in/x c 1 5 || mkfifo in/x", "is a " },
        { "ln -s /dev/zero in/x", "is a link to '/dev/zero', which is a character device" },
        { "mkfifo p; ln -s ../p in/x", "is a link to '../p', which is a named pipe" },
        { "ln -s gone in/x", "is a link to 'gone', where nothing is" },
        { "ln -s x in/x", "leads back to itself" },
        { "ln -s y in/x; ln -s x in/y", "leads back to itself" },
        { "ln -s / in/x", "is a link to the folder '/', which is not followed" },
        { "mkdir out; ln -s ../out in/x", "/out', which is not followed" },
        { "python3 -c 'open(b\"in/x\\xff\", \"w\")'", "has a name that is not UTF-8" },
        { "ln -s /proc/self/status in/x", "is made up by the kernel" },
        { "truncate -s 3T in/x", "3072 GiB, most of which are holes" },
        { "cd in; for i in $(seq 200); do mkdir x; cd x; done", "more than 128 folders above it" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task What_is_no_file_is_an_error_at_once(string script, string words)
    {
        Shell($"mkdir in; echo fine > in/a; {script}");
        foreach (var inputs in new[] { "in", "in/**", "in/**/*" })
        {
            var problem = await Should.ThrowAsync<DiagnosticException>(() =>
                PlanAsync(Experiment("E", ("Command", "true"), ("Inputs", inputs))));
            var told = problem.Diagnostics.ShouldHaveSingleItem();
            (told.Rule, told.Where.File).ShouldBe((ReadingRules.UnusableInput, "test.proj"));
            told.Message.ShouldContain(words);
        }
    }

    [Theory]
    [InlineData("mkfifo x", "is a named pipe")]
    [InlineData("ln -s /dev/zero x", "which is a character device")]
    [InlineData("ln -s /proc/self/status x", "is made up by the kernel")]
    public async Task The_same_of_a_file_that_the_command_names_of_an_input_by_name_and_of_an_optional_one(
        string script, string words)
    {
        Shell(script);
        foreach (var metadata in new[] { ("Environment", "X={project}/x"), ("Inputs", "x"),
            ("OptionalInputs", "{project}/x") })
            (await Should.ThrowAsync<DiagnosticException>(() =>
                PlanAsync(Experiment("E", ("Command", "true"), metadata)))).Message.ShouldContain(words);
    }

    [Fact]
    public async Task Links_count_by_where_they_lead_and_by_the_content_there()
    {
        Shell("mkdir in; echo one > one; echo one > two; ln -s ../one in/x");
        var experiment = Experiment("E", ("Command", "true"), ("Inputs", "in"));
        var first = await KeyAsync(experiment);
        Shell("echo other > one");
        var changed = await KeyAsync(experiment);
        changed.ShouldNotBe(first);
        Shell("echo one > one");
        (await KeyAsync(experiment)).ShouldBe(first);
        Shell("rm in/x; ln -s ../two in/x");
        (await KeyAsync(experiment)).ShouldNotBe(first);
    }

    [Fact]
    public async Task Links_to_folders_are_no_way_down_and_no_way_back()
    {
        Shell(
            "mkdir -p in/a shared; echo 1 > in/a/f; echo 2 > shared/f; cd in; for i in 1 2 3 4 5 6 7 8 9; do ln -s . "
                + "$i; ln -s .. a/$i; done; ln -s a/f g; ln -s ../shared h");
        var experiment = Experiment("E", ("Command", "true"), ("Inputs", "in/**;shared"));
        (await PlanAsync(experiment))[0].Resolved!.Parts
            .Count(part => part.Name.StartsWith("input ", StringComparison.Ordinal)).ShouldBe(22);
        var first = await KeyAsync(experiment);
        Shell("echo 3 > shared/f");
        (await KeyAsync(experiment)).ShouldNotBe(first);
        (await PlanAsync(Experiment("E", ("Command", "true"), ("Inputs", "in/?;shared")))).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("*.c", "a.c")]
    [InlineData("**/*.c", "a.c,d/b.c,d/e/c.c")]
    [InlineData("d/*", "d/b.c,d/x.h")]
    [InlineData("d/**", "d/b.c,d/e/c.c,d/x.h")]
    [InlineData("d", "d/b.c,d/e/c.c,d/x.h")]
    [InlineData("?/?.h", "d/x.h")]
    [InlineData("**/e/*", "d/e/c.c")]
    [InlineData("**/**/**/**/**/**/**/**/**/c.c", "d/e/c.c")]
    public void Patterns_find_what_they_say(string pattern, string found)
    {
        Shell("mkdir -p in/d/e; cd in; touch a.c d/b.c d/x.h d/e/c.c");
        Globbing.Files(Path.Combine(Folder, "in", pattern))
            .Select(file => Path.GetRelativePath(Path.Combine(Folder, "in"), file)).ShouldBe(found.Split(','));
    }

    [Fact]
    public async Task Any_random_tree_is_planned_or_told()
    {
        var seed = Environment.GetEnvironmentVariable("HOSTILE_SEED") is { } given
            ? int.Parse(given) : Random.Shared.Next(1 << 30);
        TestContext.Current.TestOutputHelper?.WriteLine($"HOSTILE_SEED={seed}");
        await File.WriteAllTextAsync(Path.Combine(Folder, "tree.py"), HostileTree.Script,
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Folder, "secret"), "x", TestContext.Current.CancellationToken);
        var told = 0;
        for (var i = 0; i < 5; i++)
        {
            HostileTree.Make(Path.Combine(Folder, "tree.py"), seed + i, Path.Combine(Folder, $"in{i}"),
                Path.Combine(Folder, "secret"));
            try
            {
                await PlanAsync(Experiment("E", ("Command", "true"), ("Inputs", $"in{i}/**")));
            }
            catch (DiagnosticException problem)
            {
                told++;
                (problem.Diagnostics[0].Rule.Code is "VART4164" or "VART4004").ShouldBeTrue(
                    $"HOSTILE_SEED={seed + i}: {problem.Message}");
            }
            // A copy of the same, as {copy:NAME} is one of a checkout.
            try
            {
                WorkingCopy.Make(Path.Combine(Folder, $"in{i}"), Path.Combine(Folder, $"copy{i}"),
                    TestContext.Current.CancellationToken);
            }
            catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
            {
                // A file that its owner may not read, of 128 GiB where there is less room, or of a name that is too
                // long here.
            }
            HostileTree.Remove(Path.Combine(Folder, $"copy{i}"));
            HostileTree.Remove(Path.Combine(Folder, $"in{i}"));
        }
        told.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_copy_to_build_in_has_the_same_names_links_and_contents_and_points_to_its_repository()
    {
        Shell(
            "mkdir -p r/d; cd r; echo 1 > d/f; ln -s nowhere l; mkfifo p; echo 'gitdir: ../repository' > .git; python3 "
                + "-c 'open(b\"caf\\xe9\", \"w\").write(\"hi\")'; truncate -s 1T sparse");
        SourceCopy.Make(Path.Combine(Folder, "r"), Path.Combine(Folder, "built"),
            TestContext.Current.CancellationToken);
        Shell(
            "cd built; test \"$(cat d/f)\" = 1; test \"$(readlink l)\" = nowhere; ! test -e p; test \"$(cat .git)\" = "
                + $"\"gitdir: {Folder}/repository\"; "
            + "test \"$(stat -c %s sparse)\" = 1099511627776; python3 -c 'assert open(b\"caf\\xe9\").read() == "
            + "\"hi\"'");
    }

    [Fact]
    public void A_copy_has_the_same_names_links_and_contents()
    {
        Shell(
            "mkdir -p in/d/.git; cd in; echo 1 > d/f; chmod 4750 d/f; ln -s nowhere l; ln -s . d/loop; mkfifo p; echo "
                + "x > .git; python3 -c 'open(b\"caf\\xe9\", \"w\").write(\"hi\")'");
        WorkingCopy.Make(Path.Combine(Folder, "in"), Path.Combine(Folder, "copy"),
            TestContext.Current.CancellationToken);
        Shell(
            "cd copy; test \"$(cat d/f)\" = 1; test \"$(readlink l)\" = nowhere; test \"$(readlink d/loop)\" = .; ! "
                + "test -e p; ! test -e .git; ! test -e d/.git; "
            + "test \"$(stat -c %a d/f)\" = 750; python3 -c 'assert open(b\"caf\\xe9\").read() == \"hi\"'");
    }

    private Task<IReadOnlyList<CellPlan>> PlanAsync(ExperimentDeclaration experiment) =>
        Engine().PlanAsync([experiment], TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(5),
            TestContext.Current.CancellationToken);

    private async Task<string> KeyAsync(ExperimentDeclaration experiment) =>
        (await PlanAsync(experiment))[0].Resolved!.Key;

    private void Shell(string script) => Programs.Shell(Folder, script).Succeeds();
}
