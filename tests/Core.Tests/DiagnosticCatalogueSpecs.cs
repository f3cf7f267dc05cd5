using System.Text.RegularExpressions;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests;

public sealed class DiagnosticCatalogueSpecs
{
    [Fact]
    public void Every_code_is_well_formed_and_used_once()
    {
        DiagnosticCatalogue.All.ShouldNotBeEmpty();
        foreach (var rule in DiagnosticCatalogue.All)
            Regex.IsMatch(rule.Code, "^VART[0-9]{4}$").ShouldBeTrue(rule.Code);
        DiagnosticCatalogue.All.Select(rule => rule.Code).ShouldBeUnique();
    }
}
