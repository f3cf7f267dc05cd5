using System.Text.Json;
using System.Text.Json.Nodes;
using Verus.Artifact.Common;
using Verus.Artifact.Protocol;

namespace Verus.Artifact.Places;

/// <summary>A machine as the runner saw it.</summary>
/// <param name="Id">Identity of those properties of the machine that do not change by themselves: samples with
/// different identities are not mixed.</param>
/// <param name="Json">Everything that was read from the machine, for the journal.</param>
/// <param name="State">The content of Json as an object.</param>
public sealed record MachineReading(string Id, JsonElement Json, MachineState State)
{
    /// <summary>The reading for a machine that has not been seen yet.</summary>
    public const string Unknown = "{}";

    /// <summary>Parses the text that <c>artifact-runner machine</c> printed.</summary>
    /// <exception cref="FormatException">The text has another form, or is truncated.</exception>
    public static MachineReading Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Deserialize(ProtocolJson.Default.MachineState) is
            {
                Governors: not null,
                NumaNodes: not null, HugePages: not null
            } state
                ? new MachineReading(ContentHashes.OfText(state.StablePart())[..16], document.RootElement.Clone(),
                    state)
                : throw new FormatException("it is not a complete description of a machine");
        }
        catch (JsonException problem)
        {
            throw new FormatException(problem.Message, problem);
        }
    }

    /// <summary>The part of a description that another start of the same machine does not change, to be
    /// remembered.</summary>
    /// <exception cref="FormatException">The text has another form, or is truncated.</exception>
    public static string WithoutBoot(string json)
    {
        var lasting = JsonNode.Parse(Parse(json).Json.GetRawText())!.AsObject();
        lasting.Remove("boot");
        return lasting.ToJsonString();
    }

    /// <summary>Whether <see cref="Parse"/> accepts the given text.</summary>
    public static bool IsReadable(string json)
    {
        try
        {
            _ = Parse(json);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
