using System.Text.Json.Serialization;

namespace Verus.Artifact.Protocol;

/// <summary>The JSON form of jobs and results; source-generated, so that the ahead-of-time compiled runner can use it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobSpec))]
[JsonSerializable(typeof(JobResult))]
[JsonSerializable(typeof(MachineState))]
public sealed partial class ProtocolJson : JsonSerializerContext;
