using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentBrain.Server.Brains.Chunking;

/// <summary>Names and kinds of C# members.</summary>
internal static class CSharpSymbol
{
    private const int LongestName = 200;

    /// <summary>Joins a container's name and a member's with a dot; null when the member has none.</summary>
    public static string? Qualify(string? container, string? name)
    {
        if (string.IsNullOrEmpty(name))
            return null;

        var qualified = container is null ? name : container + "." + name;
        return qualified.Length <= LongestName ? qualified : qualified[..LongestName];
    }

    /// <summary>The member's own name; a constructor's is that of its type.</summary>
    public static string? NameOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.ValueText,
        DestructorDeclarationSyntax destructor => "~" + destructor.Identifier.ValueText,
        OperatorDeclarationSyntax op => "operator " + op.OperatorToken.ValueText,
        ConversionOperatorDeclarationSyntax conversion => conversion.ImplicitOrExplicitKeyword.ValueText + " operator",
        IndexerDeclarationSyntax => "this[]",
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        EventDeclarationSyntax @event => @event.Identifier.ValueText,
        BaseFieldDeclarationSyntax { Declaration.Variables: [var first, ..] } => first.Identifier.ValueText,
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        DelegateDeclarationSyntax @delegate => @delegate.Identifier.ValueText,
        EnumMemberDeclarationSyntax value => value.Identifier.ValueText,
        _ => null,
    };

    /// <summary>The kind of a member; null for what has none, such as a statement.</summary>
    public static string? KindOf(MemberDeclarationSyntax member) => member.Kind() switch
    {
        SyntaxKind.MethodDeclaration => "method",
        SyntaxKind.ConstructorDeclaration => "constructor",
        SyntaxKind.DestructorDeclaration => "destructor",
        SyntaxKind.OperatorDeclaration or SyntaxKind.ConversionOperatorDeclaration => "operator",
        SyntaxKind.IndexerDeclaration => "indexer",
        SyntaxKind.PropertyDeclaration => "property",
        SyntaxKind.EventDeclaration or SyntaxKind.EventFieldDeclaration => "event",
        SyntaxKind.FieldDeclaration => "field",
        SyntaxKind.ClassDeclaration => "class",
        SyntaxKind.InterfaceDeclaration => "interface",
        SyntaxKind.StructDeclaration => "struct",
        SyntaxKind.RecordDeclaration or SyntaxKind.RecordStructDeclaration => "record",
        SyntaxKind.EnumDeclaration => "enum",
        SyntaxKind.DelegateDeclaration => "delegate",
        _ => member is TypeDeclarationSyntax ? "class" : null,
    };

    /// <summary>True for members that get a chunk of their own; false for those grouped with their neighbours.</summary>
    public static bool StandsAlone(MemberDeclarationSyntax member) =>
        member is BaseMethodDeclarationSyntax or BaseTypeDeclarationSyntax or DelegateDeclarationSyntax or BaseNamespaceDeclarationSyntax;
}
