// Runs a command for which files with a name do not exist: "without NAME COMMAND...". The kernel asks this program about
// each system call that names a file, as with a kernel that does not have the file.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ASK(number) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)

static struct sock_filter filter[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    ASK(SYS_stat), ASK(SYS_lstat), ASK(SYS_newfstatat), ASK(SYS_statx), ASK(SYS_open), ASK(SYS_openat),
    ASK(SYS_access), ASK(SYS_faccessat), ASK(SYS_faccessat2),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static int names(const struct seccomp_notif *call, const char *name)
{
    int first = call->data.nr == SYS_stat || call->data.nr == SYS_lstat || call->data.nr == SYS_open
        || call->data.nr == SYS_access;
    char file[64], path[4096] = "";
    snprintf(file, sizeof file, "/proc/%d/mem", call->pid);
    int memory = open(file, O_RDONLY);
    if (memory < 0)
        return 0;
    // A path may end at the end of the last readable page.
    long at = call->data.args[first ? 0 : 1], length = 0;
    while (length < (long)sizeof path - 1 && pread(memory, path + length, 1, at + length) == 1 && path[length])
        length++;
    close(memory);
    long ending = strlen(name);
    return length >= ending && strcmp(path + length - ending, name) == 0;
}

int main(int count, char **arguments)
{
    int ends[2], status, listener = -1;
    if (count < 3 || pipe(ends) != 0)
        return 125;
    // Until it starts the command, the child shares its open files with this process, and with them the listener.
    pid_t child = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) {
        struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
        write(ends[1], &listener, sizeof listener);
        // The start of the command names a file, and waits for the parent's answer.
        execv(arguments[2], arguments + 2);
        _exit(126);
    }
    if (read(ends[0], &listener, sizeof listener) != sizeof listener || listener < 0)
        return 124;
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            struct seccomp_notif call;
            struct seccomp_notif_resp answer;
            memset(&call, 0, sizeof call);
            memset(&answer, 0, sizeof answer);
            if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) {
                if (errno == EINTR || errno == ENOENT)
                    continue;
                _exit(0);
            }
            answer.id = call.id;
            if (names(&call, arguments[1]))
                answer.error = -ENOENT;
            else
                answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
            ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
        }
    }
    close(listener);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 123;
}
