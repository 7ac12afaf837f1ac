using System.Text;

namespace AgentBrain.FaultTests.OAuth;

/// <summary>Requests as bytes, right or wrong as a test needs them.</summary>
internal static class RawRequest
{
    /// <summary>A request to the deployment's public host. A header that is given replaces ours of the same name.</summary>
    public static byte[] Make(string method, string target, string body, params (string Name, string Value)[] headers)
    {
        (string Name, string Value)[] ours =
        [
            ("Host", "brain.example"), ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"),
            ("Content-Length", Encoding.UTF8.GetByteCount(body).ToString()),
        ];
        var text = new StringBuilder($"{method} {target} HTTP/1.1\r\n");
        foreach (var (name, value) in ours.Where(our => !headers.Any(header => header.Name == our.Name)).Concat(headers))
            text.Append($"{name}: {value}\r\n");

        return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(body).ToString());
    }
}
