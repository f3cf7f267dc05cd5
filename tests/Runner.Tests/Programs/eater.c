// Takes memory in several processes: "eater PROCESSES MEGABYTES MILLISECONDS". Each process touches that much memory and
// holds it for that long. "eater leave" leaves a process behind that has left its session.
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void eat(long megabytes, long milliseconds)
{
    // Compilers leave out writes that nothing reads, unless the memory is volatile.
    volatile char *memory = malloc(megabytes << 20);
    for (long at = 0; at < megabytes << 20; at += 4096)
        memory[at] = 1;
    usleep(milliseconds * 1000);
}

int main(int count, char **arguments)
{
    if (count == 2) {
        if (fork() == 0) {
            setsid();
            if (fork() == 0)
                sleep(1000);
            _exit(0);
        }
        wait(NULL);
        return 0;
    }
    for (long process = 0; process < atol(arguments[1]); process++)
        if (fork() == 0) {
            eat(atol(arguments[2]), atol(arguments[3]));
            _exit(0);
        }
    int status, worst = 0;
    while (wait(&status) > 0)
        worst |= status != 0;
    return worst;
}
