using System.Xml;
using System.Xml.Linq;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tests;

/// <summary>Makes declarations from the XML of a project file.</summary>
public static class Declared
{
    /// <summary>The items of the XML below an ItemGroup, each with its line.</summary>
    public static List<DeclarationItem> Items(string xml) =>
    [
        .. XElement.Parse($"<ItemGroup>{xml}</ItemGroup>", LoadOptions.SetLineInfo).Elements()
            .Select(element => new DeclarationItem(element.Name.LocalName,
            element.Attribute("Include")!.Value,
            element.Attributes().Where(attribute => attribute.Name.LocalName != "Include")
                .Select(attribute => (attribute.Name.LocalName, attribute.Value))
                .Concat(element.Elements().Select(child => (child.Name.LocalName, child.Value)))
                .ToDictionary(pair => pair.LocalName, pair => pair.Value, StringComparer.OrdinalIgnoreCase),
            () => new SourceLocation("test.proj", ((IXmlLineInfo)element).LineNumber))),
    ];

    /// <summary>An item.</summary>
    public static DeclarationItem Item(string type, string name, params (string Name, string Value)[] metadata) =>
        new(type, name,
        metadata.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase),
        () => new SourceLocation("test.proj"));

    /// <summary>Returns all errors and warnings about declarations.</summary>
    public static IReadOnlyList<Diagnostic> Problems(string xml, EvaluationLayout? layout = null) =>
        Problems(Items(xml), layout);

    /// <summary>Returns all errors and warnings about declarations.</summary>
    public static IReadOnlyList<Diagnostic> Problems(IReadOnlyList<DeclarationItem> items,
        EvaluationLayout? layout = null)
    {
        try
        {
            return EvaluationModel.Parse(items, layout).Warnings;
        }
        catch (DiagnosticException problem)
        {
            return problem.Diagnostics;
        }
    }

    /// <summary>Returns the codes of diagnostics, each once, in order.</summary>
    public static IReadOnlyList<string> Codes(string xml, EvaluationLayout? layout = null) =>
        [.. Problems(xml, layout).Select(problem => problem.Rule.Code).Distinct().Order(StringComparer.Ordinal)];
}
