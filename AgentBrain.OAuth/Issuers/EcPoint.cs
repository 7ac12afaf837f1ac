using System.Security.Cryptography;

namespace AgentBrain.OAuth.Issuers;

/// <summary>Points of elliptic curves.</summary>
internal static class EcPoint
{
    /// <summary>Is it a point of that curve? Else the key would fail only when it is used, with an exception.</summary>
    public static bool IsOnCurve(string curve, byte[] x, byte[] y)
    {
        try
        {
            using var key = ECDsa.Create(new ECParameters
            {
                Curve = curve == "P-256" ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384,
                Q = new ECPoint { X = x, Y = y },
            });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
