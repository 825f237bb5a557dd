"""The kernel's wall on Linux: once the job is read, this process may compute, write its answer and end; nothing else.

A filter of the classic kind (`man 2 seccomp`), built here because a table of twenty-odd call numbers needs no library.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

# Calls a computing interpreter needs: memory, its answer, its end, the clock, its own signals.
NEEDED = (
    "read", "write", "close", "fstat", "lseek", "mmap", "mprotect", "munmap", "brk", "mremap", "madvise",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall", "sched_yield", "futex",
    "getpid", "gettid", "gettimeofday", "clock_gettime", "getrandom", "exit", "exit_group",
)  # fmt: skip

# machine → (AUDIT_ARCH of linux/audit.h, numbers of NEEDED in order, number of tgkill), from the kernel's
# arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
MACHINES: dict[str, tuple[int, tuple[int, ...], int]] = {
    "x86_64": (
        0xC000003E,
        (0, 1, 3, 5, 8, 9, 10, 11, 12, 25, 28, 13, 14, 15, 131, 219, 24, 202, 39, 186, 96, 228, 318, 60, 231),
        234,
    ),
    "aarch64": (
        0xC00000B7,
        (63, 64, 57, 80, 62, 222, 226, 215, 214, 216, 233, 134, 135, 139, 132, 128, 124, 98, 172, 178, 169, 113, 278,
         93, 94),
        131,
    ),
}  # fmt: skip

_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # refuse with EPERM
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2  # prctl


def program(machine: str, pid: int) -> bytes:
    """The filter for a machine: needed calls pass, `tgkill` only to oneself, all else is refused with EPERM."""
    arch, numbers, tgkill = MACHINES[machine]
    steps = [(_LOAD, 0, 0, _ARCH), (_EQUAL, 1, 0, arch), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER)]
    for number in numbers:
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    steps += [(_EQUAL, 1, 0, tgkill), (_RETURN, 0, 0, _REFUSE)]
    steps += [(_LOAD, 0, 0, _FIRST_ARGUMENT), (_EQUAL, 0, 1, pid), (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def apply() -> list[str]:
    """Install the filter if this is a Linux that we know; tells the layers in force."""
    machine = os.uname().machine
    if not sys.platform.startswith("linux") or machine not in MACHINES:
        return []
    code = program(machine, os.getpid())
    steps = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(steps))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    one, zero = ctypes.c_ulong(1), ctypes.c_ulong(0)
    if prctl(_NO_NEW_PRIVILEGES, one, zero, zero, zero):
        return []
    refused = prctl(_SET_SECCOMP, ctypes.c_ulong(_FILTER), ctypes.create_string_buffer(header), zero, zero)
    return [] if refused else ["seccomp"]
