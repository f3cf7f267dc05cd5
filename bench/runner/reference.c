/* The least that measuring can be: clock, posix_spawn, wait4, clock, in a small static program. Runs the command once
   to warm up and once to measure, like the others, and prints wall, user and system seconds of the second run. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int count, char **arguments)
{
    char *environment[] = {"PATH=/usr/bin:/bin", 0};
    double wall = 0;
    struct rusage usage;
    for (int run = 0; run < 2 && count > 1; run++) {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
        pid_t process;
        int status;
        double begin = now();
        if (posix_spawn(&process, arguments[1], &actions, 0, arguments + 1, environment) != 0)
            return 1;
        if (wait4(process, &status, 0, &usage) != process || status != 0)
            return 1;
        wall = now() - begin;
    }
    printf("%.9f %.6f %.6f\n", wall, usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6,
        usage.ru_stime.tv_sec + usage.ru_stime.tv_usec / 1e6);
    return 0;
}
