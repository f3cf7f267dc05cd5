using MathNet.Numerics.Distributions;
using Verus.Artifact.Common;

namespace Verus.Artifact.Tests.Data;

public sealed class StatisticsSpecs
{
    private const int Trials = 400;

    [Theory]
    [InlineData(Statistic.Median, 2.5)]
    [InlineData(Statistic.Mean, 4)]
    [InlineData(Statistic.Min, 1)]
    [InlineData(Statistic.Max, 10)]
    [InlineData(Statistic.Sum, 16)]
    [InlineData(Statistic.Count, 4)]
    public void A_statistic_makes_one_number_of_samples(Statistic statistic, double expected) =>
        Statistics.Of(statistic, [10, 1, 3, 2]).ShouldBe(expected);

    [Theory]
    [InlineData(Statistic.Median)]
    [InlineData(Statistic.Mean)]
    [InlineData(Statistic.Min)]
    [InlineData(Statistic.Max)]
    [InlineData(Statistic.Sum)]
    public void Nothing_has_no_statistic_and_NaN_spoils_every_one(Statistic statistic)
    {
        Statistics.Of(statistic, []).ShouldBe(double.NaN);
        Statistics.Interval(statistic, []).ShouldBeNull();
        Statistics.Of(statistic, [1, double.NaN, 3]).ShouldBe(double.NaN);
    }

    [Fact]
    public void Of_nothing_there_are_none() => Statistics.Interval(Statistic.Count, []).ShouldBe(new Estimate(0));

    [Fact]
    public void A_quantile_lies_between_the_samples()
    {
        Statistics.Quantile([4, 1, 3, 2], 0.5).ShouldBe(2.5);
        Statistics.Quantile([4, 1, 3, 2], 0.1).ShouldBe(1.3, 1e-12);
        Statistics.Quantile([4, 1, 3, 2], 1).ShouldBe(4);
        Statistics.Quantile([], 0.5).ShouldBe(double.NaN);
    }

    [Fact]
    public void The_interval_of_a_median_is_from_order_statistics()
    {
        // For ten samples the confidence interval extends from the second smallest to the second largest (97.9%).
        Statistics.MedianInterval([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).ShouldBe(new Estimate(5.5, 2, 9));
        Statistics.MedianInterval([1, 2, 3, 4, 5]).ShouldBe(new Estimate(3));
        Statistics.MedianInterval([1, 2, 3, 4, 5, 6]).ShouldBe(new Estimate(3.5, 1, 6));
        Statistics.MedianInterval([]).ShouldBeNull();
    }

    [Fact]
    public void The_interval_of_a_mean_is_students()
    {
        var interval = Statistics.Interval(Statistic.Mean, [1, 2, 3, 4])!;
        interval.Value.ShouldBe(2.5);
        interval.Low!.Value.ShouldBe(0.4457, 1e-4);
        interval.High!.Value.ShouldBe(4.5543, 1e-4);
    }

    [Theory]
    [InlineData(Statistic.Median)]
    [InlineData(Statistic.Mean)]
    public void One_or_two_samples_have_no_interval(Statistic statistic)
    {
        Statistics.Interval(statistic, [1]).ShouldBe(new Estimate(1));
        Statistics.Interval(statistic, [1, 2]).ShouldBe(new Estimate(1.5));
        Statistics.Interval(statistic, [1, 2, 3])!.Low.ShouldNotBeNull();
    }

    [Fact]
    public void Other_statistics_have_none_unless_asked()
    {
        Statistics.Interval(Statistic.Max, [1, 2, 3, 4]).ShouldBe(new Estimate(4));
        Statistics.Interval(Statistic.Median, [1, 2, 3, 4, 5, 6, 7], IntervalMethod.None).ShouldBe(new Estimate(4));
        Statistics.Interval(Statistic.Sum, [1, 2, 3, 4], IntervalMethod.Bootstrap)!.Low!.Value.ShouldBeInRange(4, 9);
    }

    [Fact]
    public void A_bootstrap_gives_the_same_for_the_same_samples_and_stays_within_them()
    {
        double[] samples = [5.1, 5.3, 4.9, 5.0, 7.2];
        var interval = Statistics.Interval(Statistic.Median, samples)!;
        interval.ShouldBe(Statistics.Interval(Statistic.Median, samples));
        interval.Value.ShouldBe(5.1);
        interval.Low!.Value.ShouldBe(4.9);
        interval.High!.Value.ShouldBe(7.2);
        Statistics.Interval(Statistic.Median, [3, 3, 3]).ShouldBe(new Estimate(3, 3, 3));
    }

    // Tests how often the interval contains the true median of a log-normal distribution. The bounds of the test allow
    // for four standard errors.
    [Theory]
    [InlineData(IntervalMethod.Order, 8, 0.965, 1.0)]
    [InlineData(IntervalMethod.Order, 20, 0.93, 0.99)]
    [InlineData(IntervalMethod.Bootstrap, 4, 0.70, 0.92)]
    [InlineData(IntervalMethod.Bootstrap, 20, 0.90, 0.98)]
    public void An_interval_covers_the_true_median_as_often_as_it_says(IntervalMethod method, int count, double least,
        double most)
    {
        var distribution = new LogNormal(0, 0.3, new Random(17));
        var covered = 0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var interval = Statistics.Interval(Statistic.Median, [.. distribution.Samples().Take(count)], method)!;
            covered += interval.Low <= distribution.Median && distribution.Median <= interval.High ? 1 : 0;
        }
        (covered / (double)Trials).ShouldBeInRange(least, most);
    }
}
