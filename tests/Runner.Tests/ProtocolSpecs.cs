namespace Verus.Artifact.Tests;
public sealed class ProtocolSpecs
{
    [Fact]
    public void The_protocol_has_a_version() => Protocol.JobSpec.CurrentFormat.ShouldBe(1);
}
