namespace Verus.Artifact.Common;

/// <summary>A number with its uncertainty.</summary>
/// <param name="Value">The statistic of the samples, in the unit of the samples.</param>
/// <param name="Low">Lower end of the 95% confidence interval; null when unknown.</param>
/// <param name="High">Upper end of the 95% confidence interval; null when unknown.</param>
public sealed record Estimate(double Value, double? Low = null, double? High = null);
