using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentBrain.Server.AuthorizationServer.Backups;
using AgentBrain.Server.AuthorizationServer.Clients;
using AgentBrain.Server.AuthorizationServer.Endpoints;
using AgentBrain.Server.AuthorizationServer.Grants;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Hosting;
using AgentBrain.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentBrain.Server.Tests.AuthorizationServer.State;

/// <summary>A data directory with its owner, on which a server starts again and again, and commands are run beside it.</summary>
internal sealed class ServerHome : IAsyncDisposable
{
    public const string Password = "violet harbour sketches nine";
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    public const string Redirect = "http://127.0.0.1:7777/callback";
    public const string Client = "editor";

    private readonly string _folder = Directory.CreateTempSubdirectory("brain-home-").FullName;

    public ServerHome(string data = "data") => Data = Path.Combine(_folder, data);

    public string Data { get; }

    public int Port { get; private set; } = TestBrain.FreePort();

    public string Issuer => $"http://127.0.0.1:{Port}";

    public WebApplication? App { get; private set; }

    public ToolLog Log { get; private set; } = new();

    public IServiceProvider Services => App!.Services;

    public AuthorityStore Store => Services.GetRequiredService<AuthorityStore>();

    /// <summary>A path beside the data directory.</summary>
    public string File(string name) => Path.Combine(_folder, name);

    /// <summary>Who may do what with a file; tests of it are skipped on Windows before they come here.</summary>
    public static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException("File modes are those of Unix.") : System.IO.File.GetUnixFileMode(path);

    /// <summary>A key file, its user's alone.</summary>
    public string KeyFile(string name = "key")
    {
        System.IO.File.WriteAllText(File(name), BackupKey.Write(BackupKey.Create()));
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        return File(name);
    }

    /// <summary>Starts a server; another port is tried when somebody took it meanwhile and nothing was issued for it yet.</summary>
    public async Task StartAsync(bool withOwner = true, params string[] more)
    {
        var isFirst = !System.IO.File.Exists(Path.Combine(Data, "authority.db"));
        for (var left = 4; ; left--)
        {
            var app = Build(withOwner, more);
            try
            {
                await app.StartAsync();
                App = app;
                return;
            }
            catch (IOException) when (left > 0 && isFirst)
            {
                await app.DisposeAsync();
                Directory.Delete(Data, recursive: true);
                Port = TestBrain.FreePort();
            }
        }
    }

