/* Never the same process for longer than a fork takes: whoever looks for its number comes too late. */
#include <unistd.h>
int main(void)
{
    for (;;)
        if (fork() > 0)
            _exit(0);
}
