using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tests.Pins;

/// <summary>Tests that other items can state versions and addresses by naming the pin.</summary>
public sealed class LedgerTextSpecs
{
    private static readonly DeclarationItem[] Ledger =
    [
        Item("ToolPin", "rust", ("Version", "1.76.0")),
        Item("ExternalRepo", "source", ("Url", "https://example.org/{version:rust}.git"),
            ("Commit", new string('0', 40))),
        Item("ExternalFile", "archive", ("Url", "https://example.org/a.zip")),
        Item("ExternalFile", "known", ("Url", "https://example.org/b.zip"), ("Sha256", new string('a', 64))),
    ];

    [Fact]
    public void Names_of_pins_become_what_the_ledger_says_in_whatever_metadatum()
    {
        var model = EvaluationModel.Parse(
            [.. Ledger, Item("Tool", "cargo", ("Version", "{version:RUST}"), ("Source", "source"),
                ("Executable", "{output}/{version:rust}/cargo"),
            ("Build", "fetch {url:archive} '{sha256:archive}' {sha256:known} {{version:rust}}"),
            ("Remedy", "Install {version:rust}."))]);
        var tool = model.Tools.Single();
        tool.Version!.Text.ShouldBe("1.76.0");
        tool.Remedy.ShouldBe("Install 1.76.0.");
        tool.Build!.Executable.Text.ShouldBe("{output}/1.76.0/cargo");
        tool.Build.Steps.Single().Select(argument => argument.Text)
            .ShouldBe(["fetch", "https://example.org/a.zip", "", new string('a', 64), "{{version:rust}}"]);
        model.Pins.Repos.Single().Url.ShouldBe("https://example.org/{version:rust}.git");
    }

    [Theory]
    [InlineData("{version:rusty}", "Did you mean 'version:rust'?")]
    [InlineData("{url:rust}", "Known: ")]
    public void A_name_that_no_pin_has_is_one_error(string text, string hint)
    {
        var problem = Should.Throw<DiagnosticException>(() =>
            EvaluationModel.Parse([.. Ledger, Item("Tool", "cargo", ("Remedy", text))])).Diagnostics
            .ShouldHaveSingleItem();
        problem.Rule.Code.ShouldBe("VART4002");
        problem.Message.ShouldContain(hint);
    }

    private static DeclarationItem Item(string type, string name, params (string Name, string Value)[] metadata) =>
        new(type, name, metadata.ToDictionary(pair => pair.Name, pair => pair.Value),
            () => new SourceLocation("artifact.proj", 1));
}
