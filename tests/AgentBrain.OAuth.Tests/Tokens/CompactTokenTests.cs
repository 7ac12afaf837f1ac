using AgentBrain.OAuth.Tokens;

namespace AgentBrain.OAuth.Tests.Tokens;

public sealed class CompactTokenTests
{
    private const string Header = """{"alg":"ES256","typ":"at+jwt","kid":"k"}""";
    private const string Payload = """{"iss":"https://issuer.example"}""";

    [Fact]
    public void A_signed_token_tells_its_header_and_its_issuer()
    {
        var token = CompactToken.Read(Make(Header, Payload));

        Assert.Equal(TokenForm.Jws, token.Form);
        Assert.Equal(new TokenHeader("ES256", "at+jwt", "k", null), token.Header);
        Assert.Equal("https://issuer.example", token.Issuer);
        Assert.True(token.HasSignature);
        Assert.Equal("https://issuer.example", token.UnverifiedClaims.GetProperty("iss").GetString());
    }

    [Theory]
    [InlineData("2YotnFZFEjr1zCsicMWpAA")]
    [InlineData("a.b.c")]
    [InlineData("v4.local.abcdef")]
    [InlineData("AAAA.BBBB.CCCC.DDDD.EEEE")]
    [InlineData("eyJhbGciOiJub25lIn0")]
    [InlineData(".")]
    [InlineData("....")]
    [InlineData("abc/+~_-=")]
    public void What_does_not_mean_to_be_a_jwt_is_opaque(string text)
    {
        var token = CompactToken.Read(text);

        Assert.Equal(TokenForm.Opaque, token.Form);
        Assert.Null(token.Header);
        Assert.Null(token.Issuer);
        Assert.Throws<InvalidOperationException>(() => token.UnverifiedClaims);
    }

    [Theory]
    [InlineData("eyJhbGciOiJub25lIn0=.e30.AAAA")]
    [InlineData("eyJ+.e30.AAAA")]
    [InlineData("eyJhb.e30.AAAA")]
    [InlineData("ey.e30.AAAA")]
    [InlineData("eyJhbGciOiJub25lIn1.e30.AAAA.AAAA")]
    [InlineData("e30.e30.AAAA")]
    [InlineData("IHt9.e30.AAAA")]
    public void A_broken_jwt_does_not_pass_as_opaque(string text) => Assert.Equal(TokenForm.Malformed, CompactToken.Read(text).Form);

    [Fact]
    public void Five_parts_with_a_header_are_an_encrypted_token() =>
        Assert.Equal(TokenForm.Jwe, CompactToken.Read(Signer.Encode("""{"alg":"RSA-OAEP","enc":"A256GCM"}""") + ".a.b.c.d").Form);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    public void A_header_with_another_number_of_parts_is_a_broken_token(int dots) =>
        Assert.Equal(TokenForm.Malformed, CompactToken.Read(Signer.Encode(Header) + string.Concat(Enumerable.Repeat(".e30", dots))).Form);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("a,b")]
    [InlineData("ä")]
    [InlineData("a\0")]
    public void What_has_characters_that_no_token_has_is_broken(string? text) => Assert.Equal(TokenForm.Malformed, CompactToken.Read(text).Form);

    [Fact]
    public void A_token_is_read_up_to_its_longest_length_and_not_beyond()
    {
        Assert.Equal(TokenForm.Opaque, CompactToken.Read(new string('a', CompactToken.MaxLength)).Form);
        Assert.Equal(TokenForm.Malformed, CompactToken.Read(new string('a', CompactToken.MaxLength + 1)).Form);
    }

    [Theory]
    [InlineData("""{"alg":"ES256","alg":"none"}""")]
    [InlineData("""{"alg":"ES256","\u0061lg":"none"}""")]
    [InlineData("""{"alg":1}""")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"alg":""}""")]
    [InlineData("""{"typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","typ":1}""")]
    [InlineData("""{"alg":"ES256","kid":["k"]}""")]
    [InlineData("""{"alg":"ES256","kid":"a\u0000b"}""")]
    [InlineData("""{"alg":"ES256","x":"\ud800"}""")]
    [InlineData("""{"alg":"ES256","\udc00":1}""")]
    [InlineData("""{"alg":"ES256",}""")]
    [InlineData("""{"alg":"ES256"}/**/""")]
    [InlineData("""{"alg":"ES256"} {}""")]
    [InlineData("""{"alg":"ES256"}{""")]
    [InlineData("{\"alg\":\"ES256\"")]
    [InlineData("""{"alg":"ES256","a":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}""")]
    public void A_header_that_two_readers_could_read_differently_is_broken(string header) =>
        Assert.Equal(TokenForm.Malformed, CompactToken.Read(Make(header, Payload)).Form);

    [Fact]
    public void A_name_that_is_too_long_is_broken()
    {
        Assert.Equal(TokenForm.Jws, Read(new string('k', 255)).Form);
        Assert.Equal(TokenForm.Malformed, Read(new string('k', 256)).Form);

        static CompactToken Read(string kid) => CompactToken.Read(Make($$"""{"alg":"ES256","kid":"{{kid}}"}""", Payload));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("\"text\"")]
    [InlineData("""{"iss":"a","iss":"b"}""")]
    [InlineData("""{"a":{"b":1,"b":2}}""")]
    public void A_payload_that_is_not_one_strict_object_is_broken(string payload) =>
        Assert.Equal(TokenForm.Malformed, CompactToken.Read(Make(Header, payload)).Form);

    [Fact]
    public void Bytes_that_are_not_UTF8_are_broken() =>
        Assert.Equal(TokenForm.Malformed, CompactToken.Read($"{Signer.Encode(Header)}.{Signer.Encode([.. "{\"a\":\""u8, 0xff, .. "\"}"u8])}.AAAA").Form);

    [Theory]
    [InlineData("AB")]
    [InlineData("AAB")]
    [InlineData("A")]
    [InlineData("AAAA=")]
    [InlineData("AA==")]
    [InlineData("AA+A")]
    public void A_signature_with_more_than_one_text_is_broken(string signature) =>
        Assert.Equal(TokenForm.Malformed, CompactToken.Read($"{Signer.Encode(Header)}.{Signer.Encode(Payload)}.{signature}").Form);

    [Theory]
    [InlineData("""{"iss":1}""")]
    [InlineData("""{"ISS":"https://issuer.example"}""")]
    [InlineData("{}")]
    public void A_payload_without_an_issuer_has_none(string payload)
    {
        var token = CompactToken.Read(Make(Header, payload));

        Assert.Equal(TokenForm.Jws, token.Form);
        Assert.Null(token.Issuer);
    }

    [Theory]
    [InlineData("crit", "[]")]
    [InlineData("b64", "false")]
    [InlineData("enc", "\"A256GCM\"")]
    [InlineData("zip", "\"DEF\"")]
    public void What_changes_how_it_is_read_is_told(string name, string value) =>
        Assert.Equal(name, CompactToken.Read(Make($$"""{"alg":"ES256","{{name}}":{{value}}}""", Payload)).Header!.Foreign);

    private static string Make(string header, string payload) => $"{Signer.Encode(header)}.{Signer.Encode(payload)}.AAAA";
}
