using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Renci.SshNet;

namespace Verus.Artifact.Places.Vm;

/// <summary>
/// The key pair of one start of a virtual machine. The private key of the machine exists only in the memory of this
/// process.
/// </summary>
internal sealed class GuestKey : IDisposable
{
    private const string Algorithm = "ecdsa-sha2-nistp256", Curve = "nistp256";
    private readonly ECDsa pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The public key, in the format of authorized_keys.</summary>
    public string AuthorizedKey
    {
        get
        {
            var point = pair.ExportParameters(false).Q;
            using var blob = new MemoryStream();
            Write(Encoding.ASCII.GetBytes(Algorithm));
            Write(Encoding.ASCII.GetBytes(Curve));
            Write([4, .. point.X!, .. point.Y!]);
            return $"{Algorithm} {Convert.ToBase64String(blob.ToArray())} verus-artifact";

            void Write(ReadOnlySpan<byte> part)
            {
                Span<byte> length = stackalloc byte[4];
                BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
                blob.Write(length);
                blob.Write(part);
            }
        }
    }

    /// <summary>The private key, for the SSH client.</summary>
    public PrivateKeyFile ForClient() => new(new MemoryStream(Encoding.ASCII.GetBytes(pair.ExportECPrivateKeyPem())));

    public void Dispose() => pair.Dispose();
}
