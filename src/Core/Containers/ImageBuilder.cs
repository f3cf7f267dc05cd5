using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Docker.DotNet;
using Docker.DotNet.Models;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Containers;

/// <summary>
/// Builds an image with the engine's classic builder, which every engine has. The steps of a build have the engine's
/// default rights and the network, and see nothing of this machine except the folder that the pin names.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="log">Log that receives a message for each step.</param>
internal sealed partial class ImageBuilder(DockerEngine engine, IBuildLog log)
{
    private static readonly string[] Proxies =
        ["http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"];

    /// <summary>Builds an image and gives it the tag of the recipe.</summary>
    /// <param name="recipe">The recipe of the image.</param>
    /// <param name="under">The image that is the base of the new one; null when the Dockerfile names its own
    /// base.</param>
    /// <param name="logFile">Absolute path of the file that receives the builder's output.</param>
    /// <param name="cancellation">Stops the running step.</param>
    /// <exception cref="DiagnosticException">A step failed, or the engine stopped answering.</exception>
    public async Task BuildAsync(ImageRecipe recipe, AcquiredImage? under, string logFile,
        CancellationToken cancellation)
    {
        var image = recipe.Image;
        log.Info($"Building the image {image.Name} from {image.Dockerfile}");
        var context = Path.GetTempFileName();
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(logFile)!);
            using var words = new StreamWriter(logFile) { AutoFlush = true };
            var progress = new BuildProgress(image.Name, words, log);
            string? problem;
            await using (var sent = new FileStream(context, FileMode.Create, FileAccess.ReadWrite))
            {
                recipe.WriteTo(sent);
                sent.Position = 0;
                problem = await AskAsync(recipe, under, sent, progress, cancellation).ConfigureAwait(false)
                    ?? progress.Error;
            }
            if (problem is not null)
                throw Explain(recipe, problem.Trim().TrimEnd('.'), progress, logFile);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException
            && !DockerEngine.IsGone(problem.GetBaseException()))
        {
            throw AtomicFile.Explain(logFile, problem);
        }
        finally
        {
            File.Delete(context);
        }
    }

    // The error with which the engine rejects the build at once; null when the engine accepted the build.
    private async Task<string?> AskAsync(ImageRecipe recipe, AcquiredImage? under, Stream context,
        BuildProgress progress, CancellationToken cancellation)
    {
        var arguments = new Dictionary<string, string>(recipe.Image.BuildArguments, StringComparer.Ordinal);
        foreach (var name in Proxies)
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                arguments.TryAdd(name, value);
        if (under is not null)
            arguments["BASE"] = under.Id;
        var parameters = new ImageBuildParameters
        {
            Dockerfile = ImageRecipe.DockerfileName,
            Tags = [recipe.Tag],
            BuildArgs = arguments,
            Labels = new Dictionary<string, string> { [ImageRecipe.Label] = recipe.Key },
            Remove = true,
            ForceRemove = true,
            NetworkMode = "host",
        };
        try
        {
            await engine.Client.Images.BuildImageFromDockerfileAsync(parameters, context, [],
                new Dictionary<string, string>(), progress, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (DockerApiException refused) when (refused.StatusCode is not HttpStatusCode.ServiceUnavailable)
        {
            return DockerEngine.WordsOf(refused);
        }
        catch (Exception gone) when (DockerEngine.IsGone(gone) && !cancellation.IsCancellationRequested)
        {
            throw engine.GoneWith(gone);
        }
    }

    // Builders number the instructions in the order of the file; for a Dockerfile that they cannot read, their message
    // names the line.
    private static DiagnosticException Explain(ImageRecipe recipe, string problem, BuildProgress progress,
        string logFile)
    {
        var instruction = Dockerfile.Parse(File.ReadAllText(recipe.Dockerfile)).Instructions.ElementAtOrDefault(
            progress.Step - 1);
        var line = LineForm().Match(problem) is { Success: true } said
            ? int.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture) : instruction?.Line ?? 0;
        var what = instruction is null ? "the Dockerfile" : $"{instruction.Name} {instruction.Arguments}".TrimEnd();
        return ImageRules.BuildFailed.Error(new SourceLocation(recipe.Dockerfile, line), recipe.Image.Name, line,
            PlainText.Line(what), problem, logFile,
            string.Concat(progress.Last.All.Select(last => $"\n  {last}")));
    }

    [GeneratedRegex(@"\bline (\d+)\b", RegexOptions.IgnoreCase)]
    private static partial Regex LineForm();

    [GeneratedRegex(@"^step (\d+)(?:/(\d+))? ?: ?(.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex StepForm();

    /// <summary>Collects the engine's messages during a build: the running step, the last lines, and the
    /// error.</summary>
    private sealed class BuildProgress : IProgress<JSONMessage>
    {
        private readonly LineCutter lines;
        private readonly string name;
        private readonly IBuildLog log;

        public BuildProgress(string name, TextWriter words, IBuildLog log)
        {
            (this.name, this.log) = (name, log);
            lines = new LineCutter(line => Take(line, words));
        }

        /// <summary>The last lines that the running step printed.</summary>
        public LastLines Last { get; private set; } = new(10);

        /// <summary>Number of the running step, counted from 1; 0 before the first step.</summary>
        public int Step { get; private set; }

        public string? Error { get; private set; }

        public void Report(JSONMessage value)
        {
            Error = value.Error?.Message ?? value.ErrorMessage ?? Error;
            if (value.Stream is { } text)
                lines.Append(System.Text.Encoding.UTF8.GetBytes(text));
        }

        private void Take(string line, TextWriter words)
        {
            words.WriteLine(line);
            if (StepForm().Match(line) is { Success: true } step)
            {
                Step = int.Parse(step.Groups[1].Value, CultureInfo.InvariantCulture);
                Last = new LastLines(10);
                log.Info($"{name}: step {step.Groups[1].Value} of {step.Groups[2].Value}: {step.Groups[3].Value}");
                return;
            }
            if (line.Trim().Length == 0)
                return;
            Last.Add(PlainText.Line(line));
            log.Progress($"{name}: step {Step}: {PlainText.Line(line)}");
        }
    }
}
