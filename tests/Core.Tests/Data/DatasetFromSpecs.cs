using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Tests.Data.DataFixture;

namespace Verus.Artifact.Tests.Data;

/// <summary>Tests of datasets that have other key columns than the dataset from which they are made.</summary>
public sealed class DatasetFromSpecs
{
    [Theory]
    // A selection may leave out the columns in which its points agree, and order and name the others.
    [InlineData("KeyColumns=n|Where=tool=a", "n", "1 2 4")]
    [InlineData("KeyColumns=n;tool|Where=tool=a", "n;tool", "1,a 2,a 4,a")]
    [InlineData("Rename=tool=system|Where=system=b", "system;n", "b,1 b,2 b,4")]
    [InlineData("Rename=tool=n;n=size|Where=n=b; size>=2", "n;size", "b,2 b,4")]
    // A computed point has the columns of the new dataset: fewer, others, or more.
    [InlineData("KeyColumns=n|Derived=: [tool=a] / [tool=b]", "n", "1 2 4")]
    [InlineData("KeyColumns=n;kind|Derived=kind=ratio: [tool=a] / [tool=b]", "n;kind", "1,ratio 2,ratio 4,ratio")]
    [InlineData("KeyColumns=n;kind|Derived=kind=a: [tool=a]", "n;kind", "1,a 2,a 4,a")]
    [InlineData("KeyColumns=kind;tool|Derived=kind=sum: sum([], n)", "kind;tool", "sum,a sum,b")]
    [InlineData("KeyColumns=kind|Rename=tool=system|Derived=kind=all: sum(sum([system!=b], system), n)", "kind", "all")]
    [InlineData("KeyColumns=n;tool;kind|Derived=kind=speed-up: [tool=b] / []", "n;tool;kind",
        "1,a,speed-up 1,b,speed-up 2,a,speed-up 2,b,speed-up 4,a,speed-up 4,b,speed-up")]
    public void Its_key_columns_are_its_own(string metadata, string columns, string points)
    {
        var made = DatasetFrom.Make(Declared(metadata), Times());
        made.Columns.ShouldBe(columns.Split(';'));
        made.Points.Select(point => string.Join(',', made.Columns.Select(column => point.Keys[column])))
            .ShouldBe(points.Split(' '));
        made.Points.AtLeastOne().ShouldAllBe(point => point.Estimate!.Low <= point.Estimate.High);
    }

    [Theory]
    [InlineData("KeyColumns=n", "VART5063", "2 points of the dataset 'Source' belong to the point n=1")]
    [InlineData("KeyColumns=n|Derived=: []", "VART5022", "several of its points are n=1")]
    [InlineData("Derived=tool=x: []", "VART5022", "several of its points are tool=x")]
    [InlineData("KeyColumns=n;siez", "VART5061", "KeyColumns names the column 'siez'")]
    [InlineData("Rename=tol=system", "VART5061", "Rename names the column 'tol', which the dataset 'Source'")]
    [InlineData("Rename=tool=n", "VART5066", "two columns of the dataset 'Source' are called 'n'")]
    [InlineData("Rename=tool=system|Where=tool=a", "VART5061", "Where names the column 'tool'")]
    [InlineData("KeyColumns=n;tool|Derived=: [tool=a]", "VART5022", "its points have no tool")]
    [InlineData("Rename=tool=system|Derived=system=x: [tool=a]", "VART5022", "'tool', which the points do not have")]
    public void A_column_that_cannot_be_right_is_told(string metadata, string code, string words)
    {
        var declaration = Declared(metadata);
        var problem = Should.Throw<DiagnosticException>(() => DatasetFrom.Make(declaration, Times())).Diagnostics
            .ShouldHaveSingleItem();
        (problem.Rule.Code, problem.Where.Line).ShouldBe((code, 7));
        problem.Message.ShouldContain(words);
    }

    [Theory]
    [InlineData("KeyColumns=n;n", "each once")]
    [InlineData("KeyColumns=n|Derived=tool=x: [tool=a]", "and not 'tool'")]
    [InlineData("Rename=tool", "Times=name here")]
    [InlineData("Rename=a=x;b=x", "each name here once")]
    public void A_declaration_that_cannot_be_right_is_refused(string metadata, string words) =>
        Should.Throw<DiagnosticException>(() => Declared(metadata)).Message.ShouldContain(words);

    [Fact]
    public void A_dataset_made_from_it_reads_its_columns()
    {
        var ratio = DatasetFrom.Make(Declared("KeyColumns=size|Rename=n=size|Derived=: [tool=a] / [tool=b]"), Times());
        DatasetFrom.Make(Declared("KeyColumns=kind|Derived=kind=mean: geomean([], size)"), ratio).Points
            .ShouldHaveSingleItem()["kind"].ShouldBe("mean");
    }

    // The recorded numbers of a pin are unknown until the pin was fetched.
    [Fact]
    public void Without_points_nothing_is_wrong() =>
        DatasetFrom.Make(Declared("KeyColumns=kind|Derived=kind=mean: mean(p10([], n), tool)"),
            Times() with { Points = [], Columns = ["n"] }).Points.ShouldBeEmpty();

    private static DatasetDeclaration Declared(string metadata) => Parse("Dataset",
        (item, found) => DatasetDeclaration.Parse(item, found),
        [("From", "Times"), .. metadata.Split('|').Select(pair => pair.Split('=', 2))
            .Select(pair => (pair[0], pair[1]))]);

    private static Dataset Times() => new()
    {
        Name = "Source",
        Columns = ["tool", "n"],
        Quantity = "time",
        Unit = "s",
        Statistic = "median",
        Origin = Origin.Measured,
        Points =
        [
            .. from tool in new[] { "a", "b" }
               from n in new[] { 1, 2, 4 }
               let samples = Enumerable.Range(1, 8).Select(i => n + i * (tool == "a" ? 0.01 : 0.03)).ToList()
               select new DataPoint
               {
                   Keys = new Dictionary<string, string> { ["tool"] = tool, ["n"] = $"{n}" },
                   Samples = samples,
                   Estimate = new Estimate(samples[3], samples[0], samples[7]),
               },
        ],
    };
}
