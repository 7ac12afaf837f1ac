using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>Collects the sections of one C# file. They follow each other without a gap, so that together they are the file.</summary>
/// <param name="text">The file.</param>
/// <param name="targetLength">The length in characters up to which small neighbours are grouped.</param>
internal sealed class CSharpSections(string text, int targetLength)
{
    // Types nested deeper are not looked into; the walk recurses once a level.
    private const int DeepestType = 16;

    private readonly List<ChunkSection> _sections = [];
    private bool _lastTakesMore;
    private int _position;

    /// <summary>The sections in order.</summary>
    public IReadOnlyList<ChunkSection> Sections => _sections;

    /// <summary>Adds a whole file.</summary>
    public void AddFile(CompilationUnitSyntax root)
    {
        AddNamespaceMembers(root.Members, depth: 0);
        AddTail(text.Length);
    }

    private void AddNamespaceMembers(SyntaxList<MemberDeclarationSyntax> members, int depth)
    {
        foreach (var member in members)
        {
            switch (member)
            {
                case BaseNamespaceDeclarationSyntax space when depth < DeepestType && space.Members.Count > 0:
                    AddHeader(space.Members[0].FullSpan.Start, null, null);
                    AddNamespaceMembers(space.Members, depth + 1);
                    AddTail(space.FullSpan.End);
                    break;
                case TypeDeclarationSyntax type:
                    AddType(type, container: null, depth + 1);
                    break;
                case GlobalStatementSyntax:
                    AddSmall(member.FullSpan.End, null, null, null, null);
                    break;
                default:
                    AddMember(member, container: null, containerKind: null);
                    break;
            }
        }
    }

    private void AddType(TypeDeclarationSyntax type, string? container, int depth)
    {
        var name = CSharpSymbol.Qualify(container, CSharpSymbol.NameOf(type)) ?? container;
        var kind = CSharpSymbol.KindOf(type);
        var isOneChunk = type.FullSpan.Length <= targetLength && !type.Members.Any(CSharpSymbol.StandsAlone);
        if (type.Members.Count == 0 || isOneChunk || depth > DeepestType)
        {
            Add(type.FullSpan.End, name, kind, takesMore: false);
            return;
        }

        AddHeader(type.Members[0].FullSpan.Start, name, kind);
        foreach (var member in type.Members)
        {
            if (member is TypeDeclarationSyntax nested)
                AddType(nested, name, depth + 1);
            else
                AddMember(member, name, kind);
        }

        AddTail(type.FullSpan.End);
    }

    private void AddMember(MemberDeclarationSyntax member, string? container, string? containerKind)
    {
        var name = CSharpSymbol.Qualify(container, CSharpSymbol.NameOf(member));
        var kind = CSharpSymbol.KindOf(member);
        if (CSharpSymbol.StandsAlone(member))
            Add(member.FullSpan.End, name, kind, takesMore: false);
        else
            AddSmall(member.FullSpan.End, name, kind, container, containerKind);
    }

    // A header takes in the usings above it and the fields below it.
    private void AddHeader(int end, string? name, string? kind) => Add(end, name, kind, takesMore: true);

    private void AddSmall(int end, string? name, string? kind, string? container, string? containerKind)
    {
        if (_lastTakesMore && _sections.Count > 0 && end - _sections[^1].Start <= targetLength)
        {
            _sections[^1] = _sections[^1] with { End = end, SymbolName = container, SymbolKind = containerKind };
            _position = end;
            return;
        }

        Add(end, name, kind, takesMore: true);
    }

    private void Add(int end, string? name, string? kind, bool takesMore)
    {
        if (end <= _position)
            return;

        var followsUnnamed = _sections is [.., { SymbolName: null }] && _lastTakesMore && end - _sections[^1].Start <= targetLength;
        if (followsUnnamed)
            _sections[^1] = _sections[^1] with { End = end, SymbolName = name, SymbolKind = kind };
        else
            _sections.Add(new ChunkSection(_position, end, SymbolName: name, SymbolKind: kind));
        _position = end;
        _lastTakesMore = takesMore;
    }

    // What stands behind the last member: a closing brace belongs to it; more than that is text the parser skipped.
    private void AddTail(int end)
    {
        if (end <= _position)
            return;

        if (_sections.Count > 0 && text.AsSpan(_position, end - _position).Trim().Trim('}').Trim().IsEmpty)
        {
            _sections[^1] = _sections[^1] with { End = end };
            _position = end;
            _lastTakesMore = false;
            return;
        }

        Add(end, null, null, takesMore: false);
    }
}
