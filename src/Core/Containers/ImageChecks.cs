using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Containers;

/// <summary>
/// Checks those properties of built images that are known without a container engine: their bases and their files.
/// </summary>
internal static class ImageChecks
{
    /// <summary>Checks all images.</summary>
    /// <param name="images">The images.</param>
    /// <param name="layout">The location of the project; null when no file is to be checked.</param>
    /// <param name="found">List to which errors are added.</param>
    public static void Check(IReadOnlyList<ContainerImage> images, EvaluationLayout? layout,
        ICollection<Diagnostic> found)
    {
        var names = images.Select(image => image.Name).ToList();
        foreach (var image in images.Where(image => image.IsBuilt))
        {
            if (image.Base is { } under && !names.Contains(under, StringComparer.OrdinalIgnoreCase))
                found.Add(DeclarationRules.UnknownReference.At(image.Item.Where, "ContainerImage", image.Name,
                    "ContainerImage", under, Suggestion.For(under, names)));
            else if (Circle(image, images) is { } circle)
                found.Add(DeclarationRules.CircularReference.At(image.Item.Where, "ContainerImage", image.Name,
                    circle));
            if (layout is not null)
                CheckFiles(image, layout, found);
        }
    }

    private static string? Circle(ContainerImage image, IReadOnlyList<ContainerImage> images)
    {
        var passed = new List<string>();
        for (var one = image; one?.Base is { } under; one =
            images.FirstOrDefault(other => other.Name.Equals(under, StringComparison.OrdinalIgnoreCase)))
        {
            passed.Add(under);
            if (under.Equals(image.Name, StringComparison.OrdinalIgnoreCase))
                return string.Join(" -> ", passed);
            // If the bases of an image lead to a cycle that does not contain the image itself, the cycle is reported
            // for the images in it.
            if (passed.Count > images.Count)
                return null;
        }
        return null;
    }

    private static void CheckFiles(ContainerImage image, EvaluationLayout layout, ICollection<Diagnostic> found)
    {
        var dockerfile = layout.Resolve(image.Dockerfile!);
        if (image.Context is { } context && !Directory.Exists(layout.Resolve(context)))
            found.Add(DeclarationRules.BadMetadata.At(image.Item.Where, "ContainerImage", image.Name, "Context",
                context, "a folder that is there"));
        string text;
        try
        {
            text = File.ReadAllText(dockerfile);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            found.Add(DeclarationRules.BadMetadata.At(image.Item.Where, "ContainerImage", image.Name, "Dockerfile",
                image.Dockerfile!, "a file that is there and can be read"));
            return;
        }
        foreach (var (line, floating) in Dockerfile.Parse(text).Floating(image.Base is not null))
            found.Add(ImageRules.BaseFloats.At(new SourceLocation(dockerfile, line), image.Name, line, floating));
    }
}
