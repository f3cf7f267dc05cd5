using System.Text;
using System.Xml.Linq;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Tests.Pins;

public sealed class PinWriterSpecs : IDisposable
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private readonly string folder = Directory.CreateTempSubdirectory("pins").FullName;
    private readonly CollectedLog log = new();

    private string Ledger => Path.Combine(folder, "build.proj");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // In the texts of this test, the mark | stands where the attribute is added.
    [Theory]
    [InlineData("<ExternalFile Include='a' Url='u'| />")]
    [InlineData("<ExternalFile Include=\"a\" Condition=\"$(N) > 0\" Url=\"u\"|/>")]
    [InlineData("<ExternalFile Condition='\"$(N)\" &gt; \"0\" and /> != 1' Include='a'|\t>\n  "
        + "<Url>u</Url></ExternalFile>")]
    [InlineData("<ExternalFile\n    Include = \"a\"\n    Url = \"u?x=1&amp;y=/>\"|\n  />")]
    [InlineData("<!-- <ExternalFile Include=\"a\" /> --><ExternalFile Include=\"a\"| />")]
    [InlineData("<Other><![CDATA[<ExternalFile Include=\"a\" />]]></Other><ExternalFile Include=\"a\"| />")]
    [InlineData("<ExternalFile Update=\"a\" Url=\"v\" /><ExternalFile Include=\"a\" Url=\"u\"| /><ExternalFile "
        + "Update=\"a\" Url=\"w\" />")]
    [InlineData("<ExternalFile Include=\"b\" /><ExternalRepo Include=\"a\" /><ExternalFile "
        + "Include=\"a\"|></ExternalFile>")]
    [InlineData("<ExternalFile Include=\"a\" Url=\"v\" Condition=\"$(N) > 0\" /><ExternalFile Include=\"a\" Url=\"u\" "
        + "Condition=\"$(N) &lt; 1\"| />")]
    [InlineData("<ExternalFile Include=\"a\"><Url>v</Url></ExternalFile><ExternalFile "
        + "Include=\"a\"|><Url>u</Url></ExternalFile>")]
    [InlineData("<externalfile Include=\" %61 \"| />")]
    [InlineData("<?keep this?><ExternalFile Include=\"a\" Text=\"&#9;&quot;&lt;>\"| /> <!-- ü € 😀 -->")]
    public void The_attribute_is_added_and_every_other_byte_stays(string marked)
    {
        foreach (var (encoding, end) in new (Encoding, string)[]
            { (new UTF8Encoding(false), "\n"), (new UTF8Encoding(true), "\r\n"),
                (new UnicodeEncoding(false, true), "\r\n"), (new UnicodeEncoding(true, true), "\n"),
                (new UTF8Encoding(false), "\r") })
        {
            var text = $"<Project>\n  <ItemGroup>\n    {marked}\n  </ItemGroup>\n</Project>".Replace("\n", end,
                StringComparison.Ordinal);
            byte[] Bytes(string content) => [.. encoding.GetPreamble(), .. encoding.GetBytes(content)];
            File.WriteAllBytes(Ledger, Bytes(text.Replace("|", "", StringComparison.Ordinal)));
            Write().ShouldBeTrue(string.Join("\n", log.Reported.Select(diagnostic => diagnostic.Message)));
            encoding.GetString(File.ReadAllBytes(Ledger))
                .ShouldBe(encoding.GetString(
                    Bytes(text.Replace("|", $" Sha256=\"{Hash}\"", StringComparison.Ordinal))));
        }
    }

    [Fact]
    public void An_attribute_that_is_there_and_empty_gets_the_value()
    {
        File.WriteAllText(Ledger,
            "<Project><ItemGroup><ExternalFile Include='a' sha256='' Url='u' /></ItemGroup></Project>");
        Write().ShouldBeTrue();
        File.ReadAllText(Ledger)
            .ShouldBe(
                $"<Project><ItemGroup><ExternalFile Include='a' sha256='{Hash}' Url='u' /></ItemGroup></Project>");
    }

    [Theory]
    [InlineData("<ExternalFile Include=\"a\" Url=\"u\" Condition=\"$(N) > 0\" /><ExternalFile Include=\"a\" Url=\"u\" "
        + "Condition=\"$(N) &lt; 1\" />", "2 elements")]
    [InlineData("<ExternalFile Include=\"a\" Url=\"$(X)\" Condition=\"$(N) > 0\" /><ExternalFile Include=\"a\" "
        + "Url=\"$(Y)\" Condition=\"$(N) &lt; 1\" />", "2 elements")]
    [InlineData("<ExternalFile Include=\"$(Name)\" Url=\"u\" />", "plain text")]
    [InlineData("<ExternalFile Include=\"@(Names)\" Url=\"u\" />", "plain text")]
    [InlineData("<ExternalFile Update=\"a\" Url=\"u\" />", "plain text")]
    [InlineData("<ExternalFile Include=\"b;a\" Url=\"u\" />", "several items")]
    [InlineData("<ExternalFile Include=\"a\" Url=\"u\" Sha256=\"$(Hash)\" />", "$(Hash)")]
    [InlineData("<ExternalFile Include=\"a\" Url=\"u\"><Sha256>$(Hash)</Sha256></ExternalFile>", "an empty Sha256")]
    [InlineData("<ExternalFile Include=\"a\" Url=\"u\" ", "as XML")]
    public void Where_the_element_cannot_be_told_the_file_stays_and_the_message_says_what_to_write(string items,
        string reason)
    {
        File.WriteAllText(Ledger, $"<Project><ItemGroup>{items}</ItemGroup></Project>");
        var before = File.ReadAllBytes(Ledger);
        Write().ShouldBeFalse();
        File.ReadAllBytes(Ledger).ShouldBe(before);
        var told = log.Reported.ShouldHaveSingleItem();
        told.Rule.ShouldBe(PinRules.NotWritten);
        told.Message.ShouldContain(reason);
        told.Message.ShouldContain($"Sha256=\"{Hash}\"");
    }

    [Theory]
    [InlineData("100% sure;yes")]
    [InlineData("$(Out) @(In)")]
    [InlineData("%24(x) ü 'q' & <z>")]
    [InlineData("a=b")]
    public void The_folder_may_have_any_name(string name)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        var file = Path.Combine(own, "build.proj");
        File.WriteAllText(file, "<Project><ItemGroup><ExternalFile Include='a' /></ItemGroup></Project>");
        PinWriter.Write(Item(file), "Sha256", Hash, log).ShouldBeTrue();
        XDocument.Load(file).Descendants("ExternalFile").Single().Attribute("Sha256")!.Value.ShouldBe(Hash);
    }

    [Fact]
    public void A_link_stays_a_link_and_the_mode_stays()
    {
        var real = Path.Combine(folder, "real.props");
        File.WriteAllText(real, "<Project><ItemGroup><ExternalFile Include='a' /></ItemGroup></Project>");
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead
            | UnixFileMode.GroupWrite;
        File.SetUnixFileMode(real, mode);
        File.CreateSymbolicLink(Ledger, "real.props");
        Write().ShouldBeTrue();
        new FileInfo(Ledger).LinkTarget.ShouldBe("real.props");
        File.ReadAllText(real).ShouldContain(Hash);
        File.GetUnixFileMode(real).ShouldBe(mode);
    }

    [Fact]
    public void The_file_of_a_package_one_that_is_gone_and_one_in_another_encoding_stay()
    {
        Write().ShouldBeFalse();
        File.WriteAllBytes(Ledger, [.. Encoding.ASCII.GetBytes("<Project><ItemGroup><ExternalFile Include='a' Url='u"),
            0xFF, .. Encoding.ASCII.GetBytes("' /></ItemGroup></Project>")]);
        Write().ShouldBeFalse();
        File.WriteAllText(Ledger,
            "<?xml version='1.0' encoding='none-such'?><Project><ItemGroup><ExternalFile Include='a' "
                + "/></ItemGroup></Project>");
        Write().ShouldBeFalse();
        File.WriteAllText(Ledger, "<Project><ItemGroup><ExternalFile Include='a' /></ItemGroup></Project>");
        File.WriteAllText(Path.Combine(folder, ".nupkg.metadata"), "{}");
        Write().ShouldBeFalse();
        log.Reported.Select(diagnostic => diagnostic.Rule).ShouldBe(Enumerable.Repeat(PinRules.NotWritten, 4));
        log.Reported[^1].Message.ShouldContain("package");
    }

    // Items are surrounded by noise of every kind; the added attribute must be the only difference, and an XML reader
    // must find it at the right element.
    [Fact]
    public void Random_files_differ_in_the_attribute_alone()
    {
        var random = Seeds.New();
        string[] noise =
        [
            "<!-- <ExternalFile Include='a' Url='u' /> -->",
            "<PropertyGroup><X Condition='1 > 0'><![CDATA[<ExternalFile Include=\"a\">]]></X></PropertyGroup>", "\r\n",
            "\t", "\n",
            "<ItemGroup><ExternalFile Update='a' Url='v' /></ItemGroup>",
            "<ItemGroup><ExternalRepo Include='a' Url='/>' /></ItemGroup>", "<?pi > a?>",
            "<ItemGroup Condition=\"'$(A)' > '/>'\" />",
            "<Target Name='t'><Message Text='&lt;ExternalFile Include=&quot;a&quot; /&gt; ü' /></Target>",
            "<ItemGroup><ExternalFile Remove='a' /><ExternalFile Include='b;c' /></ItemGroup>",
        ];
        string[] attributes = ["Url='u'", "Condition=\"$(N) > 0\"", "Label='a=\"b\" />'", "Condition2='&#x41;'",
            "Note = \"'>'\""];
        for (var i = 0; i < 300; i++)
        {
            string Noise() => string.Concat(
                Enumerable.Range(0, random.Next(4)).Select(_ => noise[random.Next(noise.Length)]));
            var own = attributes.Where(_ => random.Next(2) == 0).Append("Include='a'").ToArray();
            random.Shuffle(own);
            var element =
                $"<ExternalFile {string.Join(random.Next(2) == 0 ? "\r\n  " : " ", own)}"
                    + $"{(random.Next(2) == 0 ? " />" : "></ExternalFile>")}";
            var inner = Noise().Replace("<ItemGroup>", "<Choose>", StringComparison.Ordinal)
                .Replace("</ItemGroup>", "</Choose>", StringComparison.Ordinal);
            var text = $"<Project>{Noise()}<ItemGroup>{inner}{element}</ItemGroup>{Noise()}</Project>";
            File.WriteAllText(Ledger, text);
            Write().ShouldBeTrue(text);
            var written = File.ReadAllText(Ledger);
            var added = $" Sha256=\"{Hash}\"";
            written.Split(added).Length.ShouldBe(2, text);
            written.Replace(added, "", StringComparison.Ordinal).ShouldBe(text);
            XDocument.Parse(written).Descendants("ExternalFile")
                .Single(found => found.Attribute("Include")?.Value == "a").Attribute("Sha256")!.Value.ShouldBe(Hash,
                    text);
        }
    }

    private bool Write() => PinWriter.Write(Item(Ledger), "Sha256", Hash, log);

    private static DeclarationItem Item(string file) =>
        new("ExternalFile", "a", new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Url"] = "u" },
            () => new SourceLocation(file, 1));
}
