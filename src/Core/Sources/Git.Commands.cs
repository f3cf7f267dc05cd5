using System.Collections;
using CliWrap;
using CliWrap.Buffered;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

// Starts git. The user's configuration of git is used only to reach remotes (insteadOf, credentials, proxies, ssh):
// commands that write or compare files run without it, without hooks and templates, and without any of the caller's git
// variables.
internal sealed partial class Git(string program, IReadOnlyDictionary<string, string?> environment)
{
    private static readonly string[] LeadToRemotes =
        ["GIT_CONFIG_", "GIT_SSH", "GIT_ASKPASS", "GIT_PROXY_COMMAND", "GIT_SSL_", "GIT_HTTP_",
            "GIT_PROTOCOL_FROM_USER", "GIT_ALLOW_PROTOCOL"];

    private static readonly string Nowhere = Path.Combine(AppContext.BaseDirectory, "no-home");
    private static readonly string Empty = OperatingSystem.IsWindows() ? "NUL" : "/dev/null";

    /// <summary>The git program on the search path; null when git is not installed.</summary>
    public static Git? Find(IReadOnlyList<string> searchPath, IReadOnlyDictionary<string, string?> environment) =>
        searchPath.Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "git.exe" : "git"))
            .FirstOrDefault(File.Exists) is { } program
            ? new Git(program, environment) : null;

    // The environment variables for a git command that contacts a remote.
    private Dictionary<string, string?> AsUser()
    {
        var variables = new Dictionary<string, string?>(environment, StringComparer.Ordinal);
        foreach (var name in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => (string)entry.Key).Concat(environment.Keys))
            if (name.StartsWith("GIT_", StringComparison.OrdinalIgnoreCase)
                && !LeadToRemotes.Any(kept => name.StartsWith(kept, StringComparison.Ordinal)))
                variables[name] = null;
        // The variables make git never prompt, neither at the terminal nor in a window, and always print English, so
        // that its messages can be recognised.
        variables["GIT_TERMINAL_PROMPT"] = "0";
        variables["GCM_INTERACTIVE"] = "never";
        variables["SSH_ASKPASS"] = "true";
        variables["SSH_ASKPASS_REQUIRE"] = "force";
        variables["LC_ALL"] = "C";
        variables["GIT_NO_REPLACE_OBJECTS"] = "1";
        return variables;
    }

    // The environment variables for a git command that works on the SDK's own files.
    private Dictionary<string, string?> Alone()
    {
        var variables = AsUser();
        foreach (var name in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => (string)entry.Key).Concat(environment.Keys))
            if (name.StartsWith("GIT_CONFIG", StringComparison.Ordinal))
                variables[name] = null;
        variables["GIT_CONFIG_NOSYSTEM"] = "1";
        variables["GIT_CONFIG_GLOBAL"] = Empty;
        variables["GIT_CONFIG_SYSTEM"] = Empty;
        variables["GIT_ATTR_NOSYSTEM"] = "1";
        // HOME and XDG_CONFIG_HOME are set as well, since an older git does not know GIT_CONFIG_GLOBAL, and every
        // version reads ignore rules and attributes from there.
        variables["HOME"] = Nowhere;
        variables["XDG_CONFIG_HOME"] = Nowhere;
        return variables;
    }

    // Runs git in a store, with the SDK's own configuration.
    private Command Alone(string store, IReadOnlyList<string> arguments)
    {
        var variables = Alone();
        variables["GIT_DIR"] = store;
        return Command(store, variables, arguments);
    }

    // Runs git on files that are compared with a store through the SDK's own index.
    private Command Alone(string store, string path, string index, IReadOnlyList<string> arguments)
    {
        var variables = Alone();
        variables["GIT_DIR"] = store;
        variables["GIT_WORK_TREE"] = path;
        variables["GIT_INDEX_FILE"] = index;
        return Command(path, variables, arguments);
    }

    // Runs git in a checkout that is being made, with the SDK's own configuration.
    private Command InCheckout(string path, IReadOnlyList<string> arguments)
    {
        var variables = Alone();
        variables["GIT_DIR"] = Path.Combine(path, ".git");
        variables["GIT_WORK_TREE"] = path;
        return Command(path, variables, ["-c", "core.hooksPath=" + Empty, .. arguments]);
    }

    private async Task<BufferedCommandResult> AsUserAsync(string store, IReadOnlyList<string> arguments,
        Action<string>? progress, CancellationToken cancellation, PipeSource? input = null)
    {
        var variables = AsUser();
        variables["GIT_DIR"] = store;
        if (!IsSet("GIT_SSH_COMMAND") && !IsSet("GIT_SSH")
            && await Command(store, variables, ["config", "core.sshCommand"]).ExecuteBufferedAsync(cancellation)
                .ConfigureAwait(false) is { ExitCode: not 0 })
            variables["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes";
        var command = Command(store, variables, arguments);
        if (progress is not null)
            command = command.WithStandardErrorPipe(PipeTarget.ToDelegate(progress));
        if (input is not null)
            command = command.WithStandardInputPipe(input);
        return await command.ExecuteBufferedAsync(cancellation).ConfigureAwait(false);

        bool IsSet(string name) => variables.TryGetValue(name, out var value)
            ? value is not null : Environment.GetEnvironmentVariable(name) is not null;
    }

    private async Task<BufferedCommandResult> TryAsync(string store, IReadOnlyList<string> arguments,
        Action<string>? progress, CancellationToken cancellation, PipeSource? input = null)
    {
        var command = Command(store, arguments);
        if (progress is not null)
            command = command.WithStandardErrorPipe(PipeTarget.ToDelegate(progress));
        if (input is not null)
            command = command.WithStandardInputPipe(input);
        return await command.ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task<BufferedCommandResult> RunAsync(ExternalRepo pin, string url, Command command,
        CancellationToken cancellation)
    {
        var result = await command.ExecuteBufferedAsync(cancellation).ConfigureAwait(false);
        return result.ExitCode == 0 ? result : throw GitProblem.Of(pin, url, pin.Commit, result.StandardError);
    }

    private Command Command(string store, IReadOnlyList<string> arguments) => Alone(store, arguments);

    // Git is started with a fixed umask, since the caller's umask must not decide who can read the files of a checkout.
    private Command Command(string directory, Dictionary<string, string?> variables, IReadOnlyList<string> arguments) =>
        (OperatingSystem.IsWindows()
            ? Cli.Wrap(program).WithArguments(arguments)
            : Cli.Wrap("/bin/sh").WithArguments(["-c", "umask 022 && exec \"$@\"", "git", program, .. arguments]))
        .WithWorkingDirectory(directory).WithEnvironmentVariables(variables)
        .WithValidation(CommandResultValidation.None);
}
