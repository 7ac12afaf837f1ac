using System.Security.Cryptography;
using System.Text;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AgentBrain.Server.AuthorizationServer.Endpoints.Requests;

/// <summary>
/// Reads the key that the code is to be bound to (RFC 9449 §10): the parameter, or the proof of a pushed request, or both, when they
/// agree. Whoever comes later finds it in the parameter.
/// </summary>
internal sealed class ReadKeyThumbprint<TContext>(ServerProofs proofs) : IOpenIddictServerHandler<TContext>
    where TContext : BaseValidatingContext
{
    private const int ThumbprintLength = 43;

    /// <inheritdoc/>
    public ValueTask HandleAsync(TContext context)
    {
        var request = context.Transaction.Request!;
        var named = (string?)request[ProtocolNames.KeyThumbprint];
        if (!proofs.IsOffered || string.IsNullOrEmpty(named))
            named = null;
        else if (named.Length != ThumbprintLength || !Base64UrlText.IsCanonical(named))
            context.Refuse(Errors.InvalidRequest, Reasons.RequestInvalid, "The dpop_jkt is no SHA-256 thumbprint in base64url.");

        var proved = TokenRequestProof.Of(context.Http).KeyThumbprint;
        if (!context.IsRejected && named is not null && proved is not null && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(named), Encoding.UTF8.GetBytes(proved)))
            context.Refuse(new ProtocolRefusal(Reasons.ProofBinding, ProofErrors.InvalidProof, "The proof's key is not the one that dpop_jkt names."));

        request[ProtocolNames.KeyThumbprint] = named ?? proved;
        return default;
    }
}
