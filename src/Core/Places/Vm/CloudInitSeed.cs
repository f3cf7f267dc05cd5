using System.Text;

namespace Verus.Artifact.Places.Vm;

/// <summary>
/// Makes the disk from which cloud-init takes the data of each start (data source NoCloud): one key for root, and no
/// password for any user. All other set-up is done over SSH, where output and failures are visible.
/// </summary>
internal static class CloudInitSeed
{
    /// <summary>The label by which cloud-init finds the disk.</summary>
    private const string Label = "cidata";

    public static byte[] Of(string machine, string instance, string authorizedKey) => IsoImage.Of(Label,
    [
        ("meta-data", Encoding.UTF8.GetBytes($"instance-id: {instance}\nlocal-hostname: {Host(machine)}\n")),
        ("user-data", Encoding.UTF8.GetBytes($"""
            #cloud-config
            disable_root: false
            ssh_pwauth: false
            users:
              - name: root
                lock_passwd: true
                ssh_authorized_keys:
                  - {authorizedKey}
            package_update: false

            """.ReplaceLineEndings("\n"))),
    ]);

    private static string Host(string name)
    {
        var host = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'))
            .Trim('-');
        return host.Length == 0 ? "guest" : host[..Math.Min(host.Length, 60)];
    }
}
