namespace Verus.Artifact.Tests.Readers;

public sealed class EveryReaderSpecs
{
    public static TheoryData<string> Names => [.. Suites.All.Readers.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_reader_finds_a_result_in_garbage(string name)
    {
        foreach (var garbage in Sample.Garbage.AtLeastOne())
            Should.Throw<FormatException>(() => Suites.All.Readers.Find(name)!.Read(Sample.Output(garbage, garbage)),
                $"{name}: {garbage[..Math.Min(40, garbage.Length)]}")
                .Message.Length.ShouldBeInRange(10, 400);
    }
}
