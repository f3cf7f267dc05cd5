using System.Security.Cryptography;
using System.Text;

namespace Verus.Artifact.Report;

/// <summary>The style sheet and the script of the report, from <c>report.css</c> and <c>report.js</c>.</summary>
internal static class ReportStyle
{
    /// <summary>The style sheet.</summary>
    public static string Css { get; } = Read("report.css");

    /// <summary>The script.</summary>
    public static string Script { get; } = Read("report.js");

    /// <summary>The source expression by which the page's content security policy allows the script and no
    /// other.</summary>
    public static string ScriptSource { get; } =
        $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)))}'";

    private static string Read(string name)
    {
        using var stream = typeof(ReportStyle).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
