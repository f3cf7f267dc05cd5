using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Verus.Artifact.Declarations;

namespace Verus.Artifact.Data;

/// <summary>The CSV files of the data stage: RFC 4180 with line feeds, UTF-8, a point in numbers.</summary>
public static class DatasetFile
{
    private static readonly CsvConfiguration Format = new(CultureInfo.InvariantCulture) { NewLine = "\n" };

    /// <summary>Writes a dataset as <c>NAME.csv</c> (measured) or <c>NAME.recorded.csv</c>: one point a row; the path.</summary>
    public static string WriteSummary(Dataset dataset, string folder) =>
        Write(Path.Combine(folder, dataset.Name + (dataset.Origin == Origin.Recorded ? ".recorded.csv" : ".csv")),
            [.. dataset.Columns, dataset.Quantity, "low", "high", "samples", "unit", "statistic", "origin", "note"],
            dataset.Points.Select(point => (IEnumerable<string>)
            [
                .. dataset.Columns.Select(column => point[column]), Number(point.Estimate?.Value), Number(point.Estimate?.Low), Number(point.Estimate?.High),
                Number(point.Samples.Count), point.Unit ?? dataset.Unit, dataset.Statistic, dataset.Origin == Origin.Recorded ? "recorded" : "measured", point.Note ?? "",
            ]));

    /// <summary>Writes observations as <c>NAME.samples.csv</c>: tidy, one observation a row, failed ones included; the path.</summary>
    public static string WriteObservations(string name, IReadOnlyList<Observation> observations, string folder)
    {
        var columns = observations.SelectMany(observation => observation.Columns.Keys).Distinct().ToList();
        var metrics = observations.SelectMany(observation => observation.Metrics.Keys).Distinct().ToList();
        return Write(Path.Combine(folder, name + ".samples.csv"),
            [.. columns, .. metrics, "failure", "experiment", "cell", "sample", "started", "machine", "logs"],
            observations.Select(observation => (IEnumerable<string>)
            [
                .. columns.Select(column => observation.Columns.GetValueOrDefault(column, "")),
                .. metrics.Select(metric => Number(observation.Metrics.TryGetValue(metric, out var value) ? value : null)),
                observation.Failure ?? "", observation.Experiment, observation.Cell, observation.Sample, observation.StartedUtc, observation.MachineId, observation.Logs,
            ]));
    }

    private static string Write(string path, IEnumerable<string> header, IEnumerable<IEnumerable<string>> rows)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, Format))
        {
            foreach (var row in rows.Prepend(header))
            {
                foreach (var field in row)
                    csv.WriteField(field);
                csv.NextRecord();
            }
        }
        AtomicFile.Write(path, text.ToString());
        return path;
    }

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
