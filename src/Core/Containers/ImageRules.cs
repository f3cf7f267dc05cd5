using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Containers;

/// <summary>Diagnostics about images as sources: VART202x.</summary>
[DiagnosticRules]
public static class ImageRules
{
    /// <summary>The registry of an image cannot be reached.</summary>
    public static readonly DiagnosticRule Unreachable = new("VART2020", Error, "An image's registry cannot be reached",
        "Image '{0}' ({1}) cannot be pulled because its registry cannot be reached ({2}). Check the network. If "
        + "another machine has the image, run 'docker save' there and 'docker load' here.");

    /// <summary>The registry does not have the image, or does not offer it publicly.</summary>
    public static readonly DiagnosticRule Absent = new("VART2021", Error, "An image is not available",
        "Image '{0}' ({1}) cannot be pulled: its registry does not have it (any more), or refuses access ({2}). For "
        + "a private registry, run 'docker login' and 'docker pull' by hand; an image that is here with the pinned "
        + "digest is used.");

    /// <summary>The content of an image differs from the pinned one.</summary>
    public static readonly DiagnosticRule DigestChanged = new("VART2022", Error, "An image differs from its pin",
        "Image '{0}' ({1}) has the digest {2}, but {3} is pinned, and that one is not available. Somebody changed the "
        + "image behind the name; compare both images before you change the Digest of the pin.");

    /// <summary>The image does not exist for the required platform.</summary>
    public static readonly DiagnosticRule PlatformMissing = new("VART2023", Error,
        "An image does not exist for its platform",
        "Image '{0}' ({1}) does not exist for the platform {2}: {3}. Correct the Platform of the pin, or use "
        + "another image.");

    /// <summary>The disk of the container engine is full.</summary>
    public static readonly DiagnosticRule DiskFull = new("VART2024", Error, "The disk filled up while pulling",
        "Image '{0}' ({1}) cannot be pulled because the container engine has no space left. Free some space where "
        + "the engine keeps its images (docker system df, docker image prune), and run the same command again: only "
        + "the missing layers are pulled.");

    /// <summary>The container engine reports an error that has no code of its own.</summary>
    public static readonly DiagnosticRule PullFailed = new("VART2025", Error, "Pulling an image failed",
        "Image '{0}' ({1}) cannot be pulled. The container engine said: {2}");

    /// <summary>A step of a Dockerfile failed.</summary>
    public static readonly DiagnosticRule BuildFailed = new("VART2027", Error, "Building an image failed",
        "Image '{0}' cannot be built: line {1} of its Dockerfile, {2}, failed. The container engine said: {3}. Fix the "
        + "step and run the same command again: the build of the image continues there. The log is '{4}'; the last "
        + "words of the step:{5}");

    /// <summary>A file of an image's recipe cannot be read.</summary>
    public static readonly DiagnosticRule RecipeUnreadable = new("VART2028", Error,
        "What an image is built from cannot be read",
        "Image '{0}' is built from '{1}' and the folder of its Context, but {2}. Correct Dockerfile or Context of "
        + "the pin.");

    /// <summary>A Dockerfile is based on an image that may change.</summary>
    public static readonly DiagnosticRule BaseFloats = new("VART2029", Error,
        "A Dockerfile builds on an image that is not pinned",
        "Image '{0}': line {1} of its Dockerfile builds on '{2}', which can mean another image tomorrow. Declare that "
        + "image as a ContainerImage, name it in the metadata Base, and write 'ARG BASE' and 'FROM $BASE'; or write "
        + "its digest, 'FROM NAME@sha256:...'.");

    /// <summary>A saved image cannot be loaded.</summary>
    public static readonly DiagnosticRule NotLoaded = new("VART1031", Error, "A saved image cannot be used",
        "Image '{0}' cannot be loaded from '{1}', which a bundle brought: {2}. Delete the folder 'sources' of the "
        + "evaluation and unpack the bundle again; if that does not help, write the bundle again and commit the "
        + "image's lock file.");

    /// <summary>An image cannot be saved.</summary>
    public static readonly DiagnosticRule NotSaved = new("VART1032", Error, "An image cannot be saved for a bundle",
        "Image '{0}' cannot be saved to a file. The container engine said: {1}. Mend the engine and run the same "
        + "command again.");

    /// <summary>An image cannot be removed.</summary>
    public static readonly DiagnosticRule NotRemoved = new("VART2071", Error, "An image cannot be removed",
        "The image '{0}' stays: the container engine said: {1}. End and remove containers that use the image (docker "
        + "ps --all), and run the same command again.");

    /// <summary>Images are left out because no container engine is available.</summary>
    public static readonly DiagnosticRule LeftOut = new("VART2026", Warning, "Images are left out",
        "The images {0} are not pulled: {1}");
}
