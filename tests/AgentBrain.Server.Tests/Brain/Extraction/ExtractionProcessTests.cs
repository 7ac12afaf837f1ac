using System.Diagnostics;
using System.Text;
using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Brains.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentBrain.Server.Tests.Brains.Extraction;

/// <summary>Against the real child: the built server, started as <c>… extract</c>.</summary>
public sealed class ExtractionProcessTests
{
    private static readonly byte[] _page = "<title>T</title><h1>Hello</h1><p>world"u8.ToArray();

    private static ExtractionProgram RealProgram() =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, "AgentBrain.Server.dll"), ExtractionProgram.Argument]);

    private static ExtractionProcess Start(ExtractionLimits? limits = null, ExtractionProgram? program = null) =>
        new(program ?? RealProgram(), limits ?? new ExtractionLimits(), TimeProvider.System, NullLogger<ExtractionProcess>.Instance);

    private static async Task AssertWorksAsync(ExtractionProcess extractor)
    {
        var document = await extractor.ExtractAsync(DocumentFormat.Html, _page, CancellationToken.None);

        Assert.Equal("T", document.Title);
        Assert.Equal(new ExtractedPage(1, "# Hello\n\nworld"), Assert.Single(document.Pages));
    }

    private static async Task<ExtractionException> AssertFailsAsync(ExtractionProcess extractor, DocumentFormat format, byte[] content) =>
        await Assert.ThrowsAsync<ExtractionException>(() => extractor.ExtractAsync(format, content, CancellationToken.None));

    [Fact]
    public async Task Html_and_pdf_are_parsed_by_one_child()
    {
        await using var extractor = Start();
        await AssertWorksAsync(extractor);
        var child = extractor.ChildProcessId;

        var pdf = await extractor.ExtractAsync(DocumentFormat.Pdf, TestPdf.WithPages(["Hello from", "a page"], ["and another"]), CancellationToken.None);

        Assert.Equal("The title", pdf.Title);
        Assert.Equal(2, pdf.Pages.Length);
        Assert.Equal("and another", pdf.Pages[1].Text);
        Assert.NotNull(child);
        Assert.Equal(child, extractor.ChildProcessId);
    }

    [Fact]
    public async Task The_child_has_no_network_no_processes_no_files_to_write_and_none_of_the_environment()
    {
        Environment.SetEnvironmentVariable("AGENTBRAIN_TEST_CANARY", "secret");
        await using var extractor = Start();

        var check = await extractor.CheckConfinementAsync(CancellationToken.None);

        Assert.DoesNotContain("AGENTBRAIN_TEST_CANARY", check.EnvironmentNames);
        Assert.DoesNotContain("HOME", check.EnvironmentNames);
        Assert.DoesNotContain("PATH", check.EnvironmentNames);
        if (OperatingSystem.IsLinux())
            Assert.Equal((false, false, false), (check.CanConnect, check.CanStartProcess, check.CanWriteFile));
        await AssertWorksAsync(extractor);
    }

    [Fact]
    public void The_self_check_sees_what_an_unconfined_process_can_do()
    {
        var check = SelfCheck.Run();

        Assert.True(check.CanConnect);
        Assert.True(check.CanWriteFile);
        Assert.Contains("PATH", check.EnvironmentNames);
    }

    [Fact]
    public async Task A_damaged_document_fails_and_the_child_lives_on()
    {
        await using var extractor = Start();
        await AssertWorksAsync(extractor);
        var child = extractor.ChildProcessId;

        var exception = await AssertFailsAsync(extractor, DocumentFormat.Pdf, "%PDF-1.7 but not really"u8.ToArray());

        Assert.Equal(SkipReason.ExtractionFailed, exception.Reason);
        Assert.Equal(child, extractor.ChildProcessId);
        await AssertWorksAsync(extractor);
    }

    [Fact]
    public async Task A_stream_that_inflates_to_gigabytes_is_too_big_and_the_next_document_works()
    {
        await using var extractor = Start();

        var exception = await AssertFailsAsync(extractor, DocumentFormat.Pdf, TestPdf.WithBomb(4L * 1024 * 1024 * 1024));

        Assert.Equal(SkipReason.ExtractionTooBig, exception.Reason);
        await AssertWorksAsync(extractor);
    }

    [Fact]
    public async Task Memory_above_the_limit_ends_the_child()
    {
        await using var extractor = Start(new ExtractionLimits { MaxMemoryBytes = 20 * 1024 * 1024, MemoryInterval = TimeSpan.FromMilliseconds(5) }, Sleeping());

        var exception = await AssertFailsAsync(extractor, DocumentFormat.Html, _page);

        Assert.Equal(SkipReason.ExtractionTooBig, exception.Reason);

        // Says that it is ready; then sorting an endless line takes ever more memory.
        static ExtractionProgram Sleeping() => Shell("printf '\\003\\000\\000\\000\\000'; exec sort /dev/zero");
    }

    [Fact]
    public async Task Too_much_text_and_too_many_pages_are_too_big()
    {
        await using var extractor = Start(new ExtractionLimits { MaxTextLength = 100, MaxPages = 2 });

        Assert.Equal(SkipReason.ExtractionTooBig, (await AssertFailsAsync(extractor, DocumentFormat.Html, Encoding.UTF8.GetBytes(new string('a', 200)))).Reason);
        Assert.Equal(SkipReason.ExtractionTooBig, (await AssertFailsAsync(extractor, DocumentFormat.Pdf, TestPdf.WithPages(["a"], ["b"], ["c"]))).Reason);
        await AssertWorksAsync(extractor);
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(100_000)]
    public async Task Deeply_nested_html_is_parsed_or_fails_alone(int depth)
    {
        await using var extractor = Start(new ExtractionLimits());
        var html = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<div>", depth)) + "deep");

        if (depth < 10_000)
        {
            var document = await extractor.ExtractAsync(DocumentFormat.Html, html, CancellationToken.None);
            Assert.Equal("deep", Assert.Single(document.Pages).Text);
        }
        else
        {
            // Refused before the parser sees it, which would take until the time limit and keep all other documents waiting.
            var exception = await AssertFailsAsync(extractor, DocumentFormat.Html, html);
            Assert.Equal(SkipReason.ExtractionFailed, exception.Reason);
            Assert.Contains("nested", exception.Message, StringComparison.Ordinal);
        }

        await AssertWorksAsync(extractor);
    }

    [Fact]
    public async Task A_document_that_hangs_times_out_and_the_next_starts_a_fresh_child()
    {
        var marker = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var dll = RealProgram().Arguments[0];
        // The first child says that it is ready and then never answers; those after it are real.
        var program = Shell($"if [ -e {marker} ]; then exec {DotnetPath()} {dll} extract; fi; : > {marker}; printf '\\003\\000\\000\\000\\000'; exec sleep 60");
        try
        {
            await using var extractor = Start(new ExtractionLimits { Timeout = TimeSpan.FromSeconds(3) }, program);
            var watch = Stopwatch.StartNew();

            var exception = await AssertFailsAsync(extractor, DocumentFormat.Html, _page);

            Assert.Equal(SkipReason.ExtractionTimeout, exception.Reason);
            Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(10));
            await AssertWorksAsync(extractor);
        }
        finally
        {
            File.Delete(marker);
        }
    }

    [Fact]
    public async Task A_child_killed_within_a_document_fails_that_document_only()
    {
        await using var extractor = Start();
        await AssertWorksAsync(extractor);
        var child = extractor.ChildProcessId!.Value;
        var slow = extractor.ExtractAsync(DocumentFormat.Pdf, TestPdf.WithBomb(64L * 1024 * 1024), CancellationToken.None);

        using (var process = Process.GetProcessById(child))
            process.Kill();

        var exception = await Assert.ThrowsAsync<ExtractionException>(() => slow);
        Assert.Equal(SkipReason.ExtractionFailed, exception.Reason);
        await AssertWorksAsync(extractor);
        Assert.NotEqual(child, extractor.ChildProcessId);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_and_the_child()
    {
        await using var extractor = Start(program: Shell("printf '\\003\\000\\000\\000\\000'; exec sleep 60"));
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => extractor.ExtractAsync(DocumentFormat.Html, _page, cancellation.Token));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10));
        Assert.Null(extractor.ChildProcessId);
    }

    [Fact]
    public async Task A_child_is_replaced_after_its_number_of_documents()
    {
        await using var extractor = Start(new ExtractionLimits { DocumentsPerProcess = 2 });
        await AssertWorksAsync(extractor);
        var first = extractor.ChildProcessId;
        await AssertWorksAsync(extractor);
        Assert.Null(extractor.ChildProcessId);
        await AssertWorksAsync(extractor);

        Assert.NotEqual(first, extractor.ChildProcessId);
    }

    [Theory]
    [InlineData("printf '\\003\\000\\000\\000\\000'; head -c 5 >/dev/null; printf '\\000\\377\\377\\377\\377'", SkipReason.ExtractionTooBig)]
    [InlineData("printf '\\003\\000\\000\\000\\000'; head -c 5 >/dev/null; printf '\\000\\004\\000\\000\\000null'", SkipReason.ExtractionFailed)]
    [InlineData("printf '\\003\\000\\000\\000\\000'; head -c 5 >/dev/null; printf '\\000\\002\\000\\000\\000{}'", SkipReason.ExtractionFailed)]
    [InlineData("exit 3", SkipReason.ExtractionUnavailable)]
    public async Task A_child_that_lies_fails_the_document(string script, object reason)
    {
        await using var extractor = Start(program: Shell(script));

        Assert.Equal(reason, (await AssertFailsAsync(extractor, DocumentFormat.Html, _page)).Reason);
    }

    [Fact]
    public async Task The_child_ends_when_its_input_does()
    {
        var start = new ProcessStartInfo("dotnet", RealProgram().Arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var ready = await ExtractionFrame.ReadAsync(process.StandardOutput.BaseStream, 1000, CancellationToken.None);
        Assert.Equal((byte)ExtractionStatus.Ready, ready!.Value.Kind);

        process.StandardInput.Close();

        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);
        Assert.Equal(0, process.ExitCode);
    }

    private static ExtractionProgram Shell(string script) => new("/bin/sh", ["-c", script]);

    private static string DotnetPath() =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "dotnet")).First(File.Exists);
}