    /// <summary>Builds a server and does not start it.</summary>
    public WebApplication Build(bool withOwner = true, params string[] more)
    {
        var log = new ToolLog();
        Log = log;
        return AgentBrainHost.Create(Settings(withOwner, more), mcp => TestBrain.RegisterFakes(mcp, log), builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(log);
        });
    }

    public async Task StopAsync()
    {
        if (App is null)
            return;

        await App.StopAsync();
        await App.DisposeAsync();
        App = null;
        ReleaseDatabase();
    }

    /// <summary>Closes the connections that are kept for the next server of this process, as the end of a process does.</summary>
    public void ReleaseDatabase()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Data, "authority.db")}");
        SqliteConnection.ClearPool(connection);
    }

    /// <summary>Runs a command as the program does.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await new CommandLine(static _ => { }, output, error).RunAsync([.. args, $"--AGENT_BRAIN_DATA={Data}"]);
        if (App is null)
            ReleaseDatabase();

        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that must be done, for what it tells programs.</summary>
    public async Task<JsonElement> DoAsync(params string[] args)
    {
        var (code, output, error) = await RunAsync([.. args, "--json"]);
        Assert.True(code == 0, $"{string.Join(' ', args)}: {error}");
        return JsonDocument.Parse(output).RootElement;
    }

    public async Task AddClientAsync(string id = Client) => await Store.WriteAsync(context =>
    {
        context.Clients.Add(new ClientRecord
        {
            ClientId = id,
            ClientIdDigest = ClientIds.Digest(id),
            MetadataDigest = "digest",
            ClientType = "public",
            ConsentType = "explicit",
            Kind = ClientKind.Dynamic,
            CreatedAt = TimeProvider.System.GetUtcNow(),
            ConsentedAt = TimeProvider.System.GetUtcNow(),
            RegistrationTokenDigest = ClientIds.Digest("registration token"),
            RedirectUris = JsonSerializer.Serialize<string[]>([Redirect]),
            Permissions = """["ept:token","ept:revocation","gt:authorization_code","gt:refresh_token","rst:code"]""",
        });
        return Task.CompletedTask;
    });

    /// <summary>A code, as the owner's consent makes one.</summary>
    public Task<string> AgreeAsync(string client = Client) => Store.WriteAsync(context => Task.FromResult(Services.GetRequiredService<GrantStore>().Issue(context, new NewGrant
    {
        Subject = context.Users.Select(static user => user.Id).Single(),
        ClientId = client,
        MetadataDigest = "digest",
        Resource = Issuer + "/mcp",
        Scopes = ScopeSet.Read,
        IsRefreshable = true,
        AuthenticatedAt = TimeProvider.System.GetUtcNow(),
        RedirectUri = Redirect,
        CodeChallenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
    })));

    public Task<JsonElement> RedeemAsync(string code) => TokenAsync(("grant_type", "authorization_code"), ("code", code), ("client_id", Client), ("code_verifier", Verifier), ("redirect_uri", Redirect));

    public Task<JsonElement> RefreshAsync(string token) => TokenAsync(("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", Client));

    public async Task<JsonElement> TokenAsync(params (string Name, string Value)[] form)
    {
        using var client = new HttpClient();
        using var response = await client.PostAsync(Issuer + EndpointPaths.Token, new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    /// <summary>The status that an access token gets at the MCP endpoint.</summary>
    public async Task<HttpStatusCode> CallAsync(string token)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Issuer + "/mcp") { Content = new StringContent(Messages.Initialize, Encoding.UTF8, "application/json") };
        TestBrain.Complete(request);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>Signs in and returns the browser's cookies.</summary>
    public async Task<CookieContainer> SignInAsync()
    {
        var cookies = new CookieContainer();
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(Issuer) };
        var token = OwnerBrowser.Token(await client.GetStringAsync(EndpointPaths.SignIn));
        using var request = new HttpRequestMessage(HttpMethod.Post, EndpointPaths.SignIn)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["form"] = token!, ["return"] = "", ["username"] = "owner", ["password"] = Password }),
        };
        request.Headers.TryAddWithoutValidation("Origin", Issuer);
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        return cookies;
    }

    /// <summary>Is a browser with these cookies signed in?</summary>
    public async Task<bool> IsSignedInAsync(CookieContainer cookies)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(Issuer) };
        using var response = await client.GetAsync(EndpointPaths.Account);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>A fact of the state of a server that was built.</summary>
    public Task<List<string>> ReadFactAsync(WebApplication app, string name) =>
        app.Services.GetRequiredService<AuthorityStore>().ReadAsync(context => Task.FromResult(context.State.Where(fact => fact.Name == name).Select(fact => fact.Value).ToList()));

    /// <summary>What the database of the stopped server answers.</summary>
    public List<string> Rows(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(Data, "authority.db"), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        var rows = new List<string>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
            rows.Add(reader.IsDBNull(0) ? "" : reader.GetValue(0).ToString()!);

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string[] Settings(bool withOwner, string[] more)
    {
        var root = Directory.CreateDirectory(File("root")).FullName;
        System.IO.File.WriteAllText(File("password"), Password);
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(File("password"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        string[] owner = withOwner ? [$"--AGENT_BRAIN_OWNER_PASSWORD_FILE={File("password")}"] : [];
        return ["--AGENT_BRAIN_AUTH=oauth", $"--AGENT_BRAIN_DATA={Data}", $"--AGENT_BRAIN_ROOTS={root}", $"--urls={Issuer}", "--AGENT_BRAIN_RATE_PER_ADDRESS=0", .. owner, .. more];
    }
}
