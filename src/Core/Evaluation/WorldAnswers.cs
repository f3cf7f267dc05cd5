using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Tuning;
using Verus.Artifact.Places;
using Verus.Artifact.Places.Host;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// Answers the questions about machines, images and places that only stages ask, without starting or changing anything;
/// see <see cref="QuickCheck"/>.
/// </summary>
internal sealed class WorldAnswers(EvaluationOptions options, IReadOnlyList<DeclarationItem> items,
    MachineTuning tuning, IBuildLog log)
{
    // The model is parsed only when a question needs it, since most evaluations run on this machine alone.
    private readonly Lazy<EvaluationContext> context =
        new(() => OpenEvaluation.MakeContext(options, items, isReading: true, tuning));

    /// <summary>The current answer to a question; null when there is none, which differs from every earlier
    /// answer.</summary>
    public string? Answer(string kind, string question)
    {
        try
        {
            return Task.Run(() => AnswerAsync(kind, question)).GetAwaiter().GetResult();
        }
        catch (Exception problem) when (problem is DiagnosticException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<string?> AnswerAsync(string kind, string question)
    {
        switch (kind)
        {
            case Questions.Machine:
                return MachineReading.Parse(
                    await new HostExecutor(options.Runner).ReadMachineAsync(CancellationToken.None)
                        .ConfigureAwait(false)).Id;
            case Questions.Image:
                var pins = context.Value.Model.Pins.Images.Where(image => image.Name == question).ToList();
                var images = await context.Value.Images(offline: true, log).FindAsync(pins, CancellationToken.None)
                    .ConfigureAwait(false);
                return images.Count == 1 ? images[0].Identity : null;
            case Questions.Place:
                if (context.Value.Model.Experiments.FirstOrDefault(one => one.Name == question) is not { } experiment)
                    return null;
                var inputs = AcquiredInputs.Expected(context.Value);
                await using (var places = new EvaluationPlaces(context.Value, inputs,
                    context.Value.CellContext(inputs, []), log))
                {
                    var place = places.All[experiment.Executor];
                    var machine = MachineReading.Parse(await place.MachineAsync(experiment, CancellationToken.None)
                        .ConfigureAwait(false));
                    return $"{place.IdentityOf(experiment)} {machine.Id}";
                }

            default:
                return null;
        }
    }
}
