/* The first thread ends, another one goes on: the kernel lists the process as a zombie although it runs. */
#include <pthread.h>
#include <unistd.h>
static void *run(void *unused)
{
    for (;;)
        sleep(1);
    return unused;
}
int main(void)
{
    pthread_t thread;
    if (pthread_create(&thread, 0, run, 0) != 0)
        return 1;
    pthread_exit(0);
}
