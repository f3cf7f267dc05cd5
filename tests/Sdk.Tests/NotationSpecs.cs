namespace Verus.Artifact.Tests;

/// <summary>Tests that a text written as the page on notation describes reaches the command with the intended
/// value.</summary>
public sealed class NotationSpecs : SdkProject
{
    [Fact]
    public void Every_text_reaches_the_command_through_the_escapes_of_XML_MSBuild_and_the_notation()
    {
        const string Meant = " a;b|c=d, it's \"%41\" <&> 100% {x} ";
        File.WriteAllText(Path.Combine(Folder, "meant.txt"), Meant);
        File.WriteAllText(Path.Combine(Folder, "check.sh"),
            "printf %s \"$V\" | cmp - \"$1/meant.txt\" && echo \"same, $W\"\n");
        Write("""
            <ItemGroup>
              <Experiment Include="E" Samples="1" Command="sh {project}/check.sh {project}" SuccessText="same, 3;4"
                Environment="V=' a;b|c=d, it''s &quot;%2541&quot; &lt;&amp;> 100% {{x}} '; W='3%3B4'" />
            </ItemGroup>
            """);
        Build("-p:Request='E'%3BE").Succeeds();
        Samples().Sum(cell => cell.Count()).ShouldBe(1);
        Build("-p:Request='E").Fails("VART0006").Output.ShouldContain("is not closed");
    }
}
