namespace AgentBrain.Server.Brains.Extraction;

/// <summary>Assembles a seccomp filter: what is not denied is allowed. Each rule starts and ends with the call's number loaded.</summary>
internal sealed class SeccompFilter
{
    /// <summary>O_WRONLY, O_RDWR, O_CREAT and O_TRUNC.</summary>
    public const uint WriteFlags = 0x1 | 0x2 | 0x40 | 0x200;

    /// <summary>CLONE_THREAD.</summary>
    public const uint CloneThread = 0x10000;

    /// <summary>EPERM.</summary>
    public const uint NotPermitted = 1;

    /// <summary>ENOSYS.</summary>
    public const uint NotImplemented = 38;

    private const ushort Load = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAtLeast = 0x35;
    private const ushort JumpIfAnyBit = 0x45;
    private const ushort Return = 0x06;

    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint ArgumentsOffset = 16;
    private const uint ReturnAllow = 0x7FFF0000;
    private const uint ReturnError = 0x00050000;

    // Numbers from here on are the x32 calls of an x64 kernel.
    private const uint X32 = 0x40000000;

    private readonly List<ulong> _instructions = [];

    /// <summary>Denies calls of another architecture, whose numbers mean something else. Must come first.</summary>
    public void RequireArchitecture(uint architecture)
    {
        Add(Load, ArchitectureOffset);
        Add(JumpIfEqual, architecture, whenTrue: 1);
        Add(Return, ReturnError | NotPermitted);
        Add(Load, NumberOffset);
        Add(JumpIfAtLeast, X32, whenFalse: 1);
        Add(Return, ReturnError | NotPermitted);
    }

    /// <summary>Denies a call.</summary>
    public void Deny(uint number, uint error)
    {
        Add(JumpIfEqual, number, whenFalse: 1);
        Add(Return, ReturnError | error);
    }

    /// <summary>Denies a call when any of <paramref name="bits"/> is set in the low half of an argument.</summary>
    public void DenyWhenBits(uint number, int argument, uint bits)
    {
        Add(JumpIfEqual, number, whenFalse: 4);
        Add(Load, LowHalf(argument));
        Add(JumpIfAnyBit, bits, whenFalse: 1);
        Add(Return, ReturnError | NotPermitted);
        Add(Return, ReturnAllow);
    }

    /// <summary>Allows a call only when one of <paramref name="bits"/> is set in the low half of an argument.</summary>
    public void AllowOnlyWithBits(uint number, int argument, uint bits)
    {
        Add(JumpIfEqual, number, whenFalse: 4);
        Add(Load, LowHalf(argument));
        Add(JumpIfAnyBit, bits, whenTrue: 1);
        Add(Return, ReturnError | NotPermitted);
        Add(Return, ReturnAllow);
    }

    /// <summary>Allows a call only when the low half of an argument has a value.</summary>
    public void AllowOnlyWithValue(uint number, int argument, uint value)
    {
        Add(JumpIfEqual, number, whenFalse: 4);
        Add(Load, LowHalf(argument));
        Add(JumpIfEqual, value, whenTrue: 1);
        Add(Return, ReturnError | NotPermitted);
        Add(Return, ReturnAllow);
    }

    /// <summary>Allows the rest and returns the instructions.</summary>
    public ulong[] Finish()
    {
        Add(Return, ReturnAllow);
        return [.. _instructions];
    }

    private static uint LowHalf(int argument) => ArgumentsOffset + ((uint)argument * 8);

    private void Add(ushort code, uint operand, byte whenTrue = 0, byte whenFalse = 0) =>
        _instructions.Add(code | ((ulong)whenTrue << 16) | ((ulong)whenFalse << 24) | ((ulong)operand << 32));
}
