using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Containers;

/// <summary>Diagnostics about containers and their engine: VART402x, and VART2080 to VART2083.</summary>
[DiagnosticRules]
public static class DockerRules
{
    /// <summary>An experiment in a container names no image.</summary>
    public static readonly DiagnosticRule ImageMissing = new("VART4020", Error,
        "An experiment in a container has no image",
        "Experiment '{0}' has the executor Docker, but no image. Add the metadata Image with the name of a "
        + "ContainerImage.");

    /// <summary>No engine answers.</summary>
    public static readonly DiagnosticRule NotRunning = new("VART4021", Error, "The container engine is not running",
        "No container engine answers at '{0}' ({1}): {2}. Start the engine (systemctl start docker, or systemctl "
        + "--user start podman.socket), or set DOCKER_HOST to its address.");

    /// <summary>The user has no permission to open the socket of the container engine.</summary>
    public static readonly DiagnosticRule NotPermitted = new("VART4022", Error,
        "Access to the container engine is denied",
        "This user may not open '{0}' ({1}). Add the user to the socket's group (usermod -aG docker NAME, then log "
        + "in again), or use a rootless engine.");

    /// <summary>The engine runs elsewhere.</summary>
    public static readonly DiagnosticRule Remote = new("VART4023", Error, "The container engine is not on this machine",
        "The container engine at '{0}' ({1}) {2}: it does not see the files of this machine, and its times would "
        + "not be those of this machine. Use an engine on this machine: unset DOCKER_HOST and DOCKER_CONTEXT, or "
        + "choose another context.");

    /// <summary>The container engine stopped answering while a container ran.</summary>
    public static readonly DiagnosticRule Gone = new("VART4024", Error, "The container engine stopped",
        "The container engine at '{0}' stopped while it was in use ({1}). Start the engine and run the same command: "
        + "what was measured is in the journal, and the build continues with the missing samples.");

    /// <summary>The disk of the container engine is full.</summary>
    public static readonly DiagnosticRule DiskFull = new("VART4025", Error, "The container engine has no space",
        "The container engine has no space left for '{0}': {1}. Free some space where the engine keeps its images "
        + "(docker system df, docker image prune), and run the same command again.");

    /// <summary>The image of an experiment is no longer in the container engine.</summary>
    public static readonly DiagnosticRule ImageGone = new("VART4026", Error,
        "An image is no longer in the container engine",
        "The image '{0}' ({1}) was removed from the container engine. Run the same command again: the image is pulled "
        + "again, if it is still available.");

    /// <summary>The platform of the container engine differs from that of the image.</summary>
    public static readonly DiagnosticRule WrongPlatform = new("VART4027", Error,
        "The container engine cannot run the image's platform",
        "Image '{0}' is for {1}, but the container engine runs {2}. Use a machine with the platform of the image; "
        + "under emulation, times would mean nothing.");

    /// <summary>The container engine does not see the files of this machine.</summary>
    public static readonly DiagnosticRule FilesUnseen = new("VART4028", Error,
        "The container engine cannot see the files",
        "The container engine does not see '{0}', so it cannot be brought into the container ({1}). An engine whose "
        + "socket was passed into a container sees the files outside of it: run the build outside, or mount its "
        + "folder at the same path.");

    /// <summary>The container engine refused a request for a reason without a code of its own.</summary>
    public static readonly DiagnosticRule Refused = new("VART4029", Error, "The container engine refused",
        "The container engine refused to run '{0}' in the image '{1}': {2}");

    /// <summary>The engine maps the users of its containers to other users of the machine.</summary>
    public static readonly DiagnosticRule UsersMapped = new("VART2080", Error,
        "The container engine maps users to others",
        "The container engine at '{0}' ({1}) maps the users of its containers to others of this machine "
        + "(userns-remap): even root in a container could not write into this user's folders. Remove userns-remap from "
        + "/etc/docker/daemon.json and restart the engine, or set DOCKER_HOST to another engine, such as a rootless "
        + "one "
        + "of this user.");

    /// <summary>A rootless engine runs as another user than the caller.</summary>
    public static readonly DiagnosticRule OfAnotherUser = new("VART2081", Error,
        "The rootless container engine belongs to another user",
        "The rootless container engine at '{0}' ({1}) runs as the user with the number {2}, and this build as {3}: "
        + "what containers write would belong to that user, who may not write into this user's folders. Use an engine "
        + "of this user or of the system (DOCKER_HOST), or run the build as that user.");

    /// <summary>An image has a user of its own, and its commands run as the caller.</summary>
    public static readonly DiagnosticRule OtherUser = new("VART2082", Advice,
        "An image names another user than the caller",
        "Image '{0}' names the user '{1}', but its commands run as {2}, so that what they write belongs to the user "
        + "who runs this build. Files of the image that only '{1}' may read are closed to them. If a command needs "
        + "such "
        + "files, build an image on this one whose Dockerfile ends with 'USER root': root in a container may read "
        + "them, and what it writes is given back.");

    /// <summary>The engine's disk is too full for the images that will come.</summary>
    public static readonly DiagnosticRule TooLittleSpace = new("VART2083", Error,
        "The container engine's disk is too full",
        "{0} are free at '{1}', where the container engine keeps its images, and {2} are needed: {3}. Free some space "
        + "(docker system df, docker image prune), or move the engine's data to a larger disk (data-root in "
        + "/etc/docker/daemon.json).");
}
