using System.Text.Json.Serialization;

namespace Verus.Artifact.Protocol;

/// <summary>
/// The JSON format of jobs and results; its code is source-generated, so that the ahead-of-time compiled runner can use
/// it.
/// </summary>
/// <remarks>
/// Properties of jobs and results that have a default have a setter, because for an init-only property that a file
/// leaves out, generated code would use the default of its type (null for a list), which
/// <see cref="JsonSourceGenerationOptionsAttribute.RespectNullableAnnotations"/> does not detect.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobSpec))]
[JsonSerializable(typeof(JobResult))]
[JsonSerializable(typeof(MachineState))]
[JsonSerializable(typeof(TuningRequest))]
[JsonSerializable(typeof(TuningReply))]
public sealed partial class ProtocolJson : JsonSerializerContext;
