using System.Text.Json;
using AgentBrain.OAuth.Issuers;

namespace AgentBrain.OAuth.Tokens;

/// <summary>
/// What makes a token of one issuer an access token (RFC 9068 §4, with the issuer's settings). The order is header, then
/// signature, which is not judged here, then claims.
/// </summary>
/// <param name="settings">What is expected of this issuer's tokens.</param>
/// <param name="time">The clock.</param>
public sealed class AccessTokenRules(IssuerSettings settings, TimeProvider time)
{
    private const string MediaTypePrefix = "application/";

    // In a conditional expression a bare null would become an AccessToken, and that an outcome without a reason.
    private static TokenOutcome? Fine => null;

    /// <summary>Judges what comes before the signature; <c>null</c> when nothing is wrong so far.</summary>
    public TokenOutcome? JudgeHeader(CompactToken token)
    {
        if (token.Form == TokenForm.Jwe)
            return TokenOutcome.Refuse(Reasons.TokenEncrypted);

        if (token.Header is not { } header)
            return TokenOutcome.Refuse(Reasons.TokenMalformed, token.Detail ?? "It is not a JWT.");

        if (!IsAccessTokenType(header.Type))
            return TokenOutcome.Refuse(Reasons.TokenType, $"typ {header.Type ?? "is missing"}");

        if (!settings.Algorithms.Contains(header.Algorithm, StringComparer.Ordinal) || header.Algorithm is "none" || header.Algorithm.StartsWith("HS", StringComparison.OrdinalIgnoreCase))
            return TokenOutcome.Refuse(Reasons.TokenAlgorithm, $"alg {header.Algorithm}");

        return header.Foreign switch
        {
            null => token.HasSignature ? Fine : TokenOutcome.Refuse(Reasons.TokenSignature, "It is empty."),
            "crit" or "b64" => TokenOutcome.Refuse(Reasons.TokenCritical, header.Foreign),
            "enc" => TokenOutcome.Refuse(Reasons.TokenEncrypted, header.Foreign),
            _ => TokenOutcome.Refuse(Reasons.TokenMalformed, header.Foreign),
        };
    }

    /// <summary>Judges the claims of a token whose signature was found right.</summary>
    /// <param name="claims">The payload.</param>
    public TokenOutcome JudgeClaims(JsonElement claims)
    {
        if (claims.ValueKind != JsonValueKind.Object)
            return TokenOutcome.Refuse(Reasons.TokenClaims, "no object");

        var reader = new ClaimReader(claims);
        if (!settings.PayloadTypes.IsEmpty && !(IsText(reader.Find("typ"), out var type) && settings.PayloadTypes.Contains(type, StringComparer.Ordinal)))
            return TokenOutcome.Refuse(Reasons.TokenType, "typ of the payload");

        return Judge(reader, issuerIsImplied: false);
    }

    /// <summary>Judges what an issuer said about a token (RFC 7662 §2.2) that it called active.</summary>
    /// <param name="response">The response.</param>
    public TokenOutcome JudgeIntrospection(JsonElement response)
    {
        if (response.ValueKind != JsonValueKind.Object)
            return TokenOutcome.Refuse(Reasons.TokenClaims, "no object");

        var reader = new ClaimReader(response);

        // Where the payload tells what a token is, an issuer that calls other tokens active as well says so in its response.
        if (!settings.PayloadTypes.IsEmpty && reader.Find("typ") is { } kind && !(IsText(kind, out var name) && settings.PayloadTypes.Contains(name, StringComparer.Ordinal)))
            return TokenOutcome.Refuse(Reasons.TokenType, "typ of the response");

        var outcome = Judge(reader, issuerIsImplied: true);
        if (outcome.Token is null || reader.Find("token_type") is not { } member)
            return outcome;

        // RFC 9449 §6.2: bound tokens are called so. A response that says one thing and means another is not believed.
        return IsText(member, out var type) && string.Equals(type, "DPoP", StringComparison.OrdinalIgnoreCase) == outcome.Token.KeyThumbprint is not null
            ? outcome
            : TokenOutcome.Refuse(Reasons.TokenConfirmation, "token_type and cnf disagree");
    }

    /// <summary>Is the token's end over, skew included? Asked on every request, whatever was cached.</summary>
    public bool IsExpired(AccessToken token) => time.GetUtcNow() >= token.ExpiresAt + settings.ClockSkew;

    private bool IsAccessTokenType(string? type)
    {
        if (type is null)
            return false;

        // RFC 7515 §4.1.9: the prefix may be left out, and media types compare without case.
        var name = type.StartsWith(MediaTypePrefix, StringComparison.OrdinalIgnoreCase) ? type[MediaTypePrefix.Length..] : type;
        return settings.TokenTypes.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    private TokenOutcome Judge(ClaimReader reader, bool issuerIsImplied)
    {
        try
        {
            if (!(reader.Find("iss") is { } issuer ? IsText(issuer, out var text) && text == settings.Issuer : issuerIsImplied))
                return TokenOutcome.Refuse(Reasons.UnknownIssuer, "iss");

            var token = ReadToken(reader);
            return JudgeTimes(token, reader.Time("nbf")) ?? token;
        }
        catch (ClaimException wrong)
        {
            return TokenOutcome.Refuse(wrong.Reason, wrong.Message);
        }
    }

    private AccessToken ReadToken(ClaimReader reader)
    {
        var audiences = reader.Audiences();
        return new AccessToken
        {
            Issuer = settings.Issuer,
            Subject = reader.Text("sub") ?? throw Missing("sub"),
            ClientId = settings.ClientIdClaims.Select(reader.Text).FirstOrDefault(id => id is not null) ?? throw Missing("client id"),
            Audiences = audiences.IsEmpty ? throw new ClaimException(Reasons.WrongAudience, "aud is missing") : audiences,
            IssuedAt = reader.Time("iat") ?? throw Missing("iat"),
            ExpiresAt = reader.Time("exp") ?? throw Missing("exp"),
            KeyThumbprint = reader.KeyThumbprint(),
            Scopes = reader.Scopes(settings.ScopeClaim),
            TokenId = reader.Text("jti"),
            SessionId = reader.Text("sid"),
            Roles = settings.RolesClaim is null ? [] : reader.Roles(settings.RolesClaim),
        };
    }

    /// <summary>RFC 7519 §4.1.4 to §4.1.6, and the longest life that the issuer is allowed.</summary>
    private TokenOutcome? JudgeTimes(AccessToken token, DateTimeOffset? notBefore)
    {
        var now = time.GetUtcNow();
        if (token.IssuedAt > now + settings.ClockSkew)
            return TokenOutcome.Refuse(Reasons.TokenNotYetValid, "iat");

        if (notBefore > now + settings.ClockSkew)
            return TokenOutcome.Refuse(Reasons.TokenNotYetValid, "nbf");

        if (IsExpired(token))
            return TokenOutcome.Refuse(Reasons.TokenExpired);

        var lifetime = token.ExpiresAt - token.IssuedAt;
        return lifetime > TimeSpan.Zero && lifetime <= settings.MaxLifetime ? Fine : TokenOutcome.Refuse(Reasons.TokenLifetime, $"{lifetime.TotalSeconds:F0} s");
    }

    private static bool IsText(JsonElement? value, out string text)
    {
        text = value is { ValueKind: JsonValueKind.String } some ? some.GetString()! : "";
        return text.Length > 0;
    }

    private static ClaimException Missing(string name) => new(Reasons.TokenClaims, $"{name} is missing");
}
