using System.Xml;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Pins;

/// <summary>
/// Writes the values found at first use into the ledger, so that the author can commit them. Every other part of the
/// ledger's file stays the same.
/// </summary>
public static class PinWriter
{
    private static readonly Lock Gate = new();

    /// <summary>
    /// Adds an attribute to the element that declares an item; returns true when the file was changed. A file that
    /// cannot be changed safely is left unchanged, and a warning says what to write by hand, because the fetched
    /// content can still be used.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <param name="metadata">Name of the metadata.</param>
    /// <param name="value">The value that was found: hexadecimal digits and names of packages, without characters that
    /// are special in XML.</param>
    /// <param name="log">Log that receives a message about what was written, or what to write by hand.</param>
    public static bool Write(DeclarationItem item, string metadata, string value, IBuildLog log)
    {
        var file = item.Where.File;
        if (Add(file, item, metadata, value) is { } obstacle)
        {
            log.Report(PinRules.NotWritten.At(item.Where, item.Type, item.Name, metadata, value,
                file is null ? "the ledger" : $"'{file}'", obstacle));
            return false;
        }
        log.Info($"{item.Name}: {metadata} {value} was written to {Path.GetFileName(file)}; commit this change");
        return true;
    }

    // Adds the attribute; returns null when the file was changed, and otherwise the reason why not.
    private static string? Add(string? file, DeclarationItem item, string metadata, string value)
    {
        if (file is null || !File.Exists(file))
            return "it is unknown which file declares it";
        if (IsOfPackage(file))
            return "it belongs to a package";
        try
        {
            // The lock is needed because values of several pins in one file may be found at the same time.
            lock (Gate)
            {
                // If the ledger's file is a link, its target is changed, and the link itself stays.
                var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
                var content = File.ReadAllBytes(target);
                var changed = PinFile.Of(content).With(content, item.Type, item.Name, item.Metadata, metadata, value);
                UnixFileMode? mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(target);
                AtomicFile.Write(target, changed);
                if (mode is { } kept && !OperatingSystem.IsWindows())
                    File.SetUnixFileMode(target, kept);
            }
            return null;
        }
        catch (NotSupportedException problem)
        {
            return problem.Message;
        }
        catch (XmlException problem)
        {
            return $"it cannot be read as XML ({problem.Message.TrimEnd('.')})";
        }
        catch (DiagnosticException problem)
        {
            return "it cannot be written "
                + $"({problem.Diagnostics[0].Rule.Code}: {problem.Diagnostics[0].Message.TrimEnd('.')})";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be used ({problem.Message.TrimEnd('.')})";
        }
    }

    /// <summary>
    /// Whether a file belongs to a package. A file of a package is not changed: all projects of the user share the
    /// files that NuGet unpacked, and unpacking the package again would lose the change.
    /// </summary>
    internal static bool IsOfPackage(string file)
    {
        for (var folder = Path.GetDirectoryName(file); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, ".nupkg.metadata")))
                return true;
        return false;
    }
}
