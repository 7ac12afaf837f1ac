using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace AgentBrain.Server.AuthorizationServer.Pages;

/// <summary>Gives a page its view.</summary>
internal sealed class PageHost<TPage, TView> : ComponentBase
    where TPage : IComponent
    where TView : class
{
    /// <summary>What the page shows.</summary>
    [Parameter, EditorRequired]
    public required TView View { get; set; }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenComponent<CascadingValue<TView>>(0);
        builder.AddComponentParameter(1, nameof(CascadingValue<>.Value), View);
        builder.AddComponentParameter(2, nameof(CascadingValue<>.IsFixed), true);
        builder.AddComponentParameter(3, nameof(CascadingValue<>.ChildContent), (RenderFragment)(static child =>
        {
            child.OpenComponent<TPage>(0);
            child.CloseComponent();
        }));
        builder.CloseComponent();
    }
}
