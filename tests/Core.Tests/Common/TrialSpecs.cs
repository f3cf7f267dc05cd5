using Verus.Artifact.Common;

namespace Verus.Artifact.Tests.Common;

public sealed class TrialSpecs
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("/no/such/program", false)]
    [InlineData("cat", true)]
    public async Task A_command_works_if_it_starts_and_succeeds_without_input(string program, bool works) =>
        (await Trial.SucceedsAsync(program, [], Long)).ShouldBe(works);

    [Fact]
    public async Task A_command_that_does_not_answer_does_not_work() =>
        (await Trial.SucceedsAsync("sleep", ["4987"], TimeSpan.FromMilliseconds(100)))
            .ShouldBeFalse();
}
