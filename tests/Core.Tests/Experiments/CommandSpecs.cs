using Verus.Artifact.Common;

namespace Verus.Artifact.Tests.Experiments;

/// <summary>Tests that every character of a command has its literal meaning, or that a message says
/// otherwise.</summary>
public sealed class CommandSpecs
{
    [Theory]
    [InlineData("echo hi | tr h j", "|")]
    [InlineData("echo hi > out.txt", ">")]
    [InlineData("a 2>&1", "> &")]
    [InlineData("a && b || c", "&& ||")]
    [InlineData("a; b", ";")]
    [InlineData("cat < in << end", "< <<")]
    [InlineData("echo $HOME ${A} $(b) $1", "$HOME ${A $(b $1")]
    [InlineData("echo `date`", "`")]
    [InlineData("ls *.c a? ~/x ~", "* ? ~")]
    [InlineData("echo '|' \">\" \\& a'$HOME'b \"`x`\"", "")]
    [InlineData("verify --filter ^x$ a~b {tool:z3} --n={n} cost=5$ a[1] (b)", "")]
    public void Signs_of_a_shell_outside_of_quotes_are_found(string command, string signs) =>
        string.Join(' ', CommandLine.ShellSigns(command)).ShouldBe(signs);

    [Theory]
    [InlineData("Command=\"echo hi | tr h j\"", "VART4180")]
    [InlineData("Command=\"x\" Prepare=\"a; b\"", "VART4180")]
    [InlineData("Command=\"x {generated}\" Generate=\"cat *\"", "VART4180")]
    [InlineData("Command=\"sh -c 'a | b'\"", "")]
    [InlineData("Command=\"x {a}\" Matrix=\"a=1\"", "")]
    [InlineData("Command=\"x {args:a}\" Matrix=\"a=1 2\"", "")]
    [InlineData("Command=\"x --y={args:a}\" Matrix=\"a=1 2\"", "VART4002")]
    [InlineData("Command=\"x {args:b}\" Matrix=\"a=1 2\"", "VART4002")]
    [InlineData("Command=\"x {outpt:A}\"", "VART4002")]
    [InlineData("Command=\"x {project:A}\"", "VART4002")]
    [InlineData("Command=\"x {work:}\"", "VART4002")]
    [InlineData("Command=\"x {tool:}\"", "VART4002")]
    [InlineData("Command=\"x {port}\"", "VART4002")]
    [InlineData("Command=\"x {generated}\"", "VART4002")]
    [InlineData("Command=\"x {wrok}\"", "VART4002")]
    [InlineData("Command=\"x {work\"", "VART4181")]
    [InlineData("Command=\"x {{work}} }\"", "")]
    [InlineData("Command=\"x\" Environment=\"A={wrok}\"", "VART4002")]
    [InlineData("Command=\"x\" WorkingDirectory=\"{wrok}\"", "VART4002")]
    [InlineData("Command=\"x\" Inputs=\"{output}/a\"", "VART4002")]
    [InlineData("Command=\"x\" OptionalInputs=\"{work}/a\"", "VART4002")]
    [InlineData("Command=\"x\" Inputs=\"{a}.txt\" Matrix=\"a=1\"", "")]
    [InlineData("Command=\"x\" Timeout=\"0\"", "VART0002")]
    [InlineData("Command=\"x\" Timeout=\"-1\"", "VART0002")]
    [InlineData("Command=\"x\" PrepareTimeout=\"1e400\"", "VART0002")]
    [InlineData("Command=\"x\" Timeout=\"1,5\"", "VART0002")]
    [InlineData("Command=\"x\" EstimatedSeconds=\"-1\"", "VART0002")]
    [InlineData("Command=\"x\" MemoryLimit=\"0\"", "VART0002")]
    [InlineData("Command=\"x\" SuccessExitCodes=\"-3\"", "VART0002")]
    [InlineData("Command=\"x\" SuccessExitCodes=\"+3\"", "VART0002")]
    [InlineData("Command=\"x\" Executor=\"Host,Docker\"", "VART4150")]
    [InlineData("Command=\"x\" Executor=\"+0\"", "VART4150")]
    [InlineData("Command=\"x\" Environment=\"A='b;c=d'; E=it's\"", "")]
    [InlineData("Command=\"x\" Comand=\"y\"", "VART0003")]
    public void What_means_nothing_is_told(string experiment, string code) =>
        string.Concat(Declared.Codes($"<Experiment Include=\"E\" {experiment} />")).ShouldBe(code);

    [Theory]
    [InlineData("Command=\"x {nothing}\"", "VART4002")]
    [InlineData("Command=\"x\" Environment=\"A={outpt:b}\"", "VART4002")]
    [InlineData("Command=\"x\" ReadyPort=\"{prot:a}\"", "VART4002")]
    [InlineData("Command=\"x | y\"", "VART4180")]
    [InlineData("Command=\"x {n} {args:n}\" ReadyPort=\"{port:a}\"", "")]
    public void So_it_is_in_services(string service, string code) => string.Concat(Declared.Codes(
        "<Experiment Include=\"E\" Command=\"x\" Matrix=\"n=1,2\" /><Experiment Include=\"F\" Command=\"x\" "
            + $"Matrix=\"n=1,2\" /><Service Include=\"S\" Experiments=\"E;F\" {service} />")).ShouldBe(code);

    [Fact]
    public void A_program_of_the_project_that_is_missing_is_told()
    {
        var folder = Directory.CreateTempSubdirectory("command-").FullName;
        var layout = new Verus.Artifact.Declarations.EvaluationLayout(Path.Combine(folder, "evaluation"), folder);
        File.WriteAllText(Path.Combine(folder, "a.sh"), "");
        string Codes(string experiment) =>
            string.Concat(Declared.Codes($"<Experiment Include=\"E\" {experiment} />", layout));
        Codes("Command=\"{project}/a.sh\"").ShouldBe("");
        Codes("Command=\"sh {project}/b.sh\"").ShouldBe("VART4184");
        Codes("Command=\"{project}/{n}.sh\" Matrix=\"n=a,b\"").ShouldBe("VART4184");
        Codes("Command=\"{project}/{n}.sh\" Matrix=\"n=a,b\" Except=\"n=b\"").ShouldBe("");
        Codes("Command=\"{project}/made\" Prepare=\"make\"").ShouldBe("");
        Codes("Command=\"x {generated}\" Generate=\"python3 {project}/b.py\"").ShouldBe("VART4184");
        Directory.Delete(folder, recursive: true);
    }
}
