using System.Text.Json.Serialization;

namespace Verus.Artifact.Protocol;

/// <summary>
/// The JSON form of jobs and results; source-generated, so that the ahead-of-time compiled runner can use it.
/// </summary>
/// <remarks>
/// Properties with a default have a setter: generated code gives an init-only property that a file leaves out the
/// default of its type instead (null for a list), which
/// <see cref="JsonSourceGenerationOptionsAttribute.RespectNullableAnnotations"/> does not see either.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobSpec))]
[JsonSerializable(typeof(JobResult))]
[JsonSerializable(typeof(MachineState))]
public sealed partial class ProtocolJson : JsonSerializerContext;
