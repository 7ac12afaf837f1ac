using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>The system calls of one architecture that a confined process may not make.</summary>
/// <param name="AuditArchitecture">The kernel's <c>AUDIT_ARCH_*</c>; calls of another architecture are denied.</param>
/// <param name="SeccompNumber">The number of <c>seccomp</c>.</param>
/// <param name="Denied">Denied with EPERM, whatever the arguments.</param>
/// <param name="Absent">Denied with ENOSYS, so that callers use an older call whose arguments can be looked at.</param>
/// <param name="ThreadClone">Allowed for threads only.</param>
/// <param name="Opens">Allowed for reading only; the number, and which argument holds the flags.</param>
/// <param name="ThreadKill">Allowed within this process only: the runtime suspends its threads with it.</param>
internal sealed record SeccompPolicy(
    uint AuditArchitecture,
    nint SeccompNumber,
    ImmutableArray<uint> Denied,
    ImmutableArray<uint> Absent,
    uint ThreadClone,
    ImmutableArray<(uint Number, int FlagsArgument)> Opens,
    uint ThreadKill)
{
    // Numbers from 424 on are the same everywhere: pidfd_send_signal, io_uring (three: it would do what the filter denies),
    // open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, pidfd_open, pidfd_getfd, mount_setattr, fchmodat2.
    private static readonly ImmutableArray<uint> Common = [424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 442, 452];

    // clone3 and openat2 take their flags in memory, where a filter cannot look.
    private static readonly ImmutableArray<uint> AbsentEverywhere = [435, 437];

    private static readonly SeccompPolicy ForX64 = new(
        0xC000003E,
        317,
        [
            // socket, connect, accept, sendto, recvfrom, sendmsg, recvmsg, bind, listen, socketpair, accept4, recvmmsg, sendmmsg
            41, 42, 43, 44, 45, 46, 47, 49, 50, 53, 288, 299, 307,
            // fork, vfork, execve, execveat, kill, tkill, rt_sigqueueinfo, rt_tgsigqueueinfo
            57, 58, 59, 322, 62, 200, 129, 297,
            // ptrace, process_vm_readv, process_vm_writev, kcmp
            101, 310, 311, 312,
            // mount, umount2, pivot_root, chroot, unshare, setns
            165, 166, 155, 161, 272, 308,
            // truncate, rename, mkdir, rmdir, creat, link, unlink, symlink, chmod, fchmod, chown, fchown, lchown, mknod
            76, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94, 133,
            // mkdirat, mknodat, fchownat, unlinkat, renameat, linkat, symlinkat, fchmodat, renameat2, setxattr (three)
            258, 259, 260, 263, 264, 265, 266, 268, 316, 188, 189, 190,
            // bpf, perf_event_open, userfaultfd, add_key, request_key, keyctl, kexec_load, kexec_file_load, init_module,
            // delete_module, finit_module, name_to_handle_at, open_by_handle_at, acct, swapon, swapoff, reboot, personality
            321, 298, 323, 248, 249, 250, 246, 320, 175, 176, 313, 303, 304, 163, 167, 168, 169, 135,
            .. Common,
        ],
        AbsentEverywhere,
        ThreadClone: 56,
        [(2, 1), (257, 2)],
        ThreadKill: 234);

    private static readonly SeccompPolicy ForArm64 = new(
        0xC00000B7,
        277,
        [
            // socket, socketpair, bind, listen, accept, connect, sendto, recvfrom, sendmsg, recvmsg, accept4, recvmmsg, sendmmsg
            198, 199, 200, 201, 202, 203, 206, 207, 211, 212, 242, 243, 269,
            // execve, execveat, kill, tkill, rt_sigqueueinfo, rt_tgsigqueueinfo
            221, 281, 129, 130, 138, 240,
            // ptrace, process_vm_readv, process_vm_writev, kcmp
            117, 270, 271, 272,
            // mount, umount2, pivot_root, chroot, unshare, setns
            40, 39, 41, 51, 97, 268,
            // mknodat, mkdirat, unlinkat, symlinkat, linkat, renameat, truncate, fchmod, fchmodat, fchownat, fchown, renameat2
            33, 34, 35, 36, 37, 38, 45, 52, 53, 54, 55, 276,
            // setxattr (three)
            5, 6, 7,
            // bpf, perf_event_open, userfaultfd, add_key, request_key, keyctl, kexec_load, kexec_file_load, init_module,
            // delete_module, finit_module, name_to_handle_at, open_by_handle_at, acct, swapon, swapoff, reboot, personality
            280, 241, 282, 217, 218, 219, 104, 294, 105, 106, 273, 264, 265, 89, 224, 225, 142, 92,
            .. Common,
        ],
        AbsentEverywhere,
        ThreadClone: 220,
        [(56, 2)],
        ThreadKill: 131);

    /// <summary>The policy of this process's architecture, or null.</summary>
    public static SeccompPolicy? ForThisMachine() => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => ForX64,
        Architecture.Arm64 => ForArm64,
        _ => null,
    };

    /// <summary>The filter as the kernel takes it: one <c>sock_filter</c> of eight bytes an element, little-endian.</summary>
    /// <param name="processId">The process to which <see cref="ThreadKill"/> is limited.</param>
    public ulong[] ToFilter(uint processId)
    {
        var filter = new SeccompFilter();
        filter.RequireArchitecture(AuditArchitecture);
        foreach (var (number, flags) in Opens)
            filter.DenyWhenBits(number, flags, SeccompFilter.WriteFlags);
        filter.AllowOnlyWithBits(ThreadClone, 0, SeccompFilter.CloneThread);
        filter.AllowOnlyWithValue(ThreadKill, 0, processId);
        foreach (var number in Absent)
            filter.Deny(number, SeccompFilter.NotImplemented);
        foreach (var number in Denied)
            filter.Deny(number, SeccompFilter.NotPermitted);
        return filter.Finish();
    }
}
