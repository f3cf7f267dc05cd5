using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes the notices on the works of others that the package contains. MSBuild compiles this class when the SDK is
/// packed.
/// </summary>
public class WriteNotices : Task
{
    // A separator between notices, which does not occur as a line in any of them.
    private const string Rule = "= = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = = =";
    private readonly Dictionary<string, string> written = new Dictionary<string, string>();

    // The licence that is chosen where a package offers a choice.
    private static readonly string[] Preferred = { "MIT", "Apache-2.0" };

    [Required]
    public string Output { get; set; }

    /// <summary>The .deps.json file of the tasks, which names every library that is packed.</summary>
    [Required]
    public string DependenciesFile { get; set; }

    /// <summary>
    /// The assets file of the runner, which names the compiler whose runtime is part of the program; empty if the
    /// package has no runner.
    /// </summary>
    public string RunnerAssetsFile { get; set; }

    /// <summary>Folder of the restored packages.</summary>
    [Required]
    public string PackageRoot { get; set; }

    /// <summary>The folder with the text of each licence that packages only name.</summary>
    [Required]
    public string LicenceTexts { get; set; }

    public string[] Fonts { get; set; } = new string[0];

    public override bool Execute()
    {
        var text = new StringBuilder(
            "THIRD-PARTY NOTICES\n\nVerus.Artifact.Sdk is under the MIT licence. It holds software and fonts of "
                + "others, under the licences below.\n");
        var libraries = Packages(DependenciesFile, "\"type\": \"package\"").ToList();
        if (libraries.Count == 0)
            Log.LogError("{0} names no package.", DependenciesFile);
        foreach (var library in libraries)
            Package(text, library.Item1, library.Item2, "");
        if (!string.IsNullOrEmpty(RunnerAssetsFile))
            Runner(text);
        foreach (var font in Fonts)
            Font(text, font);
        if (!Log.HasLoggedErrors)
            File.WriteAllText(Output, text.ToString());
        return !Log.HasLoggedErrors;
    }

    private void Runner(StringBuilder text)
    {
        // The runtime in the runner has the version of its compiler.
        var runtime = Packages(RunnerAssetsFile,
            "").FirstOrDefault(package =>
                package.Item1.Equals("runtime.linux-x64.Microsoft.DotNet.ILCompiler",
                    StringComparison.OrdinalIgnoreCase));
        if (runtime == null)
            Log.LogError("{0} names no compiler.", RunnerAssetsFile);
        else
            Package(text, "Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64", runtime.Item2,
                "Linked into the program artifact-runner.\n");
        text.Append('\n').Append(Rule)
            .Append(
                "\nGNU C Library (LGPL-2.1-or-later) and the runtime library of GCC (GPL-3.0-or-later with the GCC "
                    + "Runtime Library Exception)\n\n")
            .Append(
                "Linked statically into the program artifact-runner. Its whole source is in the repository of "
                    + "Verus.Artifact.Sdk; 'dotnet build build.proj -t:PackSdk'\n")
            .Append("links it anew with the library of the machine that builds it.\n");
    }

    private static IEnumerable<Tuple<string, string>> Packages(string file, string type)
    {
        return Regex.Matches(File.ReadAllText(file), "\"([\\w.-]+)/([\\w.+-]+)\": \\{\\s*" + type).Cast<Match>()
            .Select(match => Tuple.Create(match.Groups[1].Value, match.Groups[2].Value)).Distinct()
            .OrderBy(package => package.Item1, StringComparer.OrdinalIgnoreCase);
    }

    private void Package(StringBuilder text, string name, string version, string remark)
    {
        var folder = Path.Combine(PackageRoot, name.ToLowerInvariant(), version.ToLowerInvariant());
        var specification = Path.Combine(folder, name.ToLowerInvariant() + ".nuspec");
        if (!File.Exists(specification))
        {
            Log.LogError("The package {0} {1} is packed, but {2} is not there.", name, version, specification);
            return;
        }
        var about = XDocument.Load(specification).Root.Elements()
            .Single(element => element.Name.LocalName == "metadata").Elements()
            .ToLookup(element => element.Name.LocalName);
        Func<string, string> said = key => about[key].Select(element => element.Value.Trim()).FirstOrDefault() ?? "";
        text.Append('\n').Append(Rule).Append('\n').Append(name).Append(' ').Append(version).Append("\n\n")
            .Append(remark);
        foreach (var line in new[] { said("copyright"), said("authors").Length > 0 ? "Authors: " + said("authors") : "",
            said("projectUrl") })
            if (line.Length > 0)
                text.Append(line).Append('\n');
        var licence = about["license"].FirstOrDefault();
        var expression = licence != null && (string)licence.Attribute("type") == "expression"
            ? licence.Value.Trim() : "";
        if (expression.Length > 0)
            text.Append("Licence: ").Append(expression).Append('\n');
        var texts = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Regex.IsMatch(Path.GetFileName(file),
                "^(licen[cs]e|copying|notices?|third-party-notices?)(\\.(txt|md))?$|\\.license\\.txt$",
                RegexOptions.IgnoreCase))
            .OrderBy(file => file, StringComparer.Ordinal).Select(file => File.ReadAllText(file)).ToList();
        if (texts.Count == 0)
        {
            var file = Preferred.Where(expression.Split(' ').Contains)
                .Select(known => Path.Combine(LicenceTexts, known + ".txt")).FirstOrDefault(File.Exists);
            if (file == null)
                Log.LogError("The package {0} {1} has no text of its licence '{2}', and {3} has none either.", name,
                    version, expression, LicenceTexts);
            else
                texts.Add(File.ReadAllText(file));
        }
        foreach (var one in texts.Select(one => one.Replace("\r", "").Trim()))
        {
            string before;
            text.Append('\n').Append(written.TryGetValue(one, out before)
                ? "The same text as for " + before + ", above." : one).Append('\n');
            if (before == null)
                written.Add(one, name);
        }
    }

    // A font file contains the notice itself: strings 0 (copyright), 5 (version) and 13 (licence) of its table of
    // names.
    private void Font(StringBuilder text, string path)
    {
        var font = File.ReadAllBytes(path);
        Func<int, int> at = offset => (font[offset] << 8) + font[offset + 1];
        var table = Enumerable.Range(0, at(4)).Select(index => 12 + 16 * index)
            .Where(entry => Encoding.ASCII.GetString(font, entry, 4) == "name")
            .Select(entry => (at(entry + 8) << 16) + at(entry + 10)).First();
        Func<int, string> said = wanted => Enumerable.Range(0, at(table + 2)).Select(index => table + 6 + 12 * index)
            .Where(record => at(record) == 3 && at(record + 6) == wanted)
            .Select(record => Encoding.BigEndianUnicode.GetString(font, table + at(table + 4) + at(record + 10),
                at(record + 8))).FirstOrDefault() ?? "";
        if (said(13).Length == 0)
            Log.LogError("The font {0} says nothing of its licence.", path);
        text.Append('\n').Append(Rule).Append('\n').Append(Path.GetFileName(path)).Append(" (").Append(said(5))
            .Append(")\n\n")
            .Append(said(0).Trim()).Append("\n\n").Append(said(13).Replace("\r", "").Trim()).Append('\n');
    }
}
